"""Waits: how long each part of a visit took, and reported waits beside measured ones.

A wait begins when the person is there and the time has come: at the later of arrival and the time
that was given. Who is seen before that did not wait.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wellheard.measures.arrays import within
from wellheard.measures.errors import EmptyData, NaiveDatetime, OutOfRange, TooFewPoints
from wellheard.measures.intervals import Proportion, normal_quantile, wilson

Missing = Literal["no_arrival", "not_seen", "out_of_order", "too_long"]
Minutes = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Wait:
    """Minutes from when the wait began until the person was seen, and its two parts, which are
    None when nobody noted when they were brought to a room."""

    minutes: float
    until_room: float | None
    in_room: float | None


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits of `n` visits, in minutes: mean, median with its interval, the minutes within which
    nine of ten were seen, and the share that waited longer than a limit."""

    n: int
    mean: float
    median: float
    low: float
    high: float
    nine_of_ten: float
    long: Proportion
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """First mean minus second, in the units of the values, with its interval."""

    estimate: float
    low: float
    high: float
    first_mean: float
    first_n: int
    second_mean: float
    second_n: int
    level: float
    method: str


def wait_of(
    *,
    scheduled: datetime | None,
    arrived: datetime | None,
    roomed: datetime | None,
    seen: datetime | None,
    longest: float = 720,
) -> Wait | Missing:
    """Return the wait of one visit, or why it has none.

    Moments know their zone. Without `scheduled` nobody had a time and the wait begins on arrival.
    "out_of_order": brought to a room or seen before arriving, or seen before being brought to the
    room; "too_long": over `longest` minutes, which is a wrong entry and no wait.
    """
    if arrived is None:
        return "no_arrival"
    if seen is None:
        return "not_seen"
    if seen < arrived or (roomed is not None and not arrived <= roomed <= seen):
        return "out_of_order"
    begun = max(arrived, scheduled) if scheduled is not None else arrived
    total = _minutes(begun, seen)
    if total > longest:
        return "too_long"
    if roomed is None:
        return Wait(total, None, None)
    until_room = min(_minutes(begun, roomed), total)
    return Wait(total, until_room, total - until_room)


def waits_of(minutes: Minutes, *, limit: float, level: float = 0.95) -> Waits:
    """Return what there is to say of waits counted by whole minute (minute to visits).

    The median's interval comes from the order of the values alone (binomial, at least `level`),
    as waits are far from normal; the quantiles are values that occurred. `limit`, in minutes:
    longer is long. Raises EmptyData without a visit and OutOfRange for a negative count.
    """
    n = _checked(minutes)
    low, high = _ranks(n, level)
    return Waits(
        n,
        _mean(minutes, n),
        _at_rank(minutes, (n + 1) // 2),
        _at_rank(minutes, low),
        _at_rank(minutes, high),
        _at_rank(minutes, math.ceil(0.9 * n)),
        wilson(sum(times for value, times in minutes.items() if value > limit), n, level=level),
        level,
        "median with its order-statistic interval",
    )


def mean_difference(first: Minutes, second: Minutes, *, level: float = 0.95) -> MeanDifference:
    """Return first mean minus second of two independent samples, each counted by value.

    Interval by Welch (Biometrika 1947; 34:28): unequal spreads, degrees of freedom by
    Satterthwaite. Raises TooFewPoints for fewer than two values on either side.
    """
    from scipy.special import stdtrit

    sizes = [_checked(first), _checked(second)]
    if min(sizes) < 2:
        raise TooFewPoints("values", "a difference of means needs at least 2 values on each side")
    confidence = within(level, "level", 0, 1)
    means = [_mean(values, n) for values, n in zip((first, second), sizes, strict=True)]
    errors = [
        _variance(values, mean, n) / n
        for values, mean, n in zip((first, second), means, sizes, strict=True)
    ]
    spread = sum(errors)
    gap = means[0] - means[1]
    half = 0.0
    if spread > 0:
        freedom = spread**2 / sum(e**2 / (n - 1) for e, n in zip(errors, sizes, strict=True))
        half = float(stdtrit(freedom, 0.5 + confidence / 2)) * math.sqrt(spread)
    return MeanDifference(
        gap, gap - half, gap + half, means[0], sizes[0], means[1], sizes[1], level, "Welch"
    )


def capped(minutes: Minutes, longest: int) -> dict[int, int]:
    """Return the counts with every longer value counted as `longest`, as a questionnaire counts it
    whose last answer is "that long or longer"."""
    found: dict[int, int] = {}
    for value, times in minutes.items():
        kept = min(value, longest)
        found[kept] = found.get(kept, 0) + times
    return found


def _minutes(start: datetime, end: datetime) -> float:
    if start.tzinfo is None or end.tzinfo is None:
        raise NaiveDatetime("moments", "must know their zone to be compared")
    return max(0.0, (end - start).total_seconds() / 60)


def _checked(minutes: Minutes) -> int:
    if any(times < 0 for times in minutes.values()):
        raise OutOfRange("minutes", "holds a negative count")
    n = sum(minutes.values())
    if n == 0:
        raise EmptyData("minutes", "holds no visit")
    return n


def _mean(minutes: Minutes, n: int) -> float:
    return sum(value * times for value, times in minutes.items()) / n


def _variance(minutes: Minutes, mean: float, n: int) -> float:
    return sum((value - mean) ** 2 * times for value, times in minutes.items()) / (n - 1)


def _ranks(n: int, level: float) -> tuple[int, int]:
    """Return the ranks whose values hold the median with at least `level`; the outermost when no
    pair does."""
    if n < 2 * _EXACT:
        most = (1 - within(level, "level", 0, 1)) / 2 * 2.0**n
        below, rank = 0, 0
        while rank < (n + 1) // 2 and below + math.comb(n, rank) <= most:
            below += math.comb(n, rank)
            rank += 1
        low = max(rank, 1)
        return low, n + 1 - low
    half = normal_quantile(level) * math.sqrt(n) / 2
    low = max(1, math.floor((n - half * 2) / 2))
    return low, n + 1 - low


# Beyond these numbers the binomial is normal to far less than one rank.
_EXACT = 250


def _at_rank(minutes: Minutes, rank: int) -> float:
    passed = 0
    for value in sorted(minutes):
        passed += minutes[value]
        if passed >= rank:
            return float(value)
    raise OutOfRange("rank", "lies beyond the last value")
