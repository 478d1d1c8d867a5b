"""Working on a case: the person's view first, notes that stay, people who must not decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.queries import verify_chain
from wellheard.resolve.complaints.actions import assigning, classifying, promises, working
from wellheard.resolve.complaints.actions.changing import NotAllowedError, StaleCaseError
from wellheard.resolve.complaints.models import Case, Note
from wellheard.resolve.complaints.rules.words import EmptyWordsError
from wellheard.resolve.complaints.tests.working import decision, investigate

pytestmark = pytest.mark.django_db
Opened = Callable[..., Case]


@pytest.mark.capability("C04")
def test_note_stays_as_written_and_its_amendment_stands_beside_it(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    case = opened()
    note = working.add_note(case_id=case.pk, words="Bed 12.", by=by_officer, at=at)
    working.amend_note(note_id=note.pk, words="Bed 14.", why="Wrong bed.", by=by_officer, at=at)
    kept = Note.objects.get()
    assert kept.words == "Bed 12."
    assert [(a.words, a.why, a.by_name) for a in kept.amendments.all()] == [
        ("Bed 14.", "Wrong bed.", by_officer.name)
    ]
    assert verify_chain(by_officer.organisation_id).broken is None


@pytest.mark.capability("C04")
@pytest.mark.capability("N03")
def test_words_lie_sealed_in_the_database(opened: Opened, by_officer: Actor, at: datetime) -> None:
    from django.db import connection

    note = working.add_note(case_id=opened().pk, words="canary", by=by_officer, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM resolve_note WHERE id = %s", [note.pk])
        assert "canary" not in cursor.fetchone()[0]


@pytest.mark.capability("C18")
def test_our_view_waits_for_theirs(opened: Opened, by_officer: Actor, at: datetime) -> None:
    case = opened()
    issue = working.add_issue(case_id=case.pk, words="The bell", by=by_officer, at=at)
    with pytest.raises(NotAllowedError, match="before our view"):
        working.decide_issue(
            issue_id=issue.pk, outcome="explained", finding="x", by=by_officer, at=at
        )
    with pytest.raises(NotAllowedError, match="before our view"):
        decision(case, by_officer, at)
    with pytest.raises(EmptyWordsError):
        working.record_perspective(case_id=case.pk, words="  ", by=by_officer, at=at)
    working.record_perspective(case_id=case.pk, words="I was alone.", by=by_officer, at=at)
    working.decide_issue(issue_id=issue.pk, outcome="explained", finding="x", by=by_officer, at=at)


@pytest.mark.capability("C10")
def test_somebody_named_in_the_case_neither_owns_nor_decides_it(
    opened: Opened, manager: Any, officer: Any, by_officer: Actor, at: datetime
) -> None:
    case = opened(source="card", tier="normal")
    assert case.owner_id == manager.pk
    assigning.add_person(case_id=case.pk, part="named", user=manager, by=by_officer, at=at)
    case.refresh_from_db()
    assert case.owner_id == officer.pk
    with pytest.raises(NotAllowedError, match="named in the case"):
        assigning.assign_case(case_id=case.pk, owner=manager, by=by_officer, at=at)
    investigate(case, by_officer, at)
    by_named = Actor("staff", str(manager.pk), manager.organisation_id)
    with pytest.raises(NotAllowedError, match="somebody else decides"):
        decision(case, by_named, at)


@pytest.mark.capability("C10")
def test_cases_of_somebody_away_go_to_their_cover(
    opened: Opened, officer: Any, staff: Callable[..., Any], by_officer: Actor, at: datetime
) -> None:
    case, cover = opened(), staff("px_specialist")
    assigning.record_absence(
        user=officer, since=at, until=at + timedelta(days=9), cover=cover, by=by_officer, at=at
    )
    case.refresh_from_db()
    assert case.owner_id == cover.pk
    assert [row.rule for row in case.assignments.all()] == ["formal", "cover"]


def test_raising_a_class_holds_at_once(opened: Opened, by_officer: Actor, at: datetime) -> None:
    case = opened(source="card", tier="normal")
    assert case.klass == "complaint"
    classifying.record_facts(
        case_id=case.pk, changes={"formal_request": True}, by=by_officer, at=at
    )
    case.refresh_from_db()
    assert case.klass == "grievance"
    assert case.clocks.running().filter(code="decision").exists()


def test_lowering_a_class_needs_a_reason_and_a_second_person(
    opened: Opened, by_officer: Actor, staff: Callable[..., Any], at: datetime
) -> None:
    case = opened(source="phone")
    change = {"resolved_by": "staff_present"}
    with pytest.raises(NotAllowedError, match="reason"):
        classifying.record_facts(case_id=case.pk, changes=change, by=by_officer, at=at)
    asked = classifying.record_facts(
        case_id=case.pk, changes=change, why="Settled at the bedside.", by=by_officer, at=at
    )
    case.refresh_from_db()
    assert case.klass == "grievance"
    with pytest.raises(NotAllowedError, match="second person"):
        classifying.agree_to_lowering(classification_id=asked.pk, agree=True, by=by_officer, at=at)
    second = staff("px_specialist")
    by_second = Actor("staff", str(second.pk), second.organisation_id)
    classifying.agree_to_lowering(classification_id=asked.pk, agree=True, by=by_second, at=at)
    case.refresh_from_db()
    assert case.klass == "complaint"


@pytest.mark.capability("C07")
def test_moving_the_day_of_receipt_hides_no_breach(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    case = opened()
    due = case.clocks.get(code="decision").due_at
    classifying.correct_receipt(
        case_id=case.pk,
        received_at=at + timedelta(days=5),
        why="Typing error",
        by=by_officer,
        at=at + timedelta(days=6),
    )
    case.refresh_from_db()
    assert case.received_at == at
    assert case.clocks.running().get(code="decision").due_at == due


def test_earlier_day_of_receipt_makes_things_due_earlier(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    case = opened()
    due = case.clocks.get(code="decision").due_at
    classifying.correct_receipt(
        case_id=case.pk, received_at=at - timedelta(days=2), why="Post stamp", by=by_officer, at=at
    )
    moved = case.clocks.running().get(code="decision").due_at
    assert due - moved == timedelta(days=2) - timedelta(hours=0)


@pytest.mark.capability("A19")
def test_broken_promise_stays_broken_although_kept_later(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    case = opened()
    row = promises.make_promise(
        case_id=case.pk, words="Call on Friday", due_at=at + timedelta(days=1), by=by_officer, at=at
    )
    promises.break_overdue_promises(at + timedelta(days=2))
    promises.keep_promise(promise_id=row.pk, by=by_officer, at=at + timedelta(days=3))
    row.refresh_from_db()
    assert row.broken_at == at + timedelta(days=1)
    assert row.kept_at == at + timedelta(days=3)


def test_danger_is_not_put_aside(opened: Opened, by_officer: Actor, at: datetime) -> None:
    case = opened(tier="immediate")
    with pytest.raises(NotAllowedError):
        promises.snooze_case(case_id=case.pk, until=at + timedelta(days=1), by=by_officer, at=at)


def test_what_changed_since_it_was_read_is_refused(
    opened: Opened, by_officer: Actor, staff: Callable[..., Any], at: datetime
) -> None:
    case, other = opened(), staff("px_specialist")
    working.add_note(case_id=case.pk, words="Somebody was faster.", by=by_officer, at=at)
    with pytest.raises(StaleCaseError):
        assigning.assign_case(case_id=case.pk, owner=other, seen=case.version, by=by_officer, at=at)
