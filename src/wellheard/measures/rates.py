"""Events per exposure: complaints per 1,000 discharges, and how rates compare. Light.

Only the exact Poisson interval loads scipy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from wellheard.measures.arrays import real, within
from wellheard.measures.errors import EmptyData, OutOfRange
from wellheard.measures.intervals import wilson


@dataclass(frozen=True, slots=True)
class Rate:
    """Events per `per` units of exposure, with its interval."""

    count: int
    exposure: float
    per: float
    estimate: float
    low: float
    high: float
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class RateRatio:
    """First rate over second. `high` is None when the second count is 0: no upper bound."""

    estimate: float | None
    low: float
    high: float | None
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class SilenceIndex:
    """Do people who meet problems complain about them?

    `ratio` compares complaints per problem with the reference group: below 1 the group is heard
    less than its problems would have it. `quiet` says that the whole interval lies below 1.
    """

    complaints_per_problem: float
    ratio: RateRatio
    quiet: bool
    method: str


def poisson_rate(count: int, exposure: float, *, per: float = 1.0, level: float = 0.95) -> Rate:
    """Return the rate of `count` events with the exact interval (Garwood, Biometrika 1936;
    28:437).
    """
    from scipy.special import chdtri

    events, size, unit = _checked(count, exposure), real(exposure, "exposure"), real(per, "per")
    if unit <= 0:
        raise OutOfRange("per", "must be above 0")
    tail = (1 - within(level, "level", 0, 1)) / 2
    low = 0.0 if events == 0 else float(chdtri(2 * events, 1 - tail)) / 2
    high = float(chdtri(2 * events + 2, tail)) / 2
    scale = unit / size
    return Rate(
        events, size, unit, events * scale, low * scale, high * scale, level, "exact Poisson"
    )


def rate_ratio(
    first: tuple[int, float], second: tuple[int, float], *, level: float = 0.95
) -> RateRatio:
    """Return the ratio of two rates, each (count, exposure).

    Given the total, the first count is binomial; Wilson's interval of that share becomes one of
    the ratio (Graham, Mengersen and Morton, Stat Med 2003; 22:2071).
    """
    a, b = _checked(*first), _checked(*second)
    if a + b == 0:
        raise EmptyData("count", "neither group has an event")
    share = wilson(a, a + b, level=level)
    odds = second[1] / first[1]
    high = None if share.high >= 1 else share.high / (1 - share.high) * odds
    estimate = None if b == 0 else a / b * odds
    low = share.low / (1 - share.low) * odds if share.low < 1 else math.inf
    return RateRatio(estimate, low, high, level, "conditional Wilson")


def silence_index(
    complaints: int,
    problems: float,
    reference_complaints: int,
    reference_problems: float,
    *,
    level: float = 0.95,
) -> SilenceIndex:
    """Compare complaints per survey-reported problem with a reference group.

    `problems` is the number of problems the surveys suggest (rate of problem answers times
    people treated), above 0.
    """
    ratio = rate_ratio(
        (complaints, problems), (reference_complaints, reference_problems), level=level
    )
    return SilenceIndex(
        complaints / problems,
        ratio,
        ratio.high is not None and ratio.high < 1,
        "complaints per reported problem against the reference, conditional Wilson",
    )


def _checked(count: int, exposure: float) -> int:
    if isinstance(count, bool) or count < 0 or int(count) != count:
        raise OutOfRange("count", "must be a whole number of at least 0")
    if real(exposure, "exposure") <= 0:
        raise EmptyData("exposure", "must be above 0: there is nothing to divide by")
    return int(count)
