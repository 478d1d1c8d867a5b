"""Net Promoter Score: promoters (9-10) minus detractors (0-6), from -100 to 100."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wellheard.measures.arrays import finite_vector, real
from wellheard.measures.errors import EmptyData, OutOfRange
from wellheard.measures.intervals import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# Below this many answers the plain normal interval covers too rarely.
SMALL_SAMPLE = 30


@dataclass(frozen=True, slots=True)
class NetPromoterScore:
    """The score and its interval in points, with the three counts behind it."""

    n: float
    promoters: float
    passives: float
    detractors: float
    estimate: float
    low: float
    high: float
    se: float
    level: float
    method: str


def net_promoter_score(ratings: ArrayLike, *, level: float = 0.95) -> NetPromoterScore:
    """Score a 1-D array of whole 0-10 answers to "would you recommend".

    Leave unanswered people out first. Raises OutOfRange for anything but whole 0..10.
    """
    array = finite_vector(ratings, "ratings")
    if ((array < 0) | (array > 10) | (array != array.round())).any():
        raise OutOfRange("ratings", "must be whole numbers from 0 to 10")
    promoters = int((array >= 9).sum())
    detractors = int((array <= 6).sum())
    passives = int(array.size) - promoters - detractors
    return nps_from_counts(promoters, passives, detractors, level=level)


def nps_from_counts(
    promoters: float, passives: float, detractors: float, *, level: float = 0.95
) -> NetPromoterScore:
    """Score three counts.

    Variance (p + d - (p - d)^2) / n (multinomial). From 30 answers the normal interval; below,
    the adjusted normal interval that adds 3/4 of an answer to each end and 3/2 to the middle
    (Rocks, "Interval estimation for the Net Promoter Score", 2016). Clipped at -100 and 100.
    """
    counts = _checked(promoters, passives, detractors)
    n = sum(counts)
    estimate, se = _score(*counts)
    centre, spread, method = estimate, se, "normal approximation"
    if n < SMALL_SAMPLE:
        centre, spread = _score(counts[0] + 0.75, counts[1] + 1.5, counts[2] + 0.75)
        method = "adjusted normal approximation (small sample)"
    half = normal_quantile(level) * spread
    low, high = max(-100.0, centre - half), min(100.0, centre + half)
    return NetPromoterScore(
        n, *counts, estimate, min(low, estimate), max(high, estimate), se, level, method
    )


def _checked(promoters: float, passives: float, detractors: float) -> tuple[float, float, float]:
    named = {"promoters": promoters, "passives": passives, "detractors": detractors}
    first, second, third = (real(value, name) for name, value in named.items())
    for name, value in zip(named, (first, second, third), strict=True):
        if value < 0:
            raise OutOfRange(name, "is negative")
    if first + second + third == 0:
        raise EmptyData("ratings", "there are no answers to score")
    return first, second, third


def _score(promoters: float, passives: float, detractors: float) -> tuple[float, float]:
    n = promoters + passives + detractors
    p, d = promoters / n, detractors / n
    return 100 * (p - d), 100 * math.sqrt(max(0.0, (p + d - (p - d) ** 2) / n))
