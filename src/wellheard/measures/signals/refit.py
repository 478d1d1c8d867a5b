"""Changes found in one series, sized in another: the same place and start, nothing is sought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from wellheard.measures.signals.grids import Grid, base_design, extra_variance
from wellheard.measures.signals.levels import Bend

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Floats

_Z = 1.959963984540054
_TOO_LIKE = 1e-6


def sized(grid: Grid, bends: Sequence[Bend]) -> list[Bend | None]:
    """Each bend's size, interval and p (of this one test) in the table, all taken in together.

    Weighted least squares as in `bends`. None where the table cannot tell a bend: no answers on
    one of its sides, or not to be told from the others.
    """
    filled = grid.sizes > 0
    where, when = np.nonzero(filled)
    values, sizes = grid.means[filled], grid.sizes[filled]
    shared = grid.means.shape[0] > 2
    if not bends or values.size < sum(grid.means.shape):
        return [None] * len(bends)
    base = base_design(where, when, shared=shared)
    columns = np.column_stack([_column(grid, bend, where, when) for bend in bends])
    design = np.column_stack([base, columns])
    root = 1 / np.sqrt(grid.sd**2 / sizes + extra_variance(values, sizes, grid.sd, design))
    return [
        _sized(grid, bend, design, base.shape[1] + at, values, root)
        for at, bend in enumerate(bends)
    ]


def _column(grid: Grid, bend: Bend, where: NDArray[np.int64], when: NDArray[np.int64]) -> Floats:
    """A step of 1, or a slope that has come to 1 in the last month with answers."""
    mine = np.isin(where, grid.units[bend.unit])
    if bend.kind == "step":
        return np.asarray(mine & (when >= bend.start), np.float64)
    last = int(when[mine].max()) if mine.any() else bend.start
    return np.asarray(mine * np.clip(when - bend.start, 0, None) / max(1, last - bend.start))


def _sized(
    grid: Grid, bend: Bend, design: Floats, at: int, values: Floats, root: Floats
) -> Bend | None:
    by_month = grid.sizes[grid.units[bend.unit]].sum(axis=0)
    before, after = int(by_month[: bend.start].sum()), int(by_month[bend.start :].sum())
    others, _ = np.linalg.qr(np.delete(design, at, axis=1) * root[:, None])
    x = design[:, at] * root
    left = x - others @ (others.T @ x)
    room = float(left @ left)
    if room <= _TOO_LIKE * max(float(x @ x), 1e-300):
        return None
    size, error = float(left @ (values * root)) / room, 1 / float(np.sqrt(room))
    z = size / error
    return replace(
        bend, estimate=size, low=size - _Z * error, high=size + _Z * error, z=z,
        p=float(2 * ndtr(-abs(z))), n_before=before, n_after=after,
    )  # fmt: skip
