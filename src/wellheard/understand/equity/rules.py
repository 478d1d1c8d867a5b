"""Pure: gaps between groups on one measure, all comparisons of a page judged together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from wellheard.measures.equity import benjamini_hochberg, chi_square_p, rate_ratio
from wellheard.measures.intervals import Proportion, newcombe, normal_quantile, wilson
from wellheard.understand.facts.slices import Counts
from wellheard.understand.scores.rules import Measure, Score, score_of

RetestVerdict = Literal["narrower", "wider", "cannot_tell", "waiting"]
Verdict = Literal["worse", "better", "no_difference_shown", "reference"]
LEVEL = 0.95
METHOD = (
    "Wilson, Newcombe and Katz intervals at 95 %, N-1 chi-square (means: Welch), "
    "Benjamini-Hochberg over all comparisons of the page"
)


@dataclass(frozen=True, slots=True)
class Gap:
    """One group against the reference, in the measure's points; None where nothing is compared.

    ``ratio``, ``ratio_low``, ``ratio_high``: share of the group over share of the reference, for
    shares only. ``p_adjusted``: after Benjamini and Hochberg over the whole page.
    """

    group: str
    score: Score
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    verdict: Verdict = "reference"

    @property
    def n(self) -> int:
        return self.score.n


@dataclass(frozen=True, slots=True)
class AttributeGaps:
    """The groups of one attribute, the reference first. ``withheld``: some people are in none."""

    attribute: str
    gaps: tuple[Gap, ...]
    withheld: bool

    @property
    def reference(self) -> str | None:
        return self.gaps[0].group if self.gaps else None

    @property
    def compared(self) -> tuple[Gap, ...]:
        return self.gaps[1:]


def gaps_of(
    measure: Measure,
    attribute: str,
    counts: Mapping[str, Counts],
    *,
    withheld: bool,
    low_below: int,
) -> AttributeGaps:
    """Compare each group with the largest; nothing is judged yet (see :func:`judged`).

    Which group is largest is decided by who answered, never by what they answered, so the choice
    of the reference cannot make a gap. People who did not say come last and are never it.
    """
    filled = {group: each for group, each in counts.items() if each.n}
    order = sorted(filled, key=lambda group: (group == "", -filled[group].n, group))
    if not order or order[0] == "":
        return AttributeGaps(attribute, (), withheld)
    base = filled[order[0]]
    scores = {group: score_of(measure, filled[group], low_below=low_below) for group in order}
    first = Gap(order[0], scores[order[0]])
    others = [_gap(measure, group, scores[group], filled[group], base) for group in order[1:]]
    return AttributeGaps(attribute, (first, *others), withheld)


def judged(
    pages: Sequence[AttributeGaps], *, higher_is_better: bool, false_discovery_rate: float
) -> list[AttributeGaps]:
    """The same gaps with verdicts, the false discovery rate held over all of them together."""
    tests = [gap.p for page in pages for gap in page.compared if gap.p is not None]
    adjusted = iter(benjamini_hochberg(tests)) if tests else iter(())
    found = []
    for page in pages:
        gaps = [
            gap
            if gap.p is None
            else _judged(gap, next(adjusted), higher_is_better, false_discovery_rate)
            for gap in page.gaps
        ]
        found.append(replace(page, gaps=tuple(gaps)))
    return found


def _judged(gap: Gap, p: float, higher_is_better: bool, rate: float) -> Gap:
    verdict: Verdict = "no_difference_shown"
    if p <= rate and gap.difference:
        verdict = "better" if (gap.difference > 0) == higher_is_better else "worse"
    return replace(gap, p_adjusted=p, verdict=verdict)


def _gap(measure: Measure, group: str, score: Score, own: Counts, base: Counts) -> Gap:
    difference, low, high, p = difference_of(measure, own, base)
    gap = Gap(group, score, difference, low, high, p=p, verdict="no_difference_shown")
    if measure.statistic != "top_box":
        return gap
    ratio = rate_ratio(_share(measure, own), _share(measure, base))
    if ratio is None:
        return gap
    return replace(gap, ratio=ratio.estimate, ratio_low=ratio.low, ratio_high=ratio.high)


def difference_of(measure: Measure, own: Counts, base: Counts) -> tuple[float, float, float, float]:
    """Difference in points with its interval and the p value of no difference."""
    if measure.statistic == "top_box":
        found = newcombe(own.among(measure.best), own.n, base.among(measure.best), base.n)
        p = chi_square_p(own.among(measure.best), own.n, base.among(measure.best), base.n)
        return 100 * found.estimate, 100 * found.low, 100 * found.high, p
    mean, error = _mean(measure, own)
    other, other_error = _mean(measure, base)
    spread = math.sqrt(error + other_error)
    half = normal_quantile(LEVEL) * spread
    gap = mean - other
    p = math.erfc(abs(gap) / spread / math.sqrt(2)) if spread else float(gap == 0)
    return gap, gap - half, gap + half, p


def standard_error(measure: Measure, counts: Counts) -> float:
    """Standard error of the measure's value in points."""
    return math.sqrt(_mean(measure, counts)[1])


