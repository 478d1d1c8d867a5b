"""A question to the facts as a frozen value, and the table that answers it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Dimension = Literal[
    "place", "site", "month", "quarter", "week",
    "age_band", "ethnicity", "helped", "language", "mode", "payer", "sex", "touchpoint",
]  # fmt: skip
SEGMENTS: frozenset[str] = frozenset(
    {"age_band", "ethnicity", "helped", "language", "mode", "payer", "sex", "touchpoint"}
)
# A spot within a place: counted by quarter as other segments, but for single places too.
TOUCHPOINT = "touchpoint"
TIMES: frozenset[str] = frozenset({"month", "quarter", "week"})
PLACES: frozenset[str] = frozenset({"place", "site"})


class SliceError(ValueError):
    """A question that is not allowed; the message says which part and what is."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month. ``code`` is yyyymm, as facts keep it."""

    year: int
    number: int

    @classmethod
    def of(cls, code: int) -> Month:
        return cls(*divmod(code, 100))

    @classmethod
    def containing(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @property
    def code(self) -> int:
        return self.year * 100 + self.number

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    def plus(self, months: int) -> Month:
        years, rest = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(years, rest + 1)

    @property
    def quarter(self) -> Month:
        """The first month of this month's calendar quarter."""
        return Month(self.year, self.number - (self.number - 1) % 3)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole calendar months, half open: [start, stop)."""

    start: Month
    stop: Month

    def __post_init__(self) -> None:
        if self.stop <= self.start:
            raise SliceError("period: must hold at least one whole month")

    @classmethod
    def ending(cls, stop: Month, months: int) -> Period:
        """The ``months`` whole months before ``stop``."""
        return cls(stop.plus(-months), stop)

    @property
    def months(self) -> tuple[Month, ...]:
        found = [self.start]
        while found[-1].plus(1) < self.stop:
            found.append(found[-1].plus(1))
        return tuple(found)

    @property
    def whole_quarters(self) -> Period:
        """The smallest period of whole calendar quarters around this one."""
        last = self.stop.plus(-1).quarter
        return Period(self.start.quarter, last.plus(3))


@dataclass(frozen=True, slots=True)
class Where:
    """Which answers: everything, or those of some places or sites, or of one segment value.

    A touchpoint's value is its id as text; "0" is no touchpoint.
    """

    places: frozenset[int] | None = None
    sites: frozenset[int] | None = None
    segment: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Answers to ``item``, by at most one of each kind of dimension, over whole months.

    Raises SliceError for what is never counted: two personal attributes at once, a personal
    attribute by month, week or place, an unknown dimension.
    """

    organisation_id: int
    item: str
    period: Period
    by: tuple[Dimension, ...] = ()
    where: Where = field(default_factory=Where)

    def __post_init__(self) -> None:
        unknown = set(self.by) - SEGMENTS - TIMES - PLACES
        if unknown:
            raise SliceError(f"by: {sorted(unknown)} cannot be counted by")
        for kind in (SEGMENTS, TIMES, PLACES):
            if len(kind & set(self.by)) > 1:
                raise SliceError(f"by: only one of {sorted(kind & set(self.by))} at a time")
        if self.segment is not None:
            self._check_segment(self.segment)

    @property
    def segment(self) -> str | None:
        """The personal attribute this question turns on, if any."""
        asked: set[str] = {name for name in self.by if name in SEGMENTS}
        if self.where.segment is not None:
            asked.add(self.where.segment[0])
        if len(asked) > 1:
            raise SliceError(f"segment: only one of {sorted(asked)} at a time")
        return next(iter(asked), None)

    def _check_segment(self, segment: str) -> None:
        if segment not in SEGMENTS:
            raise SliceError(f"where: {segment} is not a segment; there are {sorted(SEGMENTS)}")
        if segment == TOUCHPOINT and self.where.segment and not self.where.segment[1].isdecimal():
            raise SliceError("touchpoint: is asked for by its id")
        narrowed = self.where.places is not None and segment != TOUCHPOINT
        if {"place", "month", "week"} & set(self.by) or narrowed:
            raise SliceError(f"{segment}: is counted by quarter, for sites or the organisation")
        if self.period != self.period.whole_quarters:
            raise SliceError(f"{segment}: is counted over whole calendar quarters")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many gave each answer; what every statistic is made of."""

    by_value: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, by_value: Mapping[int, int]) -> Counts:
        return cls(tuple(sorted((value, n) for value, n in by_value.items() if n)))

    @property
    def n(self) -> int:
        return sum(n for _, n in self.by_value)

    def among(self, values: frozenset[int]) -> int:
        """How many gave one of ``values``."""
        return sum(n for value, n in self.by_value if value in values)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self.by_value)


@dataclass(frozen=True, slots=True)
class Row:
    """One group: its key (in the order of ``Slice.by``), the counts, whether they are few.

    ``start`` and ``stop``: the days [start, stop) it covers when counted by time; more than one
    month or week where small ones were joined.
    """

    key: tuple[int | str, ...]
    counts: Counts
    low: bool
    start: date | None = None
    stop: date | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The groups that may be shown. ``withheld``: some answers are left out of every figure."""

    slice: Slice
    rows: tuple[Row, ...]
    withheld: bool
    policy: str
    minimum: int
    total: Counts

    def row(self, *key: int | str) -> Row | None:
        return next((row for row in self.rows if row.key == key), None)
