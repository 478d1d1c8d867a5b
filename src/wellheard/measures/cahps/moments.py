"""Sums of answers and adjusters within each entity, in one pass over the rows.

Everything a case-mix regression needs is in these sums: with entities in the rows of a block the
whole national file is read once, and each entity's block is small enough to stay in the cache
while all its products are formed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Floats

# Entities per task: enough to hide the cost of a task, few enough to share between two cores.
_TASK = 256


@dataclass(frozen=True, slots=True)
class Moments:
    """Weighted sums over the answerers of each item, for E entities, I items, K adjusters.

    Adjusters and answers were first shifted by `adjuster_shift` (K) and `item_shift` (I), which
    keeps the products small and the differences of large sums exact. `n` (E, I) counts
    answerers; `weight` (E, I) sums their weights; `y`, `yy` (E, I), `x`, `xy` (E, I, K) and
    `xx` (E, I, K, K) are the weighted sums.
    """

    adjuster_shift: Floats
    item_shift: Floats
    n: Floats
    weight: Floats
    y: Floats
    yy: Floats
    x: Floats
    xy: Floats
    xx: Floats


def entity_moments(
    entity: NDArray[Any],
    entities: int,
    answers: Floats,
    adjusters: Floats,
    *,
    weights: Floats | None = None,
    workers: int = 1,
) -> Moments:
    """Sum over rows: `entity` (n) codes 0..entities-1, `answers` (n, I) with NaN for missing,
    `adjusters` (n, K) complete, `weights` (n) or None.
    """
    shape = (entities, answers.shape[1], adjusters.shape[1])
    shifts = _shift(adjusters), _shift(answers)
    order = np.argsort(_narrow(entity, entities), kind="stable")
    edges = np.concatenate([[0], np.cumsum(np.bincount(entity, minlength=entities))])
    sums = _Sums(_zero(*shifts, shape), np.tril_indices(shape[2]))

    def task(first: int) -> None:
        for index in range(first, min(first + _TASK, entities)):
            rows = order[edges[index] : edges[index + 1]]
            if len(rows):
                sums.add(index, answers[rows], adjusters[rows], _picked(weights, rows))

    starts = range(0, entities, _TASK)
    if workers == 1 or len(starts) == 1:
        for start in starts:
            task(start)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(task, starts))
    return sums.moments


@dataclass(frozen=True, slots=True)
class _Sums:
    moments: Moments
    triangle: tuple[NDArray[np.intp], NDArray[np.intp]]

    def add(self, index: int, answers: Floats, adjusters: Floats, weights: Floats | None) -> None:
        """Add the rows of one entity."""
        into = self.moments
        x = adjusters - into.adjuster_shift
        y = answers - into.item_shift
        answered = y == y
        share = answered.astype(np.float64)
        np.copyto(y, 0.0, where=~answered)
        into.n[index] = share.sum(axis=0)
        if weights is not None:
            share *= weights[:, None]
        weighted = y if weights is None else y * weights[:, None]
        into.weight[index] = share.sum(axis=0)
        into.y[index] = weighted.sum(axis=0)
        into.yy[index] = np.einsum("ij,ij->j", weighted, y)
        into.x[index] = share.T @ x
        into.xy[index] = weighted.T @ x
        self._add_products(index, x, share)

    def _add_products(self, index: int, x: Floats, share: Floats) -> None:
        rows, columns = self.triangle
        products = share.T @ (x[:, rows] * x[:, columns])
        target = self.moments.xx[index]
        target[:, rows, columns] = products
        target[:, columns, rows] = products


def _zero(adjuster_shift: Floats, item_shift: Floats, shape: tuple[int, int, int]) -> Moments:
    return Moments(
        adjuster_shift=adjuster_shift,
        item_shift=item_shift,
        n=np.zeros(shape[:2]),
        weight=np.zeros(shape[:2]),
        y=np.zeros(shape[:2]),
        yy=np.zeros(shape[:2]),
        x=np.zeros(shape),
        xy=np.zeros(shape),
        xx=np.zeros((*shape, shape[2])),
    )


def _shift(columns: Floats) -> Floats:
    """Return a typical value of each column; any would do, the mean is nearly best."""
    step = max(1, len(columns) // 10_000)
    sample = columns[::step]
    known = sample == sample
    counts = np.maximum(known.sum(axis=0), 1)
    return np.asarray(np.where(known, sample, 0.0).sum(axis=0) / counts)


def _narrow(entity: NDArray[Any], entities: int) -> NDArray[Any]:
    # numpy sorts 16-bit integers by radix, several times faster than by comparison.
    return entity.astype(np.uint16) if entities < 2**16 else entity


def _picked(weights: Floats | None, rows: NDArray[np.intp]) -> Floats | None:
    return None if weights is None else weights[rows]
