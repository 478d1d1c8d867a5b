"""Pure: what a measure is, and its score from counted answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from wellheard.measures.intervals import normal_quantile, wilson
from wellheard.measures.nps import nps_from_counts
from wellheard.understand.facts.slices import Counts

Statistic = Literal["top_box", "mean", "nps"]
Direction = Literal["increase", "decrease"]
NOT_ADJUSTED = "not adjusted for who answered"


class MeasureDefinitionError(ValueError):
    """A definition that contradicts itself; the message says which part."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One entry of the metric catalogue.

    ``best``: the answers counted for the top box or as promoters; ``worst``: as detractors;
    ``says``: the words after a share, for example "said always".
    """

    code: str
    title: str
    item: str
    statistic: Statistic
    best: frozenset[int]
    worst: frozenset[int]
    scale: tuple[int, int]
    direction: Direction
    says: str
    definition: str
    owner: str
    source: str
    version: int
    effective_from: str

    @property
    def unit(self) -> str:
        """What follows the number: "%" for shares and means of 0-100, "points" for scores."""
        return "points" if self.statistic == "nps" else "%" if self.statistic == "top_box" else ""


@dataclass(frozen=True, slots=True)
class Score:
    """A measure's value with its interval: shares as 0-100, NPS as -100..100, means on 0-100."""

    measure: Measure
    n: int
    estimate: float
    low: float
    high: float
    level: float
    method: str
    adjustment: str
    is_low: bool


def read_measure(row: Mapping[str, Any]) -> Measure:
    """A measure of a definition file or row. Raises MeasureDefinitionError."""
    low, high = row["scale"]
    measure = Measure(
        code=row["code"],
        title=row["title"],
        item=row["item"],
        statistic=row["statistic"],
        best=frozenset(row["best"]),
        worst=frozenset(row.get("worst", ())),
        scale=(low, high),
        direction=row["direction"],
        says=row["says"],
        definition=row["definition"],
        owner=row["owner"],
        source=row["source"],
        version=row["version"],
        effective_from=row["effective_from"],
    )
    _check(measure)
    return measure


def _check(measure: Measure) -> None:
    low, high = measure.scale
    if low >= high:
        raise MeasureDefinitionError(f"{measure.code}: the scale must rise")
    if measure.statistic not in ("top_box", "mean", "nps"):
        raise MeasureDefinitionError(f"{measure.code}: {measure.statistic} is not a statistic")
    if measure.direction not in ("increase", "decrease"):
        raise MeasureDefinitionError(f"{measure.code}: {measure.direction} is not a direction")
    off_scale = {v for v in measure.best | measure.worst if not low <= v <= high}
    if off_scale or measure.best & measure.worst:
        raise MeasureDefinitionError(f"{measure.code}: best and worst must be on the scale, apart")
    if measure.statistic != "mean" and not measure.best:
        raise MeasureDefinitionError(f"{measure.code}: needs the answers that count as best")


def score_of(measure: Measure, counts: Counts, *, low_below: int, level: float = 0.95) -> Score:
    """Score counted answers. Raises measures.errors.EmptyData when there are none.

    Top box: share with the Wilson interval. NPS: from its three counts. Mean: answers stretched
    to 0-100 (k-th of m categories = 100 (k - 1) / (m - 1)), normal interval.
    """
    estimate, low, high, method = _SCORED[measure.statistic](measure, counts, level)
    return Score(
        measure, counts.n, estimate, low, high, level, method, NOT_ADJUSTED, counts.n < low_below
    )


Estimate = tuple[float, float, float, str]


def _top_box(measure: Measure, counts: Counts, level: float) -> Estimate:
    share = wilson(counts.among(measure.best), counts.n, level=level)
    return 100 * share.estimate, 100 * share.low, 100 * share.high, f"{share.method} interval"


def _nps(measure: Measure, counts: Counts, level: float) -> Estimate:
    promoters, detractors = counts.among(measure.best), counts.among(measure.worst)
    score = nps_from_counts(promoters, counts.n - promoters - detractors, detractors, level=level)
    return score.estimate, score.low, score.high, score.method


def _mean(measure: Measure, counts: Counts, level: float) -> Estimate:
    n = counts.n
    if n == 0:
        return _top_box(measure, counts, level)
    low, high = measure.scale
    stretch = 100 / (high - low)
    mean = sum((value - low) * stretch * times for value, times in counts) / n
    squares = sum(((value - low) * stretch - mean) ** 2 * times for value, times in counts)
    half = normal_quantile(level) * math.sqrt(squares / max(n - 1, 1) / n)
    return mean, max(0.0, mean - half), min(100.0, mean + half), "normal interval for a mean"


_SCORED = {"top_box": _top_box, "nps": _nps, "mean": _mean}