def _mean(measure: Measure, counts: Counts) -> tuple[float, float]:
    """The mean in points and its squared standard error."""
    points = {value: points_of(measure, value) for value, _ in counts}
    n = counts.n
    mean = sum(points[value] * times for value, times in counts) / n
    squares = sum((points[value] - mean) ** 2 * times for value, times in counts)
    return mean, squares / max(n - 1, 1) / n


def points_of(measure: Measure, value: int) -> float:
    """What one answer counts for: 0 or 100 in a share, -100 to 100 in a net promoter score."""
    if measure.statistic == "mean":
        low, high = measure.scale
        return 100 * (value - low) / (high - low)
    return 100.0 * (value in measure.best) - 100.0 * (value in measure.worst)


def _share(measure: Measure, counts: Counts) -> Proportion:
    return wilson(counts.among(measure.best), counts.n, level=LEVEL)


@dataclass(frozen=True, slots=True)
class Retest:
    """A gap before something was done about it and after, and how far it changed."""

    before: Gap | None
    after: Gap | None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: RetestVerdict = "waiting"


def retested(measure: Measure, before: Gap | None, after: Gap | None) -> Retest:
    """Whether a gap became smaller; "cannot_tell" while the change may be chance.

    The change is of the gap's size: its interval adds both gaps' errors (normal, 95 %).
    """
    if before is None or before.difference is None:
        return Retest(before, after, verdict="cannot_tell" if after else "waiting")
    if after is None or after.difference is None:
        return Retest(before, after)
    # A gap that turns round has closed and opened the other way: sizes keep the first one's sign.
    sign = 1.0 if before.difference >= 0 else -1.0
    change = sign * (after.difference - before.difference)
    half = math.hypot(_half_width(before), _half_width(after))
    low, high = change - half, change + half
    verdict: RetestVerdict = "narrower" if high < 0 else "wider" if low > 0 else "cannot_tell"
    return Retest(before, after, change, low, high, verdict)


def _half_width(gap: Gap) -> float:
    return ((gap.high or 0.0) - (gap.low or 0.0)) / 2


@dataclass(frozen=True, slots=True)
class Reach:
    """One group's share of the voices over its share of the visits (or of the population).

    ``ratio`` 1: heard as much as it is there. ``verdict`` "unheard" when even the upper end of the
    interval lies below the policy's line, "cannot_tell" when the interval spans it.
    """

    group: str
    voices: int
    base: int
    ratio: float
    low: float
    high: float
    verdict: Literal["unheard", "cannot_tell", "heard"]


def reach_of(
    voices: Mapping[str, int], base: Mapping[str, int], *, below: float
) -> tuple[Reach, ...]:
    """Representation of each group that has both counts, the least heard first.

    The share of voices has a Wilson interval; the base is counted, not sampled.
    """
    groups = [group for group in base if base[group] > 0 and group in voices]
    told, there = sum(voices[g] for g in groups), sum(base[g] for g in groups)
    if told == 0 or len(groups) < 2:
        return ()
    found = []
    for group in groups:
        share = wilson(voices[group], told, level=LEVEL)
        expected = base[group] / there
        ratio, low, high = (x / expected for x in (share.estimate, share.low, share.high))
        verdict: Literal["unheard", "cannot_tell", "heard"] = (
            "unheard" if high < below else "heard" if low >= below else "cannot_tell"
        )
        found.append(Reach(group, voices[group], base[group], ratio, low, high, verdict))
    return tuple(sorted(found, key=lambda each: (each.ratio, each.group)))
