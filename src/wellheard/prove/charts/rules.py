"""Pure: which control chart fits a measure, and what its latest points say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Literal

from wellheard.understand.facts.slices import Counts
from wellheard.understand.scores.rules import Measure, Score

if TYPE_CHECKING:
    from wellheard.measures.spc import ControlChart
    from wellheard.understand.scores.queries import Seam

Step = Literal["month", "week"]
_FILE = Path(__file__).with_name("data") / "charts-2026-11.json"
_SHORTEST_PART = 3


@dataclass(frozen=True, slots=True)
class ChartPolicy:
    """How charts are made, from versioned data. `laney_from_n`: typical answers per point."""

    rules: str
    laney_from_n: int
    months: int
    weeks: int
    fewest_points: int


@cache
def chart_policy() -> ChartPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return ChartPolicy(**{name: page[name] for name in ChartPolicy.__slots__})


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a series: days [start, stop) and the score there."""

    start: date
    stop: date
    score: Score
    counts: Counts

    @property
    def n(self) -> int:
        return self.score.n

    @property
    def best(self) -> int:
        """How many gave one of the best answers."""
        return self.counts.among(self.score.measure.best)


@dataclass(frozen=True, slots=True)
class Series:
    """A measure over time. Periods with too few answers are joined or missing, never shown.

    ``withheld``: some answers of the period are in none of the points; ``data_to``: the last day
    that is covered; ``seams``: the days from which it means something else.
    """

    measure: Measure
    step: Step
    points: tuple[Point, ...]
    withheld: bool
    policy: str
    minimum: int
    seams: tuple[Seam, ...] = ()

    @property
    def n(self) -> int:
        return sum(point.n for point in self.points)

    @property
    def last(self) -> Point:
        return self.points[-1]


def may_chart(series: Series, policy: ChartPolicy) -> bool:
    """Whether there are enough points to say anything about variation."""
    return len(series.points) >= policy.fewest_points


NewLevels = Sequence[tuple[date, str]]


def chart_of(series: Series, policy: ChartPolicy, new_levels: NewLevels = ()) -> ControlChart:
    """The control chart of a series of at least 2 points, in the measure's own units.

    Shares: p-chart, with Laney's correction where points hold many answers. Everything else: XmR.
    ``new_levels``: days from which limits are set anew, each with its recorded reason.
    """
    # Loads numpy: pages without a chart do without.
    from wellheard.measures.spc import Rebase, p_chart, xmr

    measure = series.measure
    parts = [Rebase(at, reason) for at, reason in _parts(series.points, new_levels)]
    if measure.statistic != "top_box":
        values = [point.score.estimate for point in series.points]
        return xmr(values, rules=policy.rules, direction=measure.direction, rebases=parts)
    sizes = [point.n for point in series.points]
    return p_chart(
        [point.best for point in series.points],
        sizes,
        rules=policy.rules,
        direction=measure.direction,
        rebases=parts,
        laney=median(sizes) >= policy.laney_from_n,
    )


def _parts(points: Sequence[Point], new_levels: NewLevels) -> list[tuple[int, str]]:
    """The points at which a new level begins; those that leave too short a part do not count."""
    found: list[tuple[int, str]] = []
    for day, reason in sorted(new_levels):
        at = next((i for i, point in enumerate(points) if point.start >= day), len(points))
        begins = found[-1][0] if found else 0
        if at - begins >= _SHORTEST_PART and len(points) - at >= _SHORTEST_PART:
            found.append((at, reason))
    return found


@dataclass(frozen=True, slots=True)
class Signal:
    """What a chart's end says: a kind, since which point, how many points, on which side."""

    kind: Literal["steady", "outside", "trend", "close_to_limit", "shift"]
    verdict: Literal["common", "better", "worse", "neutral"]
    since: int
    high: bool


_VERDICTS = {
    "common_cause": "common",
    "improvement": "better",
    "concern": "worse",
    "neutral_high": "neutral",
    "neutral_low": "neutral",
}
_KINDS = (("shift", "shift"), ("trend", "trend"), ("outside", "outside"))


def verdict_of(variation: str) -> str:
    """The word the screens use for a variation: common, better, worse, neutral."""
    return _VERDICTS[variation]


def latest_signal(chart: ControlChart) -> Signal:
    """The signal that stands at the last point. A lasting shift is named before a single point."""
    latest = chart.latest
    kind = "steady"
    if latest.variation != "common_cause":
        named = (said for rule, said in _KINDS if rule in latest.rules)
        kind = next(named, "close_to_limit")
    since = _run_start(chart) if kind == "shift" else latest.since
    if chart.rebases:
        since = max(since, chart.rebases[-1].at)
    verdict = _VERDICTS[latest.variation]
    return Signal(kind, verdict, since, latest.side == "high")  # type: ignore[arg-type]  # both from closed tables


def _run_start(chart: ControlChart) -> int:
    """Where the run on the last point's side of the centre line began."""
    above = chart.values[-1] > chart.centre[-1]
    start = len(chart.values) - 1
    while start > 0 and _same_side(chart, start - 1, above=above):
        start -= 1
    return start


def _same_side(chart: ControlChart, position: int, *, above: bool) -> bool:
    value, centre = chart.values[position], chart.centre[position]
    return value > centre if above else value < centre


def on_side(values: Sequence[float], centre: Sequence[float], last: int, *, high: bool) -> int:
    """How many of the `last` values lie above (or below) their centre line."""
    pairs = list(zip(values, centre, strict=True))[-last:]
    return sum(value > middle if high else value < middle for value, middle in pairs)
