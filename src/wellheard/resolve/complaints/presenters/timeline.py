"""The timeline of a case: every step as one entry, oldest first. Rows in, words out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _

from wellheard.measures.clocks import zone_named
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.presenters.moments import PARTS, Entry


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day, where the case is."""

    day: date
    entries: tuple[Entry, ...]


def days(case: Case, entries: Iterable[Entry]) -> list[Day]:
    """The timeline by local day; what Wellheard did in one moment stands together."""
    zone = zone_named(case.zone)
    by_day = groupby(entries, key=lambda entry: entry.at.astimezone(zone).date())
    return [Day(day, tuple(_gathered(list(group)))) for day, group in by_day]


def _gathered(entries: list[Entry]) -> Iterator[Entry]:
    for (_at, machine), run in groupby(entries, key=lambda e: (e.at, _is_machine(e))):
        group = list(run)
        yield from [_one(group)] if machine and len(group) > 1 else group


def _is_machine(entry: Entry) -> bool:
    return entry.who == _("Wellheard") and not entry.paper


def _one(group: list[Entry]) -> Entry:
    """Several steps of the machine in one moment as one entry, headed by the gravest."""
    opened = any(entry.sign == "assign" for entry in group)
    grave = next((entry for entry in group if entry.kind == "danger"), group[0])
    lines = tuple(f"{entry.title}. {entry.text}".strip() for entry in group)
    return Entry(
        at=group[0].at,
        title=_("Case opened") if opened else grave.title,
        who=group[0].who,
        sign=grave.sign if grave.kind == "danger" else "case" if opened else grave.sign,
        kind=grave.kind,
        lines=lines,
    )


def timeline(case: Case) -> list[Entry]:
    """Everything that happened, oldest first."""
    found = [entry for part in PARTS for entry in part(case)]
    return sorted(found, key=lambda entry: entry.at)
