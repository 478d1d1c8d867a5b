"""Intervals for shares, differences of shares, and means.

Light: shares and medians need no arrays at all; only :func:`mean_interval` loads numpy and scipy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from wellheard.measures.arrays import finite_vector, real, within
from wellheard.measures.errors import EmptyData, OutOfRange, TooFewPoints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share between 0 and 1 with its interval. `count` may be fractional (effective counts)."""

    count: float
    n: float
    estimate: float
    low: float
    high: float
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class Difference:
    """First share minus second, on the 0-1 scale, with its interval."""

    estimate: float
    low: float
    high: float
    first: Proportion
    second: Proportion
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its interval, in the units of the values."""

    n: int
    estimate: float
    low: float
    high: float
    sd: float
    se: float
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class Median:
    """A median with its interval, in the units of the values; bounds are None where so few values
    cannot give one."""

    n: int
    estimate: float
    low: float | None
    high: float | None
    level: float
    method: str


def wilson(count: float, n: float, *, level: float = 0.95) -> Proportion:
    """Score interval for `count` successes in `n` trials (Wilson, JASA 1927; 22:209).

    `count` and `n` are numbers >= 0 (fractions allowed for effective sample sizes), `level` the
    confidence. Raises EmptyData for n = 0 and OutOfRange for a count outside 0..n.
    """
    count, n = _counts(count, n)
    z = normal_quantile(level)
    share = count / n
    centre = (count + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(count * (n - count) / n + z * z / 4)
    # The score interval touches 0 and 1 exactly at the edges; rounding must not move it inside.
    low = 0.0 if count == 0 else max(0.0, centre - half)
    high = 1.0 if count == n else min(1.0, centre + half)
    return Proportion(count, n, share, low, high, level, "Wilson score")


def newcombe(
    first_count: float,
    first_n: float,
    second_count: float,
    second_n: float,
    *,
    level: float = 0.95,
) -> Difference:
    """Interval for first share minus second (Newcombe, Stat Med 1998; 17:873, method 10)."""
    first = wilson(first_count, first_n, level=level)
    second = wilson(second_count, second_n, level=level)
    gap = first.estimate - second.estimate
    down = math.hypot(first.estimate - first.low, second.high - second.estimate)
    up = math.hypot(first.high - first.estimate, second.estimate - second.low)
    return Difference(
        gap, max(-1.0, gap - down), min(1.0, gap + up), first, second, level, "Newcombe hybrid"
    )


def mean_interval(values: ArrayLike, *, level: float = 0.95) -> Mean:
    """Student's t interval for the mean of a 1-D array of at least two finite numbers."""
    from scipy.special import stdtrit

    array = finite_vector(values, "values")
    n = int(array.size)
    if n < 2:
        raise TooFewPoints("values", "an interval for a mean needs at least 2 values, has 1")
    confidence = within(level, "level", 0, 1)
    centre = float(array.mean())
    sd = float(array.std(ddof=1))
    se = sd / math.sqrt(n)
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * se
    return Mean(n, centre, centre - half, centre + half, sd, se, level, "Student t")


def median_interval(values: Sequence[float], *, level: float = 0.95) -> Median:
    """Median of at least one finite number, with the distribution-free interval between two order
    statistics (Conover, Practical Nonparametric Statistics, 3rd ed., 3.2): at least `level` sure
    whatever the distribution. Below 6 values there is none at 95 %. Raises EmptyData."""
    ordered = sorted(real(value, "values") for value in values)
    n = len(ordered)
    if n == 0:
        raise EmptyData("values", "is empty: nothing has no median")
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    rank = _median_rank(n, (1 - within(level, "level", 0, 1)) / 2)
    low, high = (ordered[rank - 1], ordered[n - rank]) if rank else (None, None)
    return Median(n, middle, low, high, level, "order statistics")


def _median_rank(n: int, tail: float) -> int:
    """The largest rank below which the median lies with a chance of at most `tail`; 0: none."""
    if n > 1000:
        z = NormalDist().inv_cdf(1 - tail)
        return int((n - z * math.sqrt(n)) / 2)
    below, rank = 0, 0
    while (below := below + math.comb(n, rank)) <= tail * 2**n:
        rank += 1
    return rank


def normal_quantile(level: float) -> float:
    """Return the two-sided normal quantile: 1.96 for a level of .95."""
    return NormalDist().inv_cdf(0.5 + within(level, "level", 0, 1) / 2)


def _counts(count: float, n: float) -> tuple[float, float]:
    count, n = real(count, "count"), real(n, "n")
    if n == 0:
        raise EmptyData("n", "is 0: a share of nothing has no value")
    if n < 0:
        raise OutOfRange("n", "is negative")
    if not 0 <= count <= n:
        raise OutOfRange("count", f"must lie between 0 and n = {n:g}, is {count:g}")
    return count, n
