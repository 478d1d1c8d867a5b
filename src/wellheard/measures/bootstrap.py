"""Clustered bootstrap: intervals when answers from one patient, ward or hospital hang together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import finite_array, finite_vector, same_length, within
from wellheard.measures.errors import NotFinite, OutOfRange, TooFewPoints
from wellheard.measures.intervals import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """An estimate with its expanded percentile interval over resampled clusters."""

    estimate: float
    low: float
    high: float
    se: float
    n: int
    clusters: int
    draws: int
    level: float
    method: str


def clustered_mean(
    values: ArrayLike,
    clusters: ArrayLike,
    *,
    draws: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Bootstrapped:
    """Bootstrap the mean of 1-D `values`, drawing whole clusters (labels of equal length).

    A ratio of sums over drawn clusters, so that it costs clusters x draws, not rows x draws.
    """
    array = finite_vector(values, "values")
    code, count = _coded(clusters, array)
    sums = np.bincount(code, weights=array, minlength=count)
    sizes = np.bincount(code, minlength=count).astype(np.float64)
    weights = cluster_draws(count, draws, seed)
    estimates = (weights @ sums) / (weights @ sizes)
    return _summary(float(array.mean()), estimates, array.size, count, level)


def clustered_bootstrap(
    statistic: Callable[[Floats], float],
    rows: ArrayLike,
    clusters: ArrayLike,
    *,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Bootstrapped:
    """Bootstrap any `statistic` of an array of rows (n, ...), drawing whole clusters."""
    array = finite_array(rows, "rows")
    code, count = _coded(clusters, array)
    members = np.split(np.argsort(code, kind="stable"), np.cumsum(np.bincount(code))[:-1])
    random = np.random.default_rng(seed)
    estimates = np.empty(_checked_draws(draws))
    for draw in range(draws):
        picked = random.integers(0, count, count)
        estimates[draw] = statistic(array[np.concatenate([members[i] for i in picked])])
    if not np.isfinite(estimates).all():
        raise NotFinite("statistic", "has no value in some draws")
    return _summary(float(statistic(array)), estimates, len(array), count, level)


def cluster_draws(clusters: int, draws: int, seed: int) -> Floats:
    """Return how often each cluster is drawn: whole numbers (draws, clusters)."""
    random = np.random.default_rng(seed)
    share = np.full(clusters, 1 / clusters)
    return random.multinomial(clusters, share, size=_checked_draws(draws)).astype(np.float64)


def percentile_interval(estimates: Floats, level: float) -> tuple[float, float]:
    """Return the central `level` share of bootstrap estimates."""
    tail = (1 - within(level, "level", 0, 1)) / 2
    low, high = np.quantile(estimates, [tail, 1 - tail])
    return float(low), float(high)


def expansion(clusters: int, level: float) -> float:
    """Return by how much an interval from so few clusters must grow (Hesterberg, Am Stat 2015;
    69:371): the t quantile over the normal one, times sqrt(G / (G - 1)).
    """
    from scipy.special import stdtrit

    tail = float(stdtrit(clusters - 1, 0.5 + level / 2))
    return tail / normal_quantile(level) * math.sqrt(clusters / (clusters - 1))


def _coded(
    clusters: ArrayLike, array: Floats
) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], int]:
    labels = np.asarray(clusters)
    same_length(values=array, clusters=labels)
    names, code = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        raise TooFewPoints("clusters", "a clustered bootstrap needs at least 2 clusters")
    return code, len(names)


def _checked_draws(draws: int) -> int:
    if draws < 100:
        raise OutOfRange("draws", "needs at least 100")
    return draws


def _summary(
    estimate: float, estimates: Floats, n: int, clusters: int, level: float
) -> Bootstrapped:
    low, high = percentile_interval(estimates, level)
    # Few clusters: drawing with replacement understates the spread, and normal tails are too thin.
    wider = expansion(clusters, level)
    low, high = estimate - wider * (estimate - low), estimate + wider * (high - estimate)
    return Bootstrapped(
        estimate,
        low,
        high,
        float(estimates.std(ddof=1)) * math.sqrt(clusters / (clusters - 1)),
        n,
        clusters,
        len(estimates),
        level,
        "clustered bootstrap, expanded percentile interval",
    )
