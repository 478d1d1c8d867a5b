"""XmR charts: single values in time order, limits from their moving ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import finite_array, finite_vector
from wellheard.measures.errors import ShapeMismatch, TooFewPoints
from wellheard.measures.spc.build import (
    Lines,
    Question,
    baseline_points,
    finished_chart,
    segments,
)
from wellheard.measures.spc.chart import ControlChart, Rebase, checked_rebases
from wellheard.measures.spc.rulesets import rule_set
from wellheard.measures.spc.signals import find_signals

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats
    from wellheard.measures.spc.signals import Bits, Sides

# 3 / d2 and D4 for ranges of two points (Shewhart constants, as printed in every SPC table).
LIMIT_FACTOR = 2.66
SCREEN_FACTOR = 3.267


@dataclass(frozen=True, slots=True)
class ManyCharts:
    """Charts in the rows of (charts, points) arrays; lines have one entry per chart.

    `bits` holds one bit per rule in the order of the rule set; 0 means common cause. `side` is
    -1, 0 or 1.
    """

    rules: str
    n_points: int
    centre: Floats
    lower: Floats
    upper: Floats
    bits: Bits
    side: Sides


def xmr(
    values: ArrayLike,
    *,
    rules: str = "nhs-4",
    direction: str | None = None,
    target: float | None = None,
    screen_moving_ranges: bool = True,
    baseline: int | None = None,
    rebases: Sequence[Rebase] = (),
) -> ControlChart:
    """Chart a 1-D array of at least 2 finite values in time order, in their own units.

    Centre = mean, limits = mean +/- 2.66 x mean moving range, of the first `baseline` points or
    of all. With `screen_moving_ranges` ranges at or above 3.267 x their mean are left out once
    before the limits are set (NHSRplotthedots does, the NHS Excel tool does not). `direction`
    ("increase" or "decrease") says which way is better, `target` asks for an assurance verdict,
    `rebases` start new limits. Below the rule set's number of points `trial` is True.
    """
    array = finite_vector(values, "values")
    if array.size < 2:
        raise TooFewPoints("values", "a control chart needs at least 2 points, has 1")
    parts = checked_rebases(rebases, array.size)
    centre, sigma = np.empty_like(array), np.empty_like(array)
    for start, stop in segments(array.size, parts):
        fixed = array[start : start + baseline_points(baseline, stop - start), None]
        middle, spread = centre_and_sigma(fixed, screen=screen_moving_ranges)
        centre[start:stop], sigma[start:stop] = middle[0], spread[0]
    screened = "screened" if screen_moving_ranges else "unscreened"
    return finished_chart(
        "xmr",
        f"XmR, mean and {screened} mean moving range x 2.66",
        array,
        Lines(centre, sigma),
        Question(rules, direction, target, parts),
    )


def xmr_many(
    values: ArrayLike,
    *,
    rules: str = "nhs-4",
    screen_moving_ranges: bool = True,
    baseline: int | None = None,
) -> ManyCharts:
    """Chart every row of a (charts, points) array at once; the same numbers as :func:`xmr`."""
    matrix = finite_array(values, "values")
    if matrix.ndim != 2 or not matrix.shape[0]:
        raise ShapeMismatch("values", "needs a filled (charts, points) array")
    if matrix.shape[1] < 2:
        raise TooFewPoints("values", "a control chart needs at least 2 points per row")
    points = np.ascontiguousarray(matrix.T)
    fixed = points[: baseline_points(baseline, len(points))]
    centre, sigma = centre_and_sigma(fixed, screen=screen_moving_ranges)
    found = find_signals(points, centre, sigma, rule_set(rules))
    return ManyCharts(
        rules,
        len(points),
        centre,
        centre - 3 * sigma,
        centre + 3 * sigma,
        found.bits.T,
        found.side.T,
    )


def centre_and_sigma(points: Floats, *, screen: bool) -> tuple[Floats, Floats]:
    """Return mean and sigma (a third of the limit distance) of each column of `points`."""
    centre = points.mean(axis=0)
    ranges = np.abs(np.diff(points, axis=0))
    mean_range = ranges.mean(axis=0)
    if screen:
        mean_range = _screened(ranges, mean_range)
    return centre, mean_range * (LIMIT_FACTOR / 3)


def _screened(ranges: Floats, mean_range: Floats) -> Floats:
    kept = ranges < SCREEN_FACTOR * mean_range
    count = kept.sum(axis=0)
    # Only when all ranges are zero is nothing kept, and then the mean range is zero anyway.
    return np.asarray((ranges * kept).sum(axis=0) / np.maximum(count, 1))
