"""Pure steps: from answers to facts, and from counted facts to groups that may be shown."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from wellheard.understand.disclosure.rules import (
    Cell,
    hidden_cells,
    join_small,
    may_show,
    totals_are_safe,
)
from wellheard.understand.facts.slices import Month, Period

WHOLE = "organisation"
Histogram = Mapping[int, int]
ByMonth = Mapping[Month, Histogram]
Days = Mapping[date, Histogram]


def answered(answers: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    """The items answered with a whole number; words and choices are no facts."""
    for code, value in answers.items():
        if isinstance(value, bool):
            continue
        if isinstance(value, int):
            yield code, value
        elif isinstance(value, float) and value.is_integer():
            yield code, int(value)


def device_of(mode: str) -> tuple[str, str]:
    """On what it was answered, and who helped: "assisted" is a shared screen with staff beside."""
    return ("kiosk", "staff") if mode == "assisted" else (mode, "")


def card_mode(source: str, mode: str) -> str:
    """How a card was given, in the words of responses: paper, a shared screen, or one's own device
    (the poster's code and its short address are one page, so they are not told apart)."""
    return source if source == "paper" else mode or "web"


@dataclass(frozen=True, slots=True)
class Atom:
    """Answers of one place in one month, or in neighbouring months of a quarter joined.

    Every published figure is a sum of whole atoms, and each holds at least the minimum of people.
    """

    place: int
    start: Month
    stop: Month
    by_month: ByMonth

    @property
    def counts(self) -> Counter[int]:
        return added(self.by_month.values())

    @property
    def is_one_month(self) -> bool:
        return self.start.plus(1) == self.stop

    def within(self, period: Period) -> bool:
        return period.start <= self.start and self.stop <= period.stop


def added(histograms: Iterable[Histogram]) -> Counter[int]:
    """The sum of several answer counts."""
    total: Counter[int] = Counter()
    for histogram in histograms:
        total.update(histogram)
    return total


def people(histogram: Histogram) -> int:
    """How many answered."""
    return sum(histogram.values())


def atoms_of(place: int, by_month: ByMonth, quarters: Period, minimum: int) -> list[Atom]:
    """Cut one place's months (of whole quarters) into atoms, joining small months in a quarter.

    A quarter of fewer than `minimum` people gives no atom at all.
    """
    found = []
    for first in quarters.months[::3]:
        months = (first, first.plus(1), first.plus(2))
        sizes = [people(by_month.get(month, {})) for month in months]
        for span in join_small(sizes, minimum):
            if span.total >= minimum:
                inside = months[span.start : span.stop]
                part = {month: by_month[month] for month in inside if month in by_month}
                found.append(Atom(place, inside[0], inside[-1].plus(1), part))
    return found


def months_of_people(
    place: int, people_by_month: Mapping[Month, Collection[str]], period: Period, minimum: int
) -> list[Atom]:
    """Atoms within a period of something that one person can do many times, such as visits: a
    group is as large as its people. ``counts``: people of each month, under the place's key.

    Months that were joined and hold the same few people again are left out.
    """
    sizes = {month: {place: len(set(who))} for month, who in people_by_month.items()}
    return [
        atom
        for atom in atoms_of(place, sizes, period.whole_quarters, minimum)
        if atom.within(period)
        and len(set().union(*(people_by_month[month] for month in atom.by_month))) >= minimum
    ]


def by_single_month(atoms: Iterable[Atom], minimum: int) -> dict[Month, Counter[int]]:
    """Monthly totals of a whole site.

    Months that are joined in their own place's figures are counted here when the totals give no
    single one of them away; otherwise the joined answers stay out.
    """
    monthly: dict[Month, Counter[int]] = defaultdict(Counter)
    joined: dict[Month, list[Atom]] = defaultdict(list)
    for atom in atoms:
        if atom.is_one_month:
            monthly[atom.start].update(atom.counts)
        else:
            joined[atom.start.quarter].append(atom)
    for pool in joined.values():
        if _may_pool(pool, minimum):
            for atom in pool:
                for month, histogram in atom.by_month.items():
                    monthly[month].update(histogram)
    return monthly


def _may_pool(pool: Iterable[Atom], minimum: int) -> bool:
    cells: dict[Cell, int] = {
        ((atom.place, atom.start), month): people(histogram)
        for atom in pool
        for month, histogram in atom.by_month.items()
    }
    return totals_are_safe(cells, minimum)


@dataclass(frozen=True, slots=True)
class Weeks:
    """Days [start, stop): one week from Monday, or several joined."""

    start: date
    stop: date
    counts: Counter[int]


def weeks_of(atoms: Iterable[Atom], days: Days, minimum: int) -> list[Weeks]:
    """One place's weeks, such that neither a week nor a week less a month is too small to show.

    Weeks and months overlap, so the line of days is cut at both: a Monday is kept as a cut only
    where all pieces between cuts hold nobody or at least `minimum` people.
    """
    stretches = [cut for atom in atoms for cut in _stretches(atom, days, minimum)]
    found: list[Weeks] = []
    run: list[tuple[date, date]] = []
    for start, stop in stretches:
        if run and run[-1][1] != start:
            run = []
        if start.weekday() == 0:
            run = []
        if start.weekday() == 0 or run:
            run.append((start, stop))
        if run and stop.weekday() == 0:
            found.append(Weeks(run[0][0], stop, _counted(days, run[0][0], stop)))
    return found


def _stretches(atom: Atom, days: Days, minimum: int) -> list[tuple[date, date]]:
    """Cut an atom's days at the Mondays that may be cuts."""
    first, end = atom.start.first_day, atom.stop.first_day
    monday = first + timedelta(days=-first.weekday() % 7)
    inside = [monday + timedelta(weeks=i) for i in range((end - monday).days // 7 + 1)]
    edges = sorted({first, end, *(day for day in inside if first < day < end)})
    sizes = [people(_counted(days, a, b)) for a, b in pairwise(edges)]
    return [(edges[s.start], edges[s.stop]) for s in join_small(sizes, minimum)]


def _counted(days: Days, start: date, stop: date) -> Counter[int]:
    length = (stop - start).days
    return added(days.get(start + timedelta(days=i), {}) for i in range(length))


@dataclass(frozen=True, slots=True)
class SegmentCell:
    """What one group said in one quarter, at one site (or "organisation")."""

    level: Hashable
    quarter: Month
    segment: str
    counts: Counter[int]


def visible_spots(
    spots: Mapping[tuple[int, int], Histogram], quarter: Month, minimum: int
) -> dict[tuple[int, int], Histogram]:
    """The touchpoints of one quarter that may be shown, as answers by (place, touchpoint).

    A touchpoint lies within its place, whose total is shown: so what is hidden is chosen place by
    place, and no difference to the place's own figure is a small group.
    """
    by_place: dict[int, dict[tuple[int, str], Histogram]] = defaultdict(dict)
    for (place, spot), histogram in spots.items():
        by_place[place][place, str(spot)] = histogram
    return {
        (place, int(cell.segment)): cell.counts
        for place, cells in by_place.items()
        for cell in visible_segments(cells, quarter, minimum)
        if cell.level == place
    }


def visible_segments(
    sites: Mapping[tuple[int, str], Histogram], quarter: Month, minimum: int
) -> list[SegmentCell]:
    """The cells of one quarter's site x segment table that may be shown, with the whole's row.

    `sites`: answers by (site, segment value). All site totals must be safe to show.
    """
    cells, hidden = segment_cells(sites, minimum)
    return [
        SegmentCell(level, quarter, segment, counts)
        for (level, segment), counts in cells.items()
        if (level, segment) not in hidden and may_show(people(counts), minimum)
    ]


def segment_cells(
    sites: Mapping[tuple[int, str], Histogram], minimum: int
) -> tuple[Mapping[tuple[Hashable, str], Counter[int]], frozenset[Cell]]:
    """All cells of a site x segment table with the whole's row, and which are hidden."""
    cells: dict[tuple[Hashable, str], Counter[int]] = defaultdict(Counter)
    for (site, segment), histogram in sites.items():
        cells[site, segment].update(histogram)
        cells[WHOLE, segment].update(histogram)
    sizes: dict[Cell, int] = {cell: people(histogram) for cell, histogram in cells.items()}
    return cells, hidden_cells(sizes, minimum)
