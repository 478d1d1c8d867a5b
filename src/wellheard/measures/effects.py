"""Was one group better off than another, or the same people later: differences of means.

Three designs, three functions; which of them holds is a matter of how the data came about, and no
function can tell. Only a randomised comparison shows an effect; the others show what went along.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import finite_vector, same_length, within
from wellheard.measures.errors import OutOfRange, TooFewPoints
from wellheard.measures.intervals import mean_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Booleans, Floats


@dataclass(frozen=True, slots=True)
class Effect:
    """A difference of means with its interval, in the units of the values.

    `n` and `n_other`: how many are in each group (for pairs, both the pairs); `strata`: how many
    were compared within; `left_out`: values in strata that could not be compared.
    """

    estimate: float
    low: float
    high: float
    se: float
    df: float
    n: int
    n_other: int
    mean: float
    mean_other: float
    strata: int
    left_out: int
    level: float
    method: str


def mean_difference(values: ArrayLike, others: ArrayLike, *, level: float = 0.95) -> Effect:
    """Mean of `values` minus mean of `others`, two 1-D arrays of at least two finite numbers each.

    Welch's t interval (Biometrika 1947; 34:28): the groups may vary differently.
    """
    first, second = _vector(values, "values"), _vector(others, "others")
    parts = [_squared_error(group) for group in (first, second)]
    means = float(first.mean()), float(second.mean())
    return _effect(means, parts, [first.size, second.size], level, strata=1, method="Welch t")


def paired_change(before: ArrayLike, after: ArrayLike, *, level: float = 0.95) -> Effect:
    """Mean of `after` minus `before` of the same people, two 1-D arrays of equal length.

    Student's t interval of the differences. Extreme people come back toward the middle by
    themselves: where they were chosen for being extreme, part of the change is only that.
    """
    same_length(before=np.asarray(before), after=np.asarray(after))
    first, second = _vector(before, "before"), _vector(after, "after")
    found = mean_interval(second - first, level=level)
    return Effect(
        found.estimate, found.low, found.high, found.se, found.n - 1.0, found.n, found.n,
        float(second.mean()), float(first.mean()), 1, 0, level, "paired t",
    )  # fmt: skip


def stratified_difference(
    values: ArrayLike, treated: Sequence[bool], strata: Sequence[str], *, level: float = 0.95
) -> Effect:
    """Mean of the treated minus mean of the others within each stratum, weighted together.

    `values` (n), `treated` (n) true or false, `strata` (n) labels. Weights are n1 n0 / (n1 + n0),
    as in the test of Cochran (Biometrics 1954; 10:417); the interval is Student's with
    Satterthwaite's degrees of freedom. A stratum in which either group has fewer than two values
    says nothing and is left out, and counted. Adjusts for the strata and for nothing else.
    """
    array = finite_vector(values, "values")
    flags = np.asarray(treated, dtype=bool)
    labels = np.asarray(strata)
    same_length(values=array, treated=flags, strata=labels)
    groups = [(array[at & flags], array[at & ~flags]) for at in _members(labels)]
    kept = [pair for pair in groups if min(pair[0].size, pair[1].size) >= 2]
    if not kept:
        raise TooFewPoints("strata", "no stratum has two values in both groups")
    left_out = array.size - sum(one.size + other.size for one, other in kept)
    sizes = np.array([[one.size, other.size] for one, other in kept], dtype=np.float64)
    weights = sizes.prod(axis=1) / sizes.sum(axis=1)
    weights /= weights.sum()
    means = np.array([[one.mean(), other.mean()] for one, other in kept])
    parts = [
        (float(weight**2 * error), df)
        for weight, pair in zip(weights, kept, strict=True)
        for error, df in map(_squared_error, pair)
    ]
    averages = weights @ means
    return _effect(
        (float(averages[0]), float(averages[1])), parts, [int(n) for n in sizes.sum(axis=0)],
        level, strata=len(kept), left_out=int(left_out), method="stratified, Satterthwaite t",
    )  # fmt: skip


def _members(labels: np.ndarray[tuple[int], np.dtype[np.str_]]) -> list[Booleans]:
    return [labels == name for name in np.unique(labels)]


def _vector(values: ArrayLike, argument: str) -> Floats:
    array = finite_vector(values, argument)
    if array.size < 2:
        raise TooFewPoints(argument, "a difference needs at least 2 values in each group, has 1")
    return array


def _squared_error(group: Floats) -> tuple[float, float]:
    """The squared standard error of a group's mean, and its degrees of freedom."""
    return float(group.var(ddof=1)) / group.size, group.size - 1.0


def _effect(
    means: tuple[float, float],
    parts: Sequence[tuple[float, float]],
    sizes: Sequence[int],
    level: float,
    *,
    strata: int,
    method: str,
    left_out: int = 0,
) -> Effect:
    from scipy.special import stdtrit

    confidence = within(level, "level", 0, 1)
    variance = sum(error for error, _ in parts)
    if variance <= 0:
        raise OutOfRange("values", "do not vary within any group")
    df = variance**2 / sum(error**2 / each for error, each in parts)
    se = math.sqrt(variance)
    half = float(stdtrit(df, 0.5 + confidence / 2)) * se
    estimate = means[0] - means[1]
    return Effect(
        estimate, estimate - half, estimate + half, se, df, sizes[0], sizes[1], *means, strata,
        left_out, level, method,
    )  # fmt: skip
