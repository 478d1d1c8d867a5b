"""What somebody explores, as a value that an address carries whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from wellheard.understand.facts.slices import PLACES, SEGMENTS, TOUCHPOINT, Month, Period

STEPS = ("", "week", "month", "quarter")
_ONLY = frozenset({"", "worse", "better"})
_LONGEST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """A measure; for which part of the organisation; side by side by what; over which time.

    ``by``: "place", "site", a personal attribute or "". ``since`` and ``until``: "yyyy-mm", both
    months included. ``kind``: only places of that kind. ``only``: of charts side by side, those
    that turned worse, or better.
    """

    measure: str = ""
    place: int | None = None
    site: int | None = None
    kind: str = ""
    by: str = ""
    group: str = ""
    step: str = ""
    since: str = ""
    until: str = ""
    only: str = ""

    def query(self) -> str:
        """The query string without the question mark."""
        found: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: str(value) for name, value in found.items() if value})

    def change(self, **parts: Any) -> Asked:
        """The same with some parts changed."""
        return replace(self, **parts)

    @property
    def segment(self) -> str:
        """What is counted by whole quarters: a personal attribute, the way of answering or the
        touchpoint; "" for none."""
        return self.by if self.by in SEGMENTS else ""

    @property
    def people(self) -> str:
        """The personal attribute (or way of answering) this turns on; "" for none."""
        return self.segment if self.by != TOUCHPOINT else ""


def read_asked(query: Mapping[str, str]) -> Asked:
    """What an address asks; whatever cannot be read is left out."""
    by, step, only = query.get("by", ""), query.get("step", ""), query.get("only", "")
    asked = Asked(
        measure=query.get("measure", "")[:60],
        place=_number(query.get("place", "")),
        site=_number(query.get("site", "")),
        kind=query.get("kind", "")[:10],
        by=by if by in PLACES | SEGMENTS else "",
        step=step if step in STEPS else "",
        since=_month(query.get("since", "")),
        until=_month(query.get("until", "")),
        only=only if only in _ONLY else "",
    )
    group = query.get("group", "")[:80]
    if by == TOUCHPOINT and _number(group) is None:
        group = ""
    return asked.change(group=group) if asked.segment else asked


def period_of(asked: Asked, *, today: date, months: int) -> Period:
    """The months asked for: without a start the last ``months``, never past the running month.

    An end before its start is one month long; nothing reaches back more than ten years.
    """
    now = Month.containing(today)
    stop = min(_read(asked.until).plus(1), now.plus(1)) if asked.until else now
    start = _read(asked.since) if asked.since else stop.plus(-months)
    start = max(min(start, stop.plus(-1)), stop.plus(-_LONGEST_MONTHS))
    return Period(start, stop)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _month(text: str) -> str:
    """ "2026-03"; a whole date is cut to its month, anything else is left out."""
    try:
        day = date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return ""
    return f"{day:%Y-%m}"


def _read(text: str) -> Month:
    return Month(int(text[:4]), int(text[5:7]))
