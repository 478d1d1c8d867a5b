"""What is left of single answers when place, month and who answered are taken into account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wellheard.measures.arrays import finite_vector, same_length
from wellheard.measures.errors import EmptyData

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wellheard.measures.arrays import Floats

_MOST_SWEEPS = 25
_SETTLED = 1e-4


@dataclass(frozen=True, slots=True)
class Additive:
    """An additive fit: the mean, one effect per level of each factor, and what is left (n).

    `sd` is the standard deviation of what is left, in the units of the values.
    """

    mean: float
    effects: tuple[Floats, ...]
    left: Floats
    sd: float

    def without(self, factors: Sequence[NDArray[np.integer[Any]]], kept: Sequence[int]) -> Floats:
        """Values (n) free of every factor but those at the positions `kept`."""
        values = self.left + self.mean
        for position in kept:
            values = values + self.effects[position][factors[position]]
        return values


def additive_fit(values: ArrayLike, factors: Sequence[NDArray[np.integer[Any]]]) -> Additive:
    """Fit values (n) as a mean plus one effect for each level of each factor (codes 0.., n).

    Backfitting: each factor's effects are the level means of what the others leave, in turn,
    until the fit settles (Buja, Hastie and Tibshirani, Ann Stat 1989; 17:453). This is least
    squares for a main-effects model, without a matrix: a million rows in a second.
    """
    y = finite_vector(values, "values")
    if factors:
        same_length(values=y, **{f"factor{n}": codes for n, codes in enumerate(factors)})
    mean = float(y.mean())
    left = y - mean
    spread = float(left.std())
    if y.size < 2:
        raise EmptyData("values", "needs at least 2 values")
    sizes = [np.bincount(codes).astype(np.float64) for codes in factors]
    effects = [np.zeros(size.size) for size in sizes]
    for _ in range(_MOST_SWEEPS):
        largest = 0.0
        for position, codes in enumerate(factors):
            sums = np.bincount(codes, weights=left, minlength=sizes[position].size)
            step = np.divide(
                sums, sizes[position], out=np.zeros_like(sums), where=sizes[position] > 0
            )
            effects[position] += step
            left -= step[codes]
            moved = float((step**2) @ sizes[position]) / y.size
            largest = max(largest, moved)
        if len(factors) < 2 or largest <= (_SETTLED * max(spread, 1e-12)) ** 2:
            break
    levels = sum(int((size > 0).sum()) - 1 for size in sizes) + 1
    degrees = max(1, y.size - levels)
    return Additive(mean, tuple(effects), left, float(np.sqrt((left**2).sum() / degrees)))
