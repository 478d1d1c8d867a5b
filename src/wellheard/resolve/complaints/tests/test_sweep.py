"""The sweep: warnings, late clocks, calls that climb, cover, repeats; safe to run twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.resolve.complaints.actions import paging, promises, sweeping, working
from wellheard.resolve.complaints.models import Case, OnCall, Page

pytestmark = pytest.mark.django_db
Opened = Callable[..., Case]


@pytest.mark.capability("C07")
def test_each_deadline_fires_at_its_instant(opened: Opened, at: datetime) -> None:
    case = opened()
    due = case.clocks.get(code="decision").due_at
    sweeping.sweep_deadlines(due - timedelta(seconds=1))
    assert case.clocks.get(code="decision").late_at is None
    sweeping.sweep_deadlines(due)
    assert case.clocks.get(code="decision").late_at == due


def test_running_twice_writes_nothing_twice(opened: Opened, at: datetime) -> None:
    case = opened()
    now = at + timedelta(days=9)
    sweeping.sweep_deadlines(now)
    rows = case.escalations.count()
    sweeping.sweep_deadlines(now)
    assert case.escalations.count() == rows > 0


@pytest.mark.capability("A19")
def test_late_clock_climbs_the_ladder_day_by_day(
    opened: Opened, manager: Any, staff: Callable[..., Any], at: datetime
) -> None:
    specialist, executive = staff("px_specialist"), staff("executive")
    case = opened()
    due = case.clocks.get(code="first_reply").due_at

    def told() -> list[int | None]:
        rows = case.escalations.filter(rule="PRIORITY first_reply")
        return list(rows.values_list("to_id", flat=True))

    sweeping.escalate_late(due)
    assert told() == [manager.pk]
    sweeping.escalate_late(due + timedelta(days=1))
    assert told() == [manager.pk, specialist.pk]
    sweeping.escalate_late(due + timedelta(days=3))
    assert told() == [manager.pk, specialist.pk, executive.pk]


def test_interim_letter_is_asked_for_before_the_seventh_day_ends(
    opened: Opened, at: datetime
) -> None:
    case = opened()
    clock = case.clocks.get(code="interim")
    sweeping.warn_due(clock.warn_at)
    assert case.clocks.get(code="interim").warned_at == clock.warn_at
    assert clock.due_at - clock.warn_at == timedelta(days=1)


def test_warning_wakes_a_snoozed_case(opened: Opened, by_officer: Actor, at: datetime) -> None:
    case = opened()
    promises.snooze_case(case_id=case.pk, until=at + timedelta(days=30), by=by_officer, at=at)
    sweeping.sweep_deadlines(at + timedelta(hours=7))
    case.refresh_from_db()
    assert case.snoozed_until is None


@pytest.mark.capability("C19")
@pytest.mark.capability("P01")
def test_danger_calls_at_once_and_climbs_until_answered(
    opened: Opened, officer: Any, staff: Callable[..., Any], actor: Actor, at: datetime
) -> None:
    nurse, executive = staff("px_specialist"), staff("executive")
    OnCall.objects.create(organisation_id=nurse.organisation_id, user=nurse, since=at)
    case = opened(tier="immediate", reasons=("neglect",))

    def called() -> list[int]:
        return list(Page.objects.order_by("rung").values_list("to_id", flat=True))

    paging.page_on_call(case_id=case.pk, by=actor, at=at)
    assert called() == [nurse.pk]
    sweeping.climb_pages(at + timedelta(minutes=14))
    assert called() == [nurse.pk]
    sweeping.climb_pages(at + timedelta(minutes=15))
    assert called() == [nurse.pk, officer.pk]
    sweeping.climb_pages(at + timedelta(minutes=30))
    assert called() == [nurse.pk, officer.pk, executive.pk]


def test_answered_call_climbs_no_further(
    opened: Opened, officer: Any, actor: Actor, by_officer: Actor, at: datetime
) -> None:
    case = opened(tier="immediate", reasons=("neglect",))
    paging.page_on_call(case_id=case.pk, by=actor, at=at)
    assert paging.answer_page(case_id=case.pk, by=by_officer, at=at) == 1
    sweeping.climb_pages(at + timedelta(hours=2))
    assert Page.objects.count() == 1


def test_safety_review_meets_its_clock_only_when_the_person_is_safe(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    case = opened(tier="immediate", reasons=("harm",))
    running = case.clocks.running().filter(code="review")
    working.record_safety_review(
        case_id=case.pk, safe_now=False, done="Called the ward.", by=by_officer, at=at
    )
    assert running.exists()
    working.record_safety_review(
        case_id=case.pk, safe_now=True, done="Moved to another room.", by=by_officer, at=at
    )
    assert not running.exists()


def test_copy_found_later_is_linked_and_counted_once(opened: Opened, at: datetime) -> None:
    first, second = opened(text="The bell."), opened(text="The bell.", source="email")
    second.comment.duplicate_of = first.comment
    second.comment.save()
    assert sweeping.link_repeats(at) == 1
    assert list(Case.objects.counted()) == [first]
    assert sweeping.link_repeats(at) == 0


def test_two_people_who_complain_of_one_thing_both_keep_their_case(
    opened: Opened, organisation: Any, actor: Actor, at: datetime
) -> None:
    from wellheard.people.patients.actions import recognise_patient

    other = recognise_patient(
        organisation=organisation, name="Bo Else", email="bo@example.org", by=actor, at=at
    )
    first, second = opened(text="The bell."), opened(text="The bell.", patient=other)
    second.comment.duplicate_of = first.comment
    second.comment.save()
    assert sweeping.link_repeats(at) == 0
