"""What is known about a complaint before anyone judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from wellheard.measures.clocks import working_days_after


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Recorded facts; classification is a pure function of these and of the rule pack.

    `resolved_by` is "" while nobody settled it, else "staff_present" or "later".
    `harm` is the HCAT outcome level 0-5.
    """

    channel: str
    written: bool
    complainant: str = "unknown"
    anonymous: bool = False
    during_stay: bool | None = None
    subjects: tuple[str, ...] = ()
    resolved_by: str = ""
    resolved_next_working_day: bool = False
    postponed: bool = False
    referred: bool = False
    needs_investigation: bool = False
    formal_request: bool = False
    response_requested: bool = False
    normally_a_grievance: bool = False
    payer: str = "unknown"
    exclusion: str = ""
    harm: int = 0
    months_since_event: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the facts as plain JSON values."""
        return asdict(self) | {"subjects": list(self.subjects)}


FACT_NAMES = frozenset(field.name for field in fields(CaseFacts))


def read_facts(data: Mapping[str, Any]) -> CaseFacts:
    """Return the facts in stored JSON `data`; keys of a later edition are left aside."""
    known = {name: value for name, value in data.items() if name in FACT_NAMES}
    return CaseFacts(**(known | {"subjects": tuple(known.get("subjects", ()))}))


def with_settlement(
    facts: CaseFacts, received_at: datetime, settled_at: datetime, zone: str, holidays_in: str
) -> CaseFacts:
    """Return `facts` of a matter settled to satisfaction at `settled_at`.

    Whether that was by the next working day is counted in the place's own calendar.
    """
    limit = working_days_after(received_at, 1, zone=zone, holidays_in=holidays_in or None)
    return replace(
        facts,
        resolved_by=facts.resolved_by or "later",
        resolved_next_working_day=settled_at < limit,
    )
