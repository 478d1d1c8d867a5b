"""Steps that many tests take on a case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from wellheard.base.audit.actor import Actor
from wellheard.resolve.complaints.actions import closing, letters, working
from wellheard.resolve.complaints.actions.acknowledging import acknowledge_case
from wellheard.resolve.complaints.models import Case, Closure, Letter

PARTS = {
    "heard": "You rang the bell and nobody came for half an hour.",
    "contact_person": "Rosa Marín, 555 0100",
    "steps_taken": "We spoke with the team. We read the bell log.",
    "results": "The bell rang for 31 minutes. We were one nurse short.",
    "completed_on": "10 March 2026",
    "next": "From Monday two more nurses work at night.",
}


def investigate(case: Case, by: Actor, at: datetime) -> None:
    """Hear the person, list one issue, decide it, answer every question of the pack."""
    acknowledge_case(case_id=case.pk, by=by, at=at)
    working.record_perspective(case_id=case.pk, words="I was left alone.", by=by, at=at)
    issue = working.add_issue(case_id=case.pk, words="No answer to the bell", by=by, at=at)
    working.decide_issue(
        issue_id=issue.pk, outcome="substantiated", finding="31 minutes.", by=by, at=at
    )
    for prompt in ("qio", "danger", "authorisation", "civil_rights"):
        working.answer_prompt(
            case_id=case.pk, prompt=prompt, answer="done", why="Done.", by=by, at=at
        )


def decision(case: Case, by: Actor, at: datetime, **fields: Any) -> Letter:
    """A decision letter that is ready to leave."""
    known = {"kind": "decision", "parts": PARTS, "language": "en"}
    return letters.write_letter(case_id=case.pk, by=by, at=at, **(known | fields))


def make_ready(case: Case, by: Actor, at: datetime) -> None:
    """Everything a grievance needs to close."""
    investigate(case, by, at)
    letters.release_letter(letter_id=decision(case, by, at).pk, by=by, at=at)
    letters.send_held_letters(at + timedelta(seconds=11))


def closed(case: Case, by: Actor, at: datetime) -> Closure:
    """The case, ready and closed."""
    make_ready(case, by, at)
    return closing.close_case(case_id=case.pk, reason="satisfied", by=by, at=at)
