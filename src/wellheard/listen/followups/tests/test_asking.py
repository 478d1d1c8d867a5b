"""From the end of a visit to the answers a year later, asked by the house itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from wellheard.base.audit.actor import Actor
from wellheard.channels.folder.tests.reading import links_in
from wellheard.channels.outbox import sending
from wellheard.channels.outbox.models import Message, MessageAttempt
from wellheard.channels.outbox.queries import message_state
from wellheard.listen.followups import tasks
from wellheard.listen.followups.actions import (
    ADDRESS,
    FollowUpPlanError,
    ask_due,
    propose_follow_up,
    start_follow_up,
    stop_follow_up,
    take_in,
)
from wellheard.listen.followups.models import FollowUp, FollowUpPlan
from wellheard.listen.followups.queries import asked, courses
from wellheard.listen.invitations.actions import end_asking
from wellheard.listen.responses.models import Response
from wellheard.people.consent.actions import give_consent, withdraw_consent
from wellheard.people.patients.bulk import Newcomer
from wellheard.people.patients.models import Patient
from wellheard.people.visits.actions import NewVisit, receive_visits

pytestmark = [pytest.mark.django_db, pytest.mark.capability("L10")]


@pytest.fixture
def now() -> datetime:
    """An hour at which nobody sleeps: links open by today's clock."""
    return timezone.now().replace(hour=18, minute=0, second=0, microsecond=0)


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    settings.CHANNEL_TRANSPORTS = {"sms": "folder", "email": "folder"}
    return tmp_path / "sent"


@pytest.fixture
def plan(staff: Any, now: datetime) -> FollowUpPlan:
    """A plan that a second person started a month ago."""
    at = now - timedelta(days=30)
    first, second = (
        Actor("staff", str(user.pk), user.organisation_id, user.name)
        for user in (staff("analyst"), staff("px_specialist"))
    )
    made = propose_follow_up("After stays", kinds=["inpatient"], by=first, at=at)
    start_follow_up(made, by=second, at=at)
    made.refresh_from_db()
    return made


@pytest.fixture
def home(organisation: Any, place: Any, actor: Actor, now: datetime) -> Any:
    """``home("ann")``: somebody who agreed to e-mail, and went home three days ago."""

    def make(name: str, *, agreed: bool = True, **fields: Any) -> Patient:
        ended = now - timedelta(days=3)
        given = {
            "place_id": place.pk, "kind": "inpatient", "status": "finished", "external_id": name,
            "person": Newcomer(key=name, name=name, email=f"{name}@example.org", language="en"),
            "arrived_at": ended - timedelta(days=2), "ended_at": ended, "age": 60,
            "discharge_to": "home", "language": "en",
        }  # fmt: skip
        receive_visits(
            [NewVisit(**{**given, **fields})], organisation=organisation,
            batch=uuid4(), by=actor, at=now - timedelta(days=2),
        )  # fmt: skip
        patient = Patient.objects.get(visits__external_id=name)
        if agreed:
            give_consent(
                patient=patient, channel="email", purpose="survey", wording="card", source="test",
                by=actor, at=now - timedelta(days=2),
            )  # fmt: skip
        return patient

    return make


def letters(mailbox: Path, now: datetime) -> list[str]:
    """Send what waits; the links that left, each once."""
    for message in Message.objects.filter(about_kind="follow_up"):
        if message_state(message) == "waiting":
            sending.send_one(message.pk, clock=lambda: now)
    links = links_in(mailbox)
    for each in mailbox.glob("*"):
        each.unlink()
    return links


def answer(link: str, value: int) -> None:
    items = ("general", "tasks", "moving", "people", "sleep", "energy", "mood")
    data = {f"{item}-answer": str(value) for item in items}
    Client().post(f"{link}all-questions/", data)


def test_answers_after_3_6_and_12_months_arrive_and_join_the_first(
    plan: FollowUpPlan, home: Any, mailbox: Path, now: datetime
) -> None:
    home("ann")
    tasks.sweep(now)
    tasks.sweep(now)
    assert FollowUp.objects.count() == 4, "taken in once"
    for days, value in ((0, 2), (93, 3), (185, 4), (366, 5)):
        tasks.sweep(now + timedelta(days=days))
        (link,) = letters(mailbox, now + timedelta(days=days))
        assert "Your health in daily life" in Client().get(link).content.decode()
        answer(link, value)
    assert Response.objects.filter(instrument="daily_health").count() == 4
    (course,) = courses(plan.organisation_id)
    told = {months: answers["general"] for months, answers in course.answers.items()}
    assert told == {0: 2, 3: 3, 6: 4, 12: 5}
    assert [(each.months, each.answered) for each in asked(plan)] == [
        (0, 1), (3, 1), (6, 1), (12, 1)
    ]  # fmt: skip


def test_nobody_is_asked_again_who_did_not_answer_first(
    plan: FollowUpPlan, home: Any, mailbox: Path, now: datetime
) -> None:
    home("ann")
    tasks.sweep(now)
    letters(mailbox, now)
    assert ask_due(now + timedelta(days=93)) == 0
    assert FollowUp.objects.get(months=3).dropped_as == "no_first"


