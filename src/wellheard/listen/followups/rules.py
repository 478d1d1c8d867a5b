"""When somebody is asked again, and whether they are, pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

WAIT = "wait"


@dataclass(frozen=True, slots=True)
class FollowUpRule:
    """The rule in force. ``months`` after the visit, 0 being soon after it; ``latest``: for how
    long after its day an asking still makes sense; ``apart``: between any two surveys."""

    code: str
    version: str
    source: str
    instrument: str
    kinds: tuple[str, ...]
    months: tuple[int, ...]
    first_after: timedelta
    enrol_within: timedelta
    latest: timedelta
    apart: timedelta
    try_again: timedelta
    again_after_months: int
    not_discharged_to: tuple[str, ...]
    least_age: int
    shown_from: int

    @property
    def name(self) -> str:
        """Code and version, as printed beneath a page."""
        return f"{self.code} {self.version}"


def read_rule(page: Mapping[str, Any]) -> FollowUpRule:
    """The rule of a definition file."""
    return FollowUpRule(
        code=page["code"],
        version=page["version"],
        source=page["source"],
        instrument=page["instrument"],
        kinds=tuple(page["kinds"]),
        months=tuple(page["months"]),
        first_after=timedelta(days=page["first_after_days"]),
        enrol_within=timedelta(days=page["enrol_within_days"]),
        latest=timedelta(days=page["latest_days"]),
        apart=timedelta(days=page["apart_days"]),
        try_again=timedelta(days=page["try_again_days"]),
        again_after_months=page["again_after_months"],
        not_discharged_to=tuple(page["not_discharged_to"]),
        least_age=page["least_age"],
        shown_from=page["shown_from"],
    )


def due_at(ended: datetime, months: int, rule: FollowUpRule) -> datetime:
    """When somebody whose visit ended then is asked: so many months later, on the same day of the
    month or its last."""
    if months == 0:
        return ended + rule.first_after
    years, rest = divmod(ended.year * 12 + ended.month - 1 + months, 12)
    day = min(ended.day, monthrange(years, rest + 1)[1])
    return ended.replace(year=years, month=rest + 1, day=day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How somebody stands when their time to be asked has come."""

    died: bool
    refused: bool
    stopped: bool
    first_answered: bool
    is_first: bool
    agreed: bool
    reachable: bool
    asked_lately: bool
    too_late: bool


def verdict(standing: Standing) -> str:
    """ "" when they are asked now, WAIT when another survey went to them lately, otherwise why
    they never are. What concerns the person comes first."""
    reasons = (
        ("died", standing.died),
        ("refused", standing.refused),
        ("stopped", standing.stopped),
        ("no_first", not standing.is_first and not standing.first_answered),
        ("no_consent", not standing.agreed),
        ("unreachable", not standing.reachable),
        ("too_late", standing.too_late),
        (WAIT, standing.asked_lately),
    )
    return next((name for name, holds in reasons if holds), "")
