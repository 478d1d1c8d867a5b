"""The chance of the best of many tries, and of the mean of few values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.special import ndtr, ndtri

from wellheard.measures.arrays import finite_vector
from wellheard.measures.errors import EmptyData, ShapeMismatch

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats

_NODES, _WEIGHTS = np.polynomial.laguerre.laggauss(24)
# Below this the bound is of no use and its integral not exact; nobody asks there.
_LEAST_Z = 1.0
_NEARLY_ONE = 1 - 1e-9
_ROUNDS = 40


def chance_of_best(z: float, alike: ArrayLike) -> float:
    """Two-sided chance that the surest of tries that are alike reaches `z` when nothing is there.

    `alike` (C, C): correlations of the tries. Upper bound of Hunter (J Appl Prob 1976; 13:597)
    and Worsley (Biometrika 1982; 69:297): the sum over tries, less what neighbours in the tree of
    the largest correlations share. For independent tries it is Bonferroni's; for one start beside
    the next it is far smaller and still never too small.
    """
    r = np.abs(np.asarray(alike, np.float64))
    if r.ndim != 2 or r.shape[0] != r.shape[1]:
        raise ShapeMismatch("alike", "one row and one column for each try")
    if not r.size:
        raise EmptyData("alike", "needs at least one try")
    size = max(_LEAST_Z, abs(z))
    total = r.shape[0] * float(ndtr(-size))
    if r.shape[0] > 1:
        far = 1.0 + 1e-6 - np.clip(r, 0, 1)
        np.fill_diagonal(far, 0)
        edges = minimum_spanning_tree(far).data
        total -= float(_both(size, 1.0 + 1e-6 - edges).sum())
    return float(min(1.0, 2 * max(total, float(ndtr(-size)))))


def _both(z: float, r: Floats) -> Floats:
    """Chance that two normal values of correlation r (E) are both above z."""
    r = np.clip(r, 0, _NEARLY_ONE)[:, None]
    above = z + _NODES / z
    density = np.exp(-(z**2) / 2 - (_NODES / z) ** 2 / 2) / np.sqrt(2 * np.pi) / z
    second = ndtr((r * above - z) / np.sqrt(1 - r**2))
    return np.asarray(second @ (_WEIGHTS * density), np.float64)


def mean_tail_z(values: ArrayLike, n: int, away: float) -> float:
    """How sure it is that the mean of n values stands `away` from the mean, as a normal z.

    `values` (1-D): where they are drawn from. Saddlepoint of Lugannani and Rice (Adv Appl Prob
    1980; 12:475), good to some percent from three or four values on, where a normal tail can be
    wrong by a factor of ten: answers near the top of a scale are lopsided.
    """
    x = finite_vector(values, "values")
    if not x.size or n < 1:
        raise EmptyData("values", "needs at least 1 value")
    x = x - x.mean()
    sd = float(x.std())
    if sd <= 0 or away == 0:
        return 0.0
    x, goal = (x / sd) * np.sign(away), abs(away) / sd
    most = float(x.max())
    if goal >= most:
        # Only as many of the highest value as there are: all n of them at best.
        return float(-ndtri(max(1e-300, float(np.mean(x >= most - 1e-9)) ** n)))
    at = _saddle(x, goal)
    weight = np.exp(at * x - (top := float((at * x).max())))
    log = float(np.log(weight.mean())) + top
    share = weight / weight.sum()
    spread = float(share @ x**2) - float(share @ x) ** 2
    w = np.sqrt(max(0.0, 2 * n * (at * goal - log)))
    u = at * np.sqrt(n * max(spread, 1e-12))
    return float(w + np.log(u / w) / w) if w > 1e-3 and u > 0 else float(goal * np.sqrt(n))


def _saddle(x: Floats, goal: float) -> float:
    """The tilt at which the mean of x is the goal, between 0 and where it surely is beyond."""
    low, high = 0.0, 1.0
    while high < 1e4 and _tilted(x, high) < goal:
        high *= 2
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if _tilted(x, middle) < goal else (low, middle)
    return (low + high) / 2


def _tilted(x: Floats, at: float) -> float:
    weight = np.exp(at * (x - x.max()))
    return float((weight @ x) / weight.sum())