def test_another_survey_within_a_fortnight_makes_it_wait(
    plan: FollowUpPlan, home: Any, mailbox: Path, now: datetime
) -> None:
    ann = home("ann")
    other = Message.objects.create(
        organisation=plan.organisation, patient=ann, key="another", template="other", version=1,
        purpose="survey", body="?", queued_at=now, queued_by_kind="system", queued_by_ref="test",
    )  # fmt: skip
    MessageAttempt.objects.create(
        message=other, number=1, round=1, channel="email", transport="folder",
        started_at=now - timedelta(days=5), outcome="accepted",
    )  # fmt: skip
    take_in(plan, at=now)
    assert ask_due(now) == 0
    waiting = FollowUp.objects.get(months=0)
    assert (waiting.due_at, waiting.dropped_as) == (now + timedelta(days=3), "")
    assert ask_due(now + timedelta(days=10)) == 1


def test_who_withdraws_refuses_or_stops_is_not_asked(
    plan: FollowUpPlan, home: Any, mailbox: Path, now: datetime, actor: Actor
) -> None:
    ann, bob = home("ann"), home("bob")
    home("eve", agreed=False)
    tasks.sweep(now)
    assert FollowUp.objects.get(months=0, visit__external_id="eve").dropped_as == "no_consent"
    for link in letters(mailbox, now):
        answer(link, 3)
    withdraw_consent(
        patient=ann, channel="email", purpose="survey", source="patient", by=actor, at=now
    )
    refused = FollowUp.objects.get(months=0, patient=bob)
    assert refused.invitation is not None
    refused.invitation.ended_as = "declined"
    refused.invitation.save()
    later = now + timedelta(days=93)
    assert ask_due(later) == 0
    assert FollowUp.objects.get(months=3, patient=ann).dropped_as == "no_consent"
    assert FollowUp.objects.get(months=3, patient=bob).dropped_as == "refused"


def test_who_has_died_is_not_asked_and_the_waiting_message_is_taken_back(
    plan: FollowUpPlan, home: Any, mailbox: Path, now: datetime, actor: Actor
) -> None:
    ann = home("ann")
    tasks.sweep(now)
    asking = FollowUp.objects.get(months=0)
    assert asking.invitation is not None
    end_asking(asking.invitation, "died", by=actor, at=now)
    assert letters(mailbox, now) == []
    ask_due(now + timedelta(days=93))
    assert FollowUp.objects.get(months=3, patient=ann).dropped_as == "died"


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "ambulatory"},
        {"discharge_to": "died"},
        {"discharge_to": "hospice"},
        {"age": 17},
        {"age": None, "age_band": ""},
        {"exclusion": "custody"},
        {"person": Newcomer(), "external_id": "nobody"},
    ],
)
def test_who_must_not_be_followed_is_not_taken_in(
    plan: FollowUpPlan, organisation: Any, place: Any, actor: Actor, now: datetime, fields: Any
) -> None:
    ended = now - timedelta(days=3)
    given = {
        "place_id": place.pk, "kind": "inpatient", "status": "finished", "external_id": "x",
        "person": Newcomer(key="x", email="x@example.org"), "ended_at": ended, "age": 60,
        "discharge_to": "home",
    }  # fmt: skip
    receive_visits(
        [NewVisit(**{**given, **fields})], organisation=organisation,
        batch=uuid4(), by=actor, at=now,
    )  # fmt: skip
    assert take_in(plan, at=now) == 0


def test_stopped_plan_asks_nobody_and_a_second_person_starts_it(
    plan: FollowUpPlan, home: Any, mailbox: Path, now: datetime, staff: Any
) -> None:
    home("ann")
    tasks.sweep(now)
    user = staff("px_specialist")
    own = Actor("staff", str(user.pk), user.organisation_id, user.name)
    stop_follow_up(plan, by=own, at=now)
    assert letters(mailbox, now) == []
    assert message_state(Message.objects.get()) in ("refused", "cancelled")
    assert set(FollowUp.objects.values_list("months", "dropped_as")) == {
        (0, ""), (3, "stopped"), (6, "stopped"), (12, "stopped"),
    }  # fmt: skip
    made = propose_follow_up("Mine", kinds=["inpatient"], by=own, at=now)
    with pytest.raises(FollowUpPlanError, match="same_person"):
        start_follow_up(made, by=own, at=now)


def test_page_proposes_starts_and_hides_few(
    plan: FollowUpPlan, home: Any, now: datetime, staff: Any, signed_in: Any
) -> None:
    home("ann")
    take_in(plan, at=now)
    client = signed_in(staff("analyst"))
    shown = client.get(reverse("followups:followups")).content.decode()
    assert "After stays" in shown and "fewer than 11" in shown
    assert client.post(reverse("followups:propose"), {"name": "New"})["Location"].endswith(
        "?problem=kinds#new"
    )
    client.post(reverse("followups:propose"), {"name": "New", "kinds": ["ambulatory"]})
    made = FollowUpPlan.objects.get(name="New")
    assert client.post(reverse("followups:start", args=[made.pk])).status_code == 403
    signed_in(staff("executive")).post(reverse("followups:start", args=[made.pk]))
    made.refresh_from_db()
    assert made.state == "running"


def test_address_in_messages_is_that_of_the_survey() -> None:
    assert ADDRESS.format(language="en", token="abcdefgh") == reverse(
        "invitations:start", args=["abcdefgh"]
    )
