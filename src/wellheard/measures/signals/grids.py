"""A table of places by months, and what is known of its months before anything moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Booleans, Floats

# Half the squared middle of a chi-square with 1 degree: the median of z^2.
_MEDIAN_SQUARE = 0.4549364231195724


@dataclass(frozen=True, slots=True)
class Grid:
    """Means (P, M) of places by months with their sizes, `sd` of a single answer.

    `units`: sets of place positions that may move together (single places, whole sites);
    `cuts` (P, M): whether a new level may begin there (months too small to show are not cut off).
    Cells without answers have size 0; their mean is ignored.
    """

    means: Floats
    sizes: Floats
    sd: float
    units: Sequence[NDArray[np.int64]]
    cuts: Booleans


def base_design(where: NDArray[np.int64], when: NDArray[np.int64], *, shared: bool) -> Floats:
    """Place and, where they are shared, month indicators (cells, P + M - 1)."""
    at_place: Floats = np.asarray(where[:, None] == np.unique(where)[None, :], np.float64)
    if not shared:
        return at_place
    at_month = (when[:, None] == np.unique(when)[None, 1:]).astype(np.float64)
    return np.column_stack([at_place, at_month])


def extra_variance(values: Floats, sizes: Floats, sd: float, base: Floats) -> float:
    """Variance of a month of a place beyond its answers, from the median squared residual."""
    sampling = sd**2 / sizes
    root = 1 / np.sqrt(sampling)
    extra = 0.0
    # The weights need the answer: three rounds settle it.
    for _ in range(3):
        turned, _ = np.linalg.qr(base * root[:, None])
        left = values * root
        left = (left - turned @ (turned.T @ left)) / root
        room = np.clip(1 - (turned**2).sum(axis=1), 0.05, 1)
        squares = left**2 / room
        extra = _solved(squares, sampling)
        root = 1 / np.sqrt(sampling + extra)
    return extra


def _solved(squares: Floats, sampling: Floats) -> float:
    low, high = 0.0, float(squares.max()) + 1e-12
    if np.median(squares / sampling) <= _MEDIAN_SQUARE:
        return 0.0
    for _ in range(40):
        middle = (low + high) / 2
        if np.median(squares / (sampling + middle)) > _MEDIAN_SQUARE:
            low = middle
        else:
            high = middle
    return high
