"""House stars: our own groups of alike scores. They are not CMS stars and never called so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import finite_vector
from wellheard.measures.errors import OutOfRange, TooFewPoints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wellheard.measures.arrays import Floats


@dataclass(frozen=True, slots=True)
class HouseStars:
    """`stars` (n) 1..groups for each score, `least` the lowest score of each group above 1."""

    stars: NDArray[np.int64]
    least: tuple[float, ...]
    within_ss: float
    method: str


def house_stars(scores: ArrayLike, *, groups: int = 5) -> HouseStars:
    """Split 1-D scores into `groups` so that scores in a group are as alike as possible.

    The exact one-dimensional k-means optimum by dynamic programming (Wang and Song, R Journal
    2011; 3/2:29). Raises TooFewPoints with fewer different scores than groups.
    """
    array = finite_vector(scores, "scores")
    if groups < 2:
        raise OutOfRange("groups", "must be at least 2")
    values, place, counts = np.unique(array, return_inverse=True, return_counts=True)
    if len(values) < groups:
        raise TooFewPoints("scores", f"{len(values)} different scores cannot form {groups} groups")
    starts, within = _split(values - values.mean(), counts.astype(np.float64), groups)
    group_of_value = np.searchsorted(starts, np.arange(len(values)), side="right")
    return HouseStars(
        group_of_value[place],
        tuple(values[starts[1:]].tolist()),
        within,
        "house stars: exact 1-D k-means (not CMS stars)",
    )


def _split(values: Floats, counts: Floats, groups: int) -> tuple[NDArray[np.int64], float]:
    """Return the first position of each group and the sum of squares within groups."""
    n = len(values)
    weight = np.concatenate([[0], np.cumsum(counts)])
    first = np.concatenate([[0], np.cumsum(counts * values)])
    second = np.concatenate([[0], np.cumsum(counts * values**2)])

    def cost(start: NDArray[np.int64], stop: int) -> Floats:
        total = first[stop] - first[start]
        return np.asarray(second[stop] - second[start] - total**2 / (weight[stop] - weight[start]))

    best = np.full((groups + 1, n + 1), np.inf)
    came = np.zeros((groups + 1, n + 1), dtype=np.int64)
    best[0, 0] = 0
    for group in range(1, groups + 1):
        for stop in range(group, n + 1):
            start = np.arange(group - 1, stop)
            total = best[group - 1, start] + cost(start, stop)
            chosen = int(total.argmin())
            best[group, stop], came[group, stop] = total[chosen], start[chosen]
    starts, stop = [], n
    for group in range(groups, 0, -1):
        stop = int(came[group, stop])
        starts.append(stop)
    return np.array(starts[::-1]), max(0.0, float(best[groups, n]))
