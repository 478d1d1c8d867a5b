"""The trail in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wellheard.base.audit.models import AuditRow
from wellheard.people.access.queries import users_by_ref

KINDS = {
    "patient": "Patient",
    "system": "Wellheard itself",
    "api": "A program",
    "staff": "A former colleague",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the trail as it is shown. Details are codes and counts, never words."""

    sequence: int
    at: datetime
    who: str
    action: str
    what: str
    details: str
    object_kind: str
    object_id: str


def lines(rows: Iterable[AuditRow]) -> list[Line]:
    """Rows of the trail with the names of colleagues."""
    rows = list(rows)
    people = users_by_ref((row.actor_kind, row.actor_ref) for row in rows)
    return [_line(row, people.get((row.actor_kind, row.actor_ref))) for row in rows]


def _line(row: AuditRow, user: object) -> Line:
    who = str(user) if user else f"{KINDS.get(row.actor_kind, row.actor_kind)} ({row.actor_ref})"
    return Line(
        sequence=row.sequence,
        at=row.at,
        who=f"{who} (program)" if user and row.actor_kind == "api" else who,
        action=row.action.replace("_", " ").replace(".", ": ", 1),
        what=f"{row.object_kind} {row.object_id}",
        details=", ".join(f"{name} {_plain(value)}" for name, value in row.details.items()),
        object_kind=row.object_kind,
        object_id=row.object_id,
    )


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
