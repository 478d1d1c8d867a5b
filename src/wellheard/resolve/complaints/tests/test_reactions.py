"""What cases do when something happens elsewhere; each safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.base.events.happening import Happening
from wellheard.channels.inbound.models import InboundMessage
from wellheard.channels.outbox.queries import messages_about
from wellheard.people.access.models import Membership
from wellheard.resolve.complaints import reactions
from wellheard.resolve.complaints.actions.acknowledging import acknowledge_case
from wellheard.resolve.complaints.actions.taking_up import take_up_left_concerns
from wellheard.resolve.complaints.models import Case, OnCall, Page
from wellheard.understand.concerns.models import Concern
from wellheard.understand.predictions.models import ConcernFate

pytestmark = pytest.mark.django_db
Opened = Callable[..., Case]


def happening(organisation: Any, at: datetime, **ids: int) -> Happening:
    return Happening(1, "test", organisation.pk, at, ids)


@pytest.fixture
def concern(
    organisation: Any, said: Callable[..., Any], patient: Any, at: datetime
) -> Callable[..., Any]:
    def found(
        tier: str = "immediate", groups: tuple[str, ...] = ("neglect",), **comment: Any
    ) -> Any:
        heard = said(**({"patient": patient, "source": "card", "wants_reply": True} | comment))
        return Concern.objects.create(
            organisation=organisation,
            comment=heard,
            tier=tier,
            groups=list(groups),
            reasons=["safety-words"],
            rules="concerns 2026-11",
            found_at=at,
        )

    return found


@pytest.mark.capability("C19")
@pytest.mark.capability("P01")
@pytest.mark.parametrize("source", ["card", "email", "sms", "letter", "complaint_form", "phone"])
def test_danger_in_any_channel_opens_acknowledges_and_calls(
    organisation: Any,
    concern: Callable[..., Any],
    officer: Any,
    policy: Any,
    at: datetime,
    source: str,
) -> None:
    OnCall.objects.create(organisation=organisation, user=officer, since=at)
    found = concern(source=source)
    event = happening(organisation, at, concern_id=found.pk, comment_id=found.comment_id)
    reactions.when_concern_found(event)
    reactions.when_concern_found(event)
    case = Case.objects.get()
    assert (case.tier, case.klass) == ("immediate", "grievance")
    assert Page.objects.get().to_id == officer.pk
    message = messages_about(("case", str(case.pk))).get()
    assert message.urgent
    assert "911" in message.body


def test_wish_for_an_answer_becomes_an_inquiry_and_danger_makes_it_a_complaint(
    organisation: Any, concern: Callable[..., Any], officer: Any, manager: Any, at: datetime
) -> None:
    found = concern(tier="high", groups=("discrimination",))
    reactions.when_comment_received(happening(organisation, at, comment_id=found.comment_id))
    case = Case.objects.get()
    assert (case.kind, case.klass, case.owner_id) == ("inquiry", "inquiry", manager.pk)
    reactions.when_concern_found(happening(organisation, at, concern_id=found.pk))
    case.refresh_from_db()
    assert (case.kind, case.klass, case.tier) == ("complaint", "grievance", "high")


def test_concerns_of_an_import_get_their_cases_and_history_none(
    organisation: Any, concern: Callable[..., Any], officer: Any, at: datetime
) -> None:
    first, old, last = concern(), concern(received_at=at - timedelta(days=400)), concern()
    told = happening(organisation, at, first_id=first.pk, last_id=last.pk)
    reactions.when_concerns_found(told)
    reactions.when_concerns_found(told)
    assert set(Case.objects.values_list("comment_id", flat=True)) == {
        first.comment_id,
        last.comment_id,
    }
    assert not Case.objects.filter(comment_id=old.comment_id).exists()


@pytest.mark.capability("A19")
def test_inquiry_has_the_clock_of_its_channel(
    organisation: Any,
    said: Callable[..., Any],
    officer: Any,
    manager: Any,
    patient: Any,
    at: datetime,
) -> None:
    comment = said(patient=patient, source="phone", wants_reply=True)
    reactions.when_comment_received(happening(organisation, at, comment_id=comment.pk))
    clock = Case.objects.get().clocks.get()
    assert (clock.code, clock.unit, clock.number) == ("first_reply", "working_days", 1)


def test_comment_that_asks_nothing_opens_nothing(
    organisation: Any, said: Callable[..., Any], at: datetime
) -> None:
    comment = said(source="card")
    reactions.when_comment_received(happening(organisation, at, comment_id=comment.pk))
    assert Case.objects.count() == 0


def test_history_opens_no_case(
    organisation: Any, concern: Callable[..., Any], officer: Any, at: datetime
) -> None:
    found = concern(received_at=at - timedelta(days=400))
    reactions.when_concern_found(happening(organisation, at, concern_id=found.pk))
    assert Case.objects.count() == 0


@pytest.mark.capability("P01")
def test_concern_that_nobody_could_own_gets_its_case_once_somebody_can(
    organisation: Any, concern: Callable[..., Any], staff: Callable[..., Any], at: datetime
) -> None:
    found = concern()
    Membership.objects.all().delete()
    reactions.when_concern_found(happening(organisation, at, concern_id=found.pk))
    assert Case.objects.count() == 0
    assert take_up_left_concerns(at) == 1
    staff("grievance_officer")
    assert take_up_left_concerns(at) == 0
    assert Case.objects.get().comment_id == found.comment_id
    assert take_up_left_concerns(at) == 0


def inbound(case: Case, at: datetime, text: str, message: Any = None) -> InboundMessage:
    return InboundMessage.objects.create(
        organisation_id=case.organisation_id,
        kind="email",
        provider_id=f"in-{text[:10]}",
        address_digest="x",
        sender="ana@example.org",
        body=text,
        patient=case.patient,
        answers=message,
        received_at=at,
    )


@pytest.mark.capability("C03")
def test_reply_joins_its_case_and_wakes_it(
    opened: Opened, organisation: Any, actor: Actor, at: datetime
) -> None:
    case = opened()
    acknowledge_case(case_id=case.pk, by=actor, at=at)
    message = messages_about(("case", str(case.pk))).get()
    reply = inbound(case, at, "And my glasses are lost.", message)
    event = happening(organisation, at, inbound_id=reply.pk, message_id=message.pk)
    reactions.when_reply_received(event)
    reactions.when_reply_received(event)
    added = case.said.get(part="addition")
    assert (added.comment.text, added.comment.source) == ("And my glasses are lost.", "email")


def test_words_that_answer_nothing_wait_as_a_new_comment(
    opened: Opened, organisation: Any, actor: Actor, at: datetime
) -> None:
    from wellheard.listen.intake.models import Comment

    first, second = opened(), opened(text="Another")
    reply = inbound(first, at, "When will I hear?")
    reactions.when_reply_received(happening(organisation, at, inbound_id=reply.pk))
    assert Comment.objects.get(source="email").wants_reply
    assert not second.said.filter(part="addition").exists()


def test_message_that_did_not_arrive_is_told_to_the_owner_once(
    opened: Opened, organisation: Any, officer: Any, actor: Actor, at: datetime
) -> None:
    case = opened()
    acknowledge_case(case_id=case.pk, by=actor, at=at)
    message = messages_about(("case", str(case.pk))).get()
    event = happening(organisation, at, message_id=message.pk)
    reactions.when_message_failed(event)
    reactions.when_message_failed(event)
    assert case.escalations.get().to_id == officer.pk


def test_acknowledgement_that_did_not_arrive_leaves_its_clock_running(
    opened: Opened, organisation: Any, actor: Actor, at: datetime
) -> None:
    case = opened()
    acknowledge_case(case_id=case.pk, by=actor, at=at)
    message = messages_about(("case", str(case.pk))).get()
    reactions.when_message_failed(happening(organisation, at, message_id=message.pk))
    case.refresh_from_db()
    assert case.acknowledged_at is None
    assert case.clocks.running().filter(code="acknowledge").exists()
    later = at + timedelta(hours=1)
    acknowledge_case(case_id=case.pk, by=actor, at=later)
    case.refresh_from_db()
    assert case.acknowledged_at == later
    assert messages_about(("case", str(case.pk))).count() == 2


def test_page_that_told_still_counts_when_the_message_fails(
    opened: Opened, organisation: Any, actor: Actor, at: datetime
) -> None:
    case = opened()
    acknowledge_case(case_id=case.pk, way="page", by=actor, at=at)
    acknowledge_case(case_id=case.pk, by=actor, at=at)
    message = messages_about(("case", str(case.pk))).get()
    reactions.when_message_failed(happening(organisation, at, message_id=message.pk))
    case.refresh_from_db()
    assert case.acknowledged_at == at
    assert not case.clocks.running().filter(code="acknowledge").exists()


def test_case_that_is_over_tells_predictions_what_became_of_its_concern(
    opened: Opened, organisation: Any, at: datetime
) -> None:
    case = opened()
    told = happening(organisation, at, case_id=case.pk)
    reactions.when_case_settled(told)
    assert not ConcernFate.objects.exists()
    Case.objects.filter(pk=case.pk).update(closed_at=at, klass="grievance")
    for _ in range(2):
        reactions.when_case_settled(told)
    fate = ConcernFate.objects.get()
    assert (fate.comment_id, fate.became_grievance) == (case.comment_id, True)
