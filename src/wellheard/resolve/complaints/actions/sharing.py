"""Noting whether we may talk about the patient with somebody else (N04)."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.actions.changing import NotAllowedError, changing, step
from wellheard.resolve.complaints.models import Case, Sharing
from wellheard.resolve.complaints.rules.sharing import general_only

NEEDS_BASIS = frozenset({"agreed", "authority"})


def note_sharing(
    *, case_id: int, state: str, basis: str = "", seen: int | None = None, by: Actor, at: datetime
) -> Sharing:
    """Note where the patient's agreement stands. Raises NotAllowedError for an agreement of which
    nobody says how it was given, ValueError for an unknown state, StaleCaseError."""
    if state not in rulebook.sharing().labels:
        raise ValueError(f"there is no state {state!r}")
    if state in NEEDS_BASIS and not basis.strip():
        raise NotAllowedError("Write how the patient agreed, or which document you saw.")
    with changing(case_id, by=by, at=at, seen=seen) as (case, trail):
        row = step(Sharing, case, by, at, state=state, basis=basis.strip())
        trail.write("case.sharing_noted", case, state=state)
    return row


def sharing_state(case: Case) -> str:
    """The state in force; "" when nothing was ever noted."""
    newest = case.sharings.order_by("-at", "-pk").first()
    return newest.state if newest else ""


def gets_general_only(case: Case) -> bool:
    """Whether whoever complains may be told nothing about the patient."""
    return general_only(case.complainant, sharing_state(case), rulebook.sharing())
