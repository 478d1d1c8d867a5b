"""Shares of a market from counts of which small ones are not published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wellheard.measures.errors import EmptyData, OutOfRange


@dataclass(frozen=True, slots=True)
class Counted:
    """Published cases, and how many cells of the same kind are not published."""

    cases: int
    hidden: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(self.cases + other.cases, self.hidden + other.hidden)


@dataclass(frozen=True, slots=True)
class BoundedShare:
    """A share between 0 and 1 of the published cases, and the lowest and highest that the cells
    not published allow. ``published`` is None where nothing is; the bounds hold all the same."""

    published: float | None
    low: float
    high: float
    ours: int
    n: int
    hidden: int
    method: str


def bounded_share(ours: Counted, others: Counted, *, least: int, most: int) -> BoundedShare:
    """Our share of all cases, each hidden cell holding ``least`` to ``most`` cases.

    The bounds are exact, not a confidence interval: the files count every case. Lowest when our
    hidden cells hold the least and the others' the most, highest the other way round. Raises
    EmptyData when no case can be there at all, OutOfRange for a negative count.
    """
    counts = (ours.cases, ours.hidden, others.cases, others.hidden, least, most - least)
    if min(counts) < 0:
        raise OutOfRange("cases", "a count is negative, or most is below least")
    n = ours.cases + others.cases
    if n + most * (ours.hidden + others.hidden) == 0:
        raise EmptyData("cases", "there are none")
    return BoundedShare(
        published=ours.cases / n if n else None,
        low=_share(ours.cases + least * ours.hidden, others.cases + most * others.hidden),
        high=_share(ours.cases + most * ours.hidden, others.cases + least * others.hidden),
        ours=ours.cases,
        n=n,
        hidden=ours.hidden + others.hidden,
        method=f"published cases; bounds with {least} to {most} in each cell not published",
    )


def primary_area(cases: Mapping[str, int], *, part: float = 0.75) -> tuple[str, ...]:
    """The fewest areas, largest first, that hold ``part`` of all cases (the usual definition of a
    primary service area). Areas with equal cases come in order of name; none without a case."""
    if not 0 < part <= 1:
        raise OutOfRange("part", f"must lie above 0 and at most be 1, is {part:g}")
    total, held, found = sum(cases.values()), 0, []
    for area in sorted(cases, key=lambda each: (-cases[each], each)):
        if held >= part * total or not cases[area]:
            break
        held += cases[area]
        found.append(area)
    return tuple(found)


def moved(now: BoundedShare, before: BoundedShare) -> str:
    """ "higher" or "lower" only when the two pairs of bounds do not meet, else "cannot_tell"."""
    if now.low > before.high:
        return "higher"
    return "lower" if now.high < before.low else "cannot_tell"


def _share(mine: int, theirs: int) -> float:
    return mine / (mine + theirs) if mine + theirs else 0.0
