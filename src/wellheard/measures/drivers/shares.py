"""Shares of explained variance: exact Shapley values and relative weights, many draws at once.

All functions take correlation-like cross-product matrices (B, p + 1, p + 1) of p drivers followed
by the outcome, already centred.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.errors import OutOfRange

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats

# 2^16 subsets per draw; beyond, relative weights answer the same question.
MOST_DRIVERS = 16
# Matrix entries held at once per block of draws; keeps the work inside the cache.
_BLOCK = 2**20
_TINY = 1e-10


def shapley_shares(moments: Floats) -> Floats:
    """Return each driver's Shapley share of R^2 (B, p).

    The average gain in R^2 over all orders of entering the drivers (Lindeman, Merenda and Gold,
    1980; Lipovetsky and Conklin, 2001), from all 2^p subsets, exactly.
    """
    drivers = moments.shape[1] - 1
    if drivers > MOST_DRIVERS:
        raise OutOfRange("drivers", f"at most {MOST_DRIVERS} for Shapley; use relative weights")
    gains = _gain_matrix(drivers)
    block = max(1, _BLOCK // 2 ** (drivers + 2))
    return np.concatenate(
        [
            explained_by_subsets(moments[start : start + block]) @ gains
            for start in range(0, len(moments), block)
        ]
    )


def explained_by_subsets(moments: Floats) -> Floats:
    """Return R^2 of the outcome on every subset of drivers (B, 2^p).

    Bit j of the subset number counts driver j, the first driver the highest bit. One driver is
    settled per step: left out, its row is dropped; taken in, it is first projected out of the
    rest. So each step works on half as large matrices for twice as many subsets.
    """
    work = moments[:, None]
    total = moments[:, -1, -1]
    while work.shape[-1] > 1:
        row, rest = work[..., 0, 1:], work[..., 1:, 1:]
        pivot = work[..., 0, 0]
        # A driver that the subset already determines adds nothing.
        usable = pivot > _TINY * np.abs(moments[:, None, 0, 0])
        factor = np.where(usable, 1 / np.where(usable, pivot, 1), 0.0)
        taken = rest - row[..., :, None] * (row * factor[..., None])[..., None, :]
        work = np.stack([rest, taken], axis=2).reshape(len(moments), -1, *rest.shape[-2:])
    return np.asarray(1 - work[..., 0, 0] / total[:, None])


def relative_weights(moments: Floats) -> Floats:
    """Return each driver's relative weight (B, p), summing to R^2 (Johnson, MBR 2000; 35:1)."""
    size = np.sqrt(np.einsum("bii->bi", moments))
    correlation = moments / (size[:, :, None] * size[:, None, :])
    between, outcome = correlation[:, :-1, :-1], correlation[:, :-1, -1]
    values, vectors = np.linalg.eigh(between)
    values = np.maximum(values, _TINY)
    root = np.einsum("bij,bj,bkj->bik", vectors, np.sqrt(values), vectors)
    inverse = np.einsum("bij,bj,bkj->bik", vectors, 1 / np.sqrt(values), vectors)
    beta = np.einsum("bik,bk->bi", inverse, outcome)
    return np.asarray(np.einsum("bij,bj->bi", root**2, beta**2))


def _gain_matrix(drivers: int) -> Floats:
    """Return the (2^p, p) matrix that turns R^2 of subsets into Shapley shares."""
    subsets = np.arange(2**drivers)
    inside = (subsets[:, None] >> np.arange(drivers)[::-1]) & 1
    count = inside.sum(axis=1)
    weight = np.array(
        [
            math.factorial(k) * math.factorial(drivers - k - 1) / math.factorial(drivers)
            for k in range(drivers)
        ]
    )
    without = np.append(weight, 0.0)[count]
    within = np.append(0.0, weight)[count]
    return np.asarray(np.where(inside == 1, within[:, None], -without[:, None]))
