"""Run charts by the Anhøj rules: an unusually long run, or unusually few crossings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from wellheard.measures.arrays import finite_vector, real

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# With fewer points off the median the rules say little (Anhøj and Olesen, PLoS ONE 2014).
FEWEST_USEFUL = 10


@dataclass(frozen=True, slots=True)
class RunChart:
    """The two tests and their limits. Points on the centre line are not `useful`.

    `shift` is True when the longest run exceeds its limit, `few_crossings` when the line is
    crossed less often than its limit; either is a `signal`. `side` of the longest run.
    """

    n_points: int
    useful: int
    centre: float
    longest_run: int
    longest_run_limit: int
    crossings: int
    crossings_limit: int
    shift: bool
    few_crossings: bool
    signal: bool
    side: Literal["high", "low"] | None
    trial: bool
    method: str


def run_chart(values: ArrayLike, *, centre: float | None = None) -> RunChart:
    """Test a 1-D series in time order about `centre` (default: its median) for non-random runs.

    Limits: longest run > round(log2 n) + 3; crossings < 5th percentile of Binomial(n - 1, 1/2),
    n counting useful points (Anhøj and Olesen, PLoS ONE 2014; 9:e113825). A trend rule is left
    out: it is "virtually useless" in their study.
    """
    array = finite_vector(values, "values")
    middle = float(np.median(array)) if centre is None else real(centre, "centre")
    slack = 1e-12 * float(np.abs(array).max())
    sides = [1 if value > middle else -1 for value in array if abs(value - middle) > slack]
    useful = len(sides)
    runs = _runs(sides)
    longest = max(runs, key=lambda run: run[1], default=(0, 0))
    crossings = max(0, len(runs) - 1)
    run_limit = round(math.log2(useful)) + 3 if useful else 0
    crossing_limit = _fifth_percentile(useful - 1) if useful > 1 else 0
    shift, few = longest[1] > run_limit, crossings < crossing_limit
    return RunChart(
        int(array.size),
        useful,
        middle,
        longest[1],
        run_limit,
        crossings,
        crossing_limit,
        shift,
        few,
        shift or few,
        None if not longest[0] else "high" if longest[0] > 0 else "low",
        useful < FEWEST_USEFUL,
        "run chart, Anhøj rules",
    )


def _runs(sides: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for side in sides:
        if runs and runs[-1][0] == side:
            runs[-1] = (side, runs[-1][1] + 1)
        else:
            runs.append((side, 1))
    return runs


def _fifth_percentile(trials: int) -> int:
    """Return the least k with P(Binomial(trials, 1/2) <= k) >= 0.05, in whole numbers."""
    below = 0
    for k in range(trials + 1):
        below += math.comb(trials, k)
        if 20 * below >= 2**trials:
            return k
    return trials
