"""Closing, undoing, reopening, withdrawing, rating."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.channels.outbox.queries import messages_about
from wellheard.resolve.complaints.actions import closing, letters, working
from wellheard.resolve.complaints.actions.changing import (
    CaseClosedError,
    NotAllowedError,
    StaleCaseError,
)
from wellheard.resolve.complaints.models import Case, HandlingRating, LetterDispatch
from wellheard.resolve.complaints.tests.working import closed, decision, investigate, make_ready

pytestmark = pytest.mark.django_db
Opened = Callable[..., Case]


def missing(case: Case, by: Actor, at: datetime, reason: str = "satisfied") -> list[str]:
    with pytest.raises(closing.NotReadyToCloseError) as refused:
        closing.close_case(case_id=case.pk, reason=reason, by=by, at=at)
    return [item.check for item in refused.value.missing]


@pytest.mark.capability("C07")
def test_untouched_grievance_says_everything_that_is_missing(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    assert missing(opened(), by_officer, at) == [
        "acknowledged",
        "complainant_view",
        "issues_recorded",
        *["decision_elements"] * 4,
        "decision_sent",
        "contact",
    ]


@pytest.mark.capability("C08")
def test_one_open_issue_of_two_keeps_the_case_open(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    case = opened()
    make_ready(case, by_officer, at)
    working.add_issue(case_id=case.pk, words="And the noise", by=by_officer, at=at)
    assert missing(case, by_officer, at) == ["issues_decided"]


def test_ready_case_closes_and_its_clocks_stop(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    case = opened()
    closed(case, by_officer, at)
    case.refresh_from_db()
    assert (case.closed_at, case.ending, case.next_due_at) == (at, "satisfied", None)
    assert not case.clocks.running().exists()
    assert case.clocks.get(code="decision").met_at == at


def test_second_to_close_loses(opened: Opened, by_officer: Actor, at: datetime) -> None:
    case = opened()
    make_ready(case, by_officer, at)
    case.refresh_from_db()
    seen = case.version
    closing.close_case(case_id=case.pk, reason="satisfied", seen=seen, by=by_officer, at=at)
    with pytest.raises(StaleCaseError):
        closing.close_case(case_id=case.pk, reason="satisfied", seen=seen, by=by_officer, at=at)
    with pytest.raises(CaseClosedError):
        closing.close_case(case_id=case.pk, reason="satisfied", by=by_officer, at=at)


def test_undo_within_ten_seconds_takes_letter_and_closure_back(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    case = opened()
    investigate(case, by_officer, at)
    letters.release_letter(letter_id=decision(case, by_officer, at).pk, by=by_officer, at=at)
    closing.close_case(case_id=case.pk, reason="satisfied", by=by_officer, at=at)
    closing.undo_closure(case_id=case.pk, by=by_officer, at=at + timedelta(seconds=9))
    letters.send_held_letters(at + timedelta(minutes=1))
    closing.tell_closed(at + timedelta(minutes=1))
    case.refresh_from_db()
    assert (case.closed_at, case.answered_at) == (None, None)
    assert case.clocks.running().filter(code="decision").exists()
    assert LetterDispatch.objects.get().left_at is None
    assert [m.template for m in messages_about(("case", str(case.pk)))] == ["case.received"]


def test_undo_is_over_after_ten_seconds(opened: Opened, by_officer: Actor, at: datetime) -> None:
    case = opened()
    closed(case, by_officer, at)
    with pytest.raises(NotAllowedError):
        closing.undo_closure(case_id=case.pk, by=by_officer, at=at + timedelta(seconds=11))


def test_letter_leaves_once(opened: Opened, by_officer: Actor, at: datetime) -> None:
    case = opened()
    make_ready(case, by_officer, at)
    letters.send_held_letters(at + timedelta(minutes=5))
    sent = [m for m in messages_about(("case", str(case.pk))) if m.template == "case.letter"]
    assert len(sent) == 1
    assert "31 minutes" not in sent[0].body + sent[0].short


@pytest.mark.capability("C08")
def test_person_reopens_and_the_clocks_start_anew(
    opened: Opened, by_officer: Actor, actor: Actor, at: datetime
) -> None:
    case, later = opened(), at + timedelta(days=20)
    closed(case, by_officer, at)
    closing.reopen_case(case_id=case.pk, why="Still no bell", kind="person", by=actor, at=later)
    case.refresh_from_db()
    assert case.status(later) == "reopened"
    assert case.clocks.running().get(code="decision").starts_at == later
    # A reopened case is owed a new answer.
    assert missing(case, by_officer, later) == [
        *["decision_elements"] * 4,
        "decision_sent",
        "contact",
    ]


def test_reopening_ends_after_sixty_days(
    opened: Opened, by_officer: Actor, actor: Actor, at: datetime
) -> None:
    case = opened()
    closed(case, by_officer, at)
    with pytest.raises(NotAllowedError):
        closing.reopen_case(
            case_id=case.pk, why="x", kind="person", by=actor, at=at + timedelta(days=62)
        )


def test_withdrawn_case_ends_without_a_letter(opened: Opened, actor: Actor, at: datetime) -> None:
    case = opened()
    closing.withdraw_case(case_id=case.pk, by=actor, at=at)
    case.refresh_from_db()
    assert case.status(at) == "withdrawn"


def test_withdrawn_danger_stays_open_until_reviewed(
    opened: Opened, by_officer: Actor, actor: Actor, at: datetime
) -> None:
    case = opened(tier="immediate", reasons=("abuse",))
    closing.withdraw_case(case_id=case.pk, by=actor, at=at)
    case.refresh_from_db()
    assert case.is_open
    assert missing(case, by_officer, at, "withdrawn") == ["prompts", "safety_review"]


def test_same_matter_twice_is_counted_once(opened: Opened, by_officer: Actor, at: datetime) -> None:
    first, second = opened(), opened(text="The same again")
    closing.link_case(case_id=second.pk, first_id=first.pk, why="Same night", by=by_officer, at=at)
    assert list(Case.objects.counted()) == [first]


def test_rating_comes_after_closure_and_once(
    opened: Opened, by_officer: Actor, actor: Actor, at: datetime
) -> None:
    case = opened()
    answer = {"case_id": case.pk, "respect": 5, "process": 4, "outcome": 3, "by": actor, "at": at}
    with pytest.raises(NotAllowedError, match="not closed"):
        closing.rate_handling(**answer)
    closed(case, by_officer, at)
    closing.rate_handling(**answer)
    with pytest.raises(NotAllowedError, match="already"):
        closing.rate_handling(**answer)
    assert HandlingRating.objects.get().process == 4


def test_failed_letter_counts_as_not_sent(
    opened: Opened, by_officer: Actor, actor: Actor, at: datetime
) -> None:
    case = opened()
    make_ready(case, by_officer, at)
    row = LetterDispatch.objects.get()
    letters.note_letter_failed(
        message_id=row.message_id or 0, organisation_id=case.organisation_id, by=actor, at=at
    )
    case.refresh_from_db()
    assert case.answered_at is None
    assert missing(case, by_officer, at) == [*["decision_elements"] * 4, "decision_sent", "contact"]


def test_letter_for_a_reader_of_spanish_needs_translation_and_a_second_reader(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    case = opened(language="es")
    investigate(case, by_officer, at)
    letter = decision(case, by_officer, at)
    with pytest.raises(letters.LetterNotReadyError) as refused:
        letters.release_letter(letter_id=letter.pk, by=by_officer, at=at)
    assert [flag.code for flag in refused.value.flags] == ["translation"]
    parts = {
        "heard": "Usted llamó.",
        "steps_taken": "Leímos el registro.",
        "results": "31 minutos.",
        "next": "Más enfermeras.",
    }
    done: dict[str, Any] = {
        "letter_id": letter.pk,
        "language": "es",
        "parts": parts,
        "translated_by": "L. Ortiz",
        "by": by_officer,
        "at": at,
    }
    with pytest.raises(NotAllowedError, match="another person"):
        letters.translate_letter(reviewed_by="l. ortiz", **done)
    letters.translate_letter(reviewed_by="M. Soto", **done)
    sent = letters.release_letter(letter_id=letter.pk, by=by_officer, at=at)
    assert "31 minutos." in sent.body
    assert "Traducido por L. Ortiz y revisado por M. Soto." in sent.body
