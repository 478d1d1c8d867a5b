"""How far groups lie apart beyond chance: the spread between touchpoints, wards or clinics."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wellheard.measures.arrays import within
from wellheard.measures.equity import benjamini_hochberg
from wellheard.measures.errors import NotFinite, TooFewPoints
from wellheard.measures.intervals import normal_quantile

METHOD = "spread less chance from Cochran's Q, noncentral chi-square interval"
STANDING_METHOD = "each against the mean of the others, normal test with Benjamini-Hochberg"


@dataclass(frozen=True, slots=True)
class Spread:
    """The standard deviation of the groups' true means, each weighted by its answers, in their own
    units. ``low`` of 0: the groups may all be alike. ``q``, ``p``: Cochran's test of no spread.
    """

    groups: int
    n: int
    sd: float
    low: float
    high: float
    mean: float
    q: float
    p: float
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One group's mean less the mean of all others together; ``stands_out`` after correction."""

    group: str
    n: int
    mean: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float
    p: float
    p_adjusted: float
    stands_out: bool


def spread_between(groups: Mapping[str, Mapping[float, int]], *, level: float = 0.95) -> Spread:
    """Spread between groups of answers, each given as value to how many gave it.

    The groups are all there are, not a sample of groups: what is estimated is the standard
    deviation of their own true means, each weighted by its answers. With Cochran's Q of k groups
    and total weight W (one over the variances of the means) it is sqrt((Q - (k - 1)) / W), or 0;
    its interval comes from the noncentral chi-square that Q follows (Steiger, Psychol Methods
    2004; 9:164). The variance of one answer is pooled over the groups, so a small group that
    happened to agree is not taken for certain. Raises TooFewPoints for fewer than two groups with
    answers, or when all answers within every group are the same.
    """
    from scipy.special import chdtrc, chndtrinc

    means, variances, sizes = _moments(groups)
    tail = (1 - within(level, "level", 0, 1)) / 2
    freedom, weights = len(means) - 1, [1 / v for v in variances]
    centre = _weighted(means, weights)
    q = sum(w * (m - centre) ** 2 for w, m in zip(weights, means, strict=True))
    p = float(chdtrc(freedom, q))

    def sd(noncentrality: float) -> float:
        return math.sqrt(max(0.0, noncentrality) / sum(weights))

    # Where even no spread at all would give so small a Q, the bound is 0.
    low = 0.0 if p >= tail else float(chndtrinc(q, freedom, 1 - tail))
    high = 0.0 if p >= 1 - tail else float(chndtrinc(q, freedom, tail))
    return Spread(
        groups=len(means),
        n=sum(sizes),
        sd=sd(q - freedom),
        low=sd(low),
        high=sd(high),
        mean=centre,
        q=q,
        p=p,
        level=level,
        method=METHOD,
    )


def standings(
    groups: Mapping[str, Mapping[float, int]],
    *,
    false_discovery_rate: float = 0.05,
    level: float = 0.95,
) -> list[Standing]:
    """Each group against all others together, weighted by their answers, in the given order.

    Variances are pooled as in :func:`spread_between`, which also says what is refused.
    """
    means, variances, sizes = _moments(groups)
    names = [name for name, each in groups.items() if sum(each.values())]
    z = normal_quantile(level)
    found = []
    for i, mean in enumerate(means):
        others = [1 / v for j, v in enumerate(variances) if j != i]
        rest = _weighted([m for j, m in enumerate(means) if j != i], others)
        error = math.sqrt(variances[i] + 1 / sum(others))
        found.append((mean - rest, error, math.erfc(abs(mean - rest) / error / math.sqrt(2))))
    adjusted = benjamini_hochberg([p for _, _, p in found])
    return [
        Standing(
            name, sizes[i], means[i],
            means[i] - z * math.sqrt(variances[i]), means[i] + z * math.sqrt(variances[i]),
            gap, gap - z * error, gap + z * error,
            p, adjusted[i], adjusted[i] <= false_discovery_rate,
        )
        for i, (name, (gap, error, p)) in enumerate(zip(names, found, strict=True))
    ]  # fmt: skip


def _moments(
    groups: Mapping[str, Mapping[float, int]],
) -> tuple[list[float], list[float], list[int]]:
    """Means, their sampling variances from one pooled variance, and sizes of filled groups."""
    filled = [each for each in groups.values() if sum(each.values())]
    if len(filled) < 2:
        raise TooFewPoints("groups", f"a spread needs 2 groups with answers, has {len(filled)}")
    if any(not math.isfinite(value) for each in filled for value in each):
        raise NotFinite("groups", "every answer must be a number")
    sizes = [sum(each.values()) for each in filled]
    means = [sum(v * k for v, k in each.items()) / n for each, n in zip(filled, sizes, strict=True)]
    squares = sum(
        k * (v - mean) ** 2 for each, mean in zip(filled, means, strict=True)
        for v, k in each.items()
    )  # fmt: skip
    freedom = sum(sizes) - len(sizes)
    if freedom < 1 or squares == 0:
        raise TooFewPoints("groups", "answers within groups do not differ: chance has no size")
    return means, [squares / freedom / n for n in sizes], sizes


def _weighted(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)
