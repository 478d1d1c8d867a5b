"""A register of past complaints, taken over whole."""

from datetime import timedelta

import pytest

from wellheard.base.audit.models import AuditRow
from wellheard.channels.outbox.models import Message
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.resolve.complaints.actions.taking_over import PastCase, take_over_cases
from wellheard.resolve.complaints.actions.taking_up import take_up_concern
from wellheard.resolve.complaints.models import Case, Clock, Closure
from wellheard.understand.concerns.models import Concern

pytestmark = [pytest.mark.django_db, pytest.mark.capability("C05")]


@pytest.fixture
def past(organisation, place, actor, at, staff):
    staff("grievance_officer")

    def told(days_ago, **fields):
        comment = receive_comment(
            NewComment(
                organisation=organisation,
                source="letter",
                text="Nobody answered the bell.",
                place=place,
                received_at=at - timedelta(days=days_ago),
                language="en",
            ),
            by=actor,
            at=at,
        )
        heard = comment.received_at + timedelta(hours=5)
        given = {"acknowledged_at": heard, "closed_at": heard + timedelta(days=9)} | fields
        return PastCase(comment_id=comment.pk, **given)

    return told


def test_past_cases_are_closed_owned_and_timed_as_they_were(past, actor, at):
    assert take_over_cases([past(100), past(200)], by=actor, at=at) == 2
    case = Case.objects.order_by("received_at").first()
    assert case.closed_at - case.received_at == timedelta(days=9, hours=5)
    assert case.owner_id is not None
    assert not case.is_open
    assert Closure.objects.filter(case=case, reason="satisfied").count() == 1
    assert not Clock.objects.filter(met_at__isnull=True).exists()
    assert AuditRow.objects.filter(action="case.taken_over").count() == 2


def test_past_cases_that_were_late_stay_late(past, actor, at):
    take_over_cases([past(100)], by=actor, at=at)
    decision = Clock.objects.filter(code="decision").first()
    assert decision is not None
    assert decision.late_at == decision.due_at


def test_past_cases_send_nothing(past, actor, at):
    take_over_cases([past(100)], by=actor, at=at)
    assert Message.objects.count() == 0


def test_past_case_is_not_acknowledged_again_when_its_words_are_read_later(
    past, organisation, actor, at
):
    take_over_cases([past(20)], by=actor, at=at)
    concern = Concern.objects.create(
        organisation=organisation,
        comment=Case.objects.get().comment,
        tier="high",
        rules="test",
        found_at=at,
    )
    assert take_up_concern(concern, by=actor, at=at)
    assert not Case.objects.get().is_open
    assert Message.objects.count() == 0


def test_past_cases_taken_over_twice_are_kept_once(past, actor, at):
    one = past(100)
    take_over_cases([one], by=actor, at=at)
    assert take_over_cases([one], by=actor, at=at) == 0
    assert Case.objects.count() == 1


@pytest.mark.parametrize("closed_days_ago", [101, -1])
def test_past_case_with_impossible_times_refuses_the_whole_register(
    past, actor, at, closed_days_ago
):
    wrong = past(100, closed_at=at - timedelta(days=closed_days_ago))
    with pytest.raises(ValueError, match="closed"):
        take_over_cases([past(100), wrong], by=actor, at=at)
    assert Case.objects.count() == 0
