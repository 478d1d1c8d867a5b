"""Fixtures of this feature: people on the team, a patient, and cases at hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.intake.models import Comment
from wellheard.people.consent.actions import give_consent
from wellheard.people.patients.actions import recognise_patient
from wellheard.people.patients.models import Patient
from wellheard.resolve.complaints.actions.opening import NewCase, open_case
from wellheard.resolve.complaints.actions.rulebook import set_policy
from wellheard.resolve.complaints.models import Case

POLICY = {
    "contact_name": "Rosa Marín",
    "contact_phone": "555 0100",
    "agency_name": "State Health Office",
    "agency_phone": "555 0199",
    "agency_address": "1 Capitol Square",
    "quality_name": "Quality Review",
    "quality_phone": "555 0177",
    "interim_days": 21,
}


@pytest.fixture
def officer(staff: Callable[..., Any]) -> Any:
    return staff("grievance_officer")


@pytest.fixture
def manager(staff: Callable[..., Any], place: Any) -> Any:
    return staff("nurse_manager", places=[place])


@pytest.fixture
def by_officer(officer: Any) -> Actor:
    return Actor("staff", str(officer.pk), officer.organisation_id, officer.name)


@pytest.fixture
def policy(organisation: Any, actor: Actor, at: datetime) -> Any:
    return set_policy(
        organisation=organisation, data=POLICY, reason="Written policy of 2026", by=actor, at=at
    )


@pytest.fixture
def patient(organisation: Any, actor: Actor, at: datetime) -> Patient:
    found = recognise_patient(
        organisation=organisation,
        name="Ana Example",
        email="ana@example.org",
        language="en",
        by=actor,
        at=at,
    )
    assert found is not None
    give_consent(
        patient=found,
        channel="email",
        purpose="reply",
        wording="card",
        source="test",
        by=actor,
        at=at,
    )
    return found


@pytest.fixture
def said(organisation: Any, place: Any, actor: Actor, at: datetime) -> Callable[..., Comment]:
    """``said("words", source="letter")`` is a comment at the place."""

    def receive(text: str = "Nobody answered the bell.", **fields: Any) -> Comment:
        when = fields.pop("at", at)
        known = {"organisation": organisation, "place": place, "source": "letter", "language": "en"}
        new = NewComment(text=text, **(known | fields))
        return receive_comment(new, by=actor, at=when)

    return receive


@pytest.fixture
def opened(
    said: Callable[..., Comment],
    officer: Any,
    manager: Any,
    patient: Patient,
    policy: Any,
    actor: Actor,
    at: datetime,
) -> Callable[..., Case]:
    """``opened(tier="immediate", source="card")`` is a case of the patient at the place."""

    def make(
        tier: str = "",
        reasons: tuple[str, ...] = (),
        kind: str = "complaint",
        facts: dict[str, Any] | None = None,
        **comment: Any,
    ) -> Case:
        when = comment.get("at", at)
        heard = said(**({"patient": patient} | comment))
        new = NewCase(kind=kind, tier=tier, reasons=reasons, facts=facts or {})
        case, _ = open_case(comment_id=heard.pk, new=new, by=actor, at=when)
        return case

    return make
