"""A measure over time that is counted from something else than answers, ready to be charted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.rules import Atom, by_single_month
from wellheard.understand.facts.slices import Counts, Month
from wellheard.understand.scores.rules import Measure, Score


@dataclass(frozen=True, slots=True)
class LinePoint:
    """Days [start, stop), the value there, and the counts it is made of."""

    start: date
    stop: date
    score: Score
    counts: Counts


@dataclass(frozen=True, slots=True)
class Line:
    """Points in order of time. Whoever makes a line lets nothing into it that may not be shown;
    ``withheld``: something was left out for that reason."""

    measure: Measure
    points: tuple[LinePoint, ...]
    withheld: bool


@dataclass(frozen=True, slots=True)
class MonthlyRate:
    """Days [start, stop) and what was counted in them, by what became of it."""

    start: date
    stop: date
    counts: Counts


@dataclass(frozen=True, slots=True)
class RateSeries:
    """A rate over time that a chart can be drawn of, only of groups that may be shown."""

    measure: Measure
    rates: tuple[MonthlyRate, ...]
    withheld: bool


def monthly_rates(
    atoms: Sequence[Atom],
    counted: Callable[[int, Month], Mapping[int, int]],
    *,
    sites: Mapping[int, int],
    place: int | None = None,
) -> tuple[MonthlyRate, ...]:
    """Month by month: one place, its small months joined, or whole sites together.

    ``counted``: what a place and month hold. A month that nobody may see is absent.
    """
    if place is not None:
        return tuple(_of_atom(atom, counted) for atom in atoms if atom.place == place)
    minimum = load_policy().minimum_group
    monthly: dict[Month, Counter[int]] = defaultdict(Counter)
    for site in sorted(set(sites.values())):
        own = [atom for atom in atoms if sites[atom.place] == site]
        for month, inside in by_single_month(own, minimum).items():
            for each in inside:
                monthly[month].update(counted(each, month))
    return tuple(
        MonthlyRate(month.first_day, month.plus(1).first_day, Counts.of(monthly[month]))
        for month in sorted(monthly)
    )


def _of_atom(atom: Atom, counted: Callable[[int, Month], Mapping[int, int]]) -> MonthlyRate:
    total: Counter[int] = Counter()
    for month in atom.by_month:
        total.update(counted(atom.place, month))
    return MonthlyRate(atom.start.first_day, atom.stop.first_day, Counts.of(total))


def counted_measure(
    *,
    code: str,
    title: str,
    says: str,
    source: str,
    effective_from: str,
    statistic: Literal["mean", "top_box"] = "mean",
    best: frozenset[int] = frozenset(),
    scale: tuple[int, int] = (0, 1),
) -> Measure:
    """A measure of which less is better and that no item of a survey defines: minutes (``mean``),
    or the share of some of the things that were counted (``top_box``)."""
    return Measure(
        code=code,
        title=title,
        item="",
        statistic=statistic,
        best=best,
        worst=frozenset(),
        scale=scale,
        direction="decrease",
        says=says,
        definition="",
        owner="",
        source=source,
        version=1,
        effective_from=effective_from,
    )


def is_low(n: int) -> bool:
    """Whether a figure of so few is marked as low."""
    return n < load_policy().low_below
