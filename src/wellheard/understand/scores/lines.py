"""A measure over time that is counted from something else than answers, ready to be charted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.slices import Counts
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
