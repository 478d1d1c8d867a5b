"""Pure: what became of an appointment, which ones count, and reminded beside not reminded."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from wellheard.measures.intervals import Proportion, wilson
from wellheard.measures.strata import StratifiedDifference, Stratum, stratified_difference
from wellheard.understand.disclosure.rules import hidden_groups
from wellheard.understand.facts.slices import Month

Counted = Literal["kept", "no_show", "late_cancel"]
LeftOut = Literal["in_good_time", "by_us", "when_unknown", "not_told"]
MISSED: frozenset[str] = frozenset({"no_show", "late_cancel"})
LEFT_OUT: tuple[LeftOut, ...] = ("in_good_time", "by_us", "when_unknown", "not_told")
REMINDERS = ("none", "sent", "seen")
# How outcomes stand in counts, as facts have numbers.
CODES: Mapping[str, int] = {"kept": 0, "no_show": 1, "late_cancel": 2}

_FILE = Path(__file__).with_name("data") / "attendance-2026-11.json"


@dataclass(frozen=True, slots=True)
class AttendancePolicy:
    """What counts, from versioned data."""

    version: str
    effective_from: str
    source: str
    notice_hours: int
    remind_days: int
    lead_days: tuple[int, ...]
    kinds: tuple[str, ...]
    months: int
    recent_months: int


@cache
def attendance_policy() -> AttendancePolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    lists = {name: tuple(page[name]) for name in ("lead_days", "kinds")}
    return AttendancePolicy(**{name: page[name] for name in AttendancePolicy.__slots__} | lists)


def missed_codes() -> frozenset[int]:
    """The codes of what was missed."""
    return frozenset(code for outcome, code in CODES.items() if outcome in MISSED)


def outcome_of(status: str, reason: str, *, late: bool | None) -> Counted | LeftOut:
    """What became of a booked appointment whose time has come.

    ``late``: whether it was cancelled within the notice; None when nobody said when. What the
    clinic called off is nobody's miss, and an appointment still open has not been told.
    """
    if status in ("arrived", "finished"):
        return "kept"
    if status not in ("no_show", "cancelled"):
        return "not_told"
    if reason == "clinic":
        return "by_us"
    if status == "no_show":
        return "no_show"
    if late is None:
        return "when_unknown"
    return "late_cancel" if late else "in_good_time"


class Appointment(NamedTuple):
    """One booked appointment whose time has come. ``who``: whose it was, for counting people;
    ``lead``: the band of days it was booked ahead, by the least of it: None when that is not
    known, 0 below the first band."""

    place: int
    month: Month
    who: str
    outcome: str
    lead: int | None
    reminder: str
    reason: str


def lead_of(days: float | None, bands: Sequence[int]) -> int | None:
    """The band that so many days ahead belong to."""
    if days is None or days < 0:
        return None
    return max((least for least in bands if days >= least), default=0)


@dataclass(frozen=True, slots=True)
class Reminded:
    """Those with one kind of reminder: the share that was missed, and against no reminder how
    much less or more, days booked ahead held equal. ``missed`` is None for too few."""

    reminder: str
    missed: Proportion | None
    against_none: StratifiedDifference | None


def by_reminder(rows: Iterable[Appointment], *, minimum: int) -> list[Reminded]:
    """Reminders compared among appointments booked so far ahead that one could be sent.

    Those of which nobody said whether there was a reminder are in none of the groups. Groups of
    fewer than ``minimum`` people are hidden, with whatever would give them away.
    """
    cells: dict[str, dict[int, Counter[bool]]] = {name: {} for name in REMINDERS}
    people: dict[str, set[str]] = {name: set() for name in REMINDERS}
    for row in rows:
        if row.reminder in cells and row.lead:
            cell = cells[row.reminder].setdefault(row.lead, Counter())
            cell[row.outcome in MISSED] += 1
            people[row.reminder].add(row.who)
    hidden = hidden_groups({name: len(who) for name, who in people.items()}, minimum)
    shown = {name: each for name, each in cells.items() if each and name not in hidden}
    none = shown.get("none", {})
    return [_reminded(name, shown.get(name, {}), none) for name in REMINDERS]


def _reminded(
    name: str, own: Mapping[int, Counter[bool]], none: Mapping[int, Counter[bool]]
) -> Reminded:
    total = sum(own.values(), Counter[bool]())
    missed = wilson(total[True], total.total()) if own else None
    both = [] if name == "none" else sorted(own.keys() & none.keys())
    strata = [
        Stratum(own[lead][True], own[lead].total(), none[lead][True], none[lead].total())
        for lead in both
    ]
    return Reminded(name, missed, stratified_difference(strata) if strata else None)


@dataclass(frozen=True, slots=True)
class Why:
    """A reason for which appointments were missed; "" for none told. ``share`` of everything that
    was missed; None for too few."""

    reason: str
    n: int
    share: Proportion | None


def by_reason(rows: Iterable[Appointment], *, minimum: int) -> list[Why]:
    """Reasons told for what was missed, the most frequent first; hidden ones last."""
    counts: Counter[str] = Counter()
    people: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.outcome in MISSED:
            counts[row.reason] += 1
            people[row.reason].add(row.who)
    hidden = hidden_groups({reason: len(who) for reason, who in people.items()}, minimum)
    everything = counts.total()
    found = [
        Why(reason, n, None if reason in hidden else wilson(n, everything))
        for reason, n in counts.items()
    ]
    return sorted(found, key=lambda why: (why.share is None, -why.n, why.reason))
