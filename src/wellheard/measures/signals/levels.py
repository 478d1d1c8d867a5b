"""Steps and slopes of single places in a table of places by months.

Every place shares the months' effects, so what moves everywhere moves nowhere in particular. One
term at a time is taken in, the most certain first; a term at one place therefore does not cast a
mirror image on the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtr

from wellheard.measures.errors import ShapeMismatch
from wellheard.measures.signals.grids import Grid, base_design, extra_variance
from wellheard.measures.signals.tries import chance_of_best

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Booleans, Floats

Kind = Literal["step", "slope"]
_FEWEST_SIDE = 2
# A slope over fewer months cannot be told from a step.
_SHORTEST_SLOPE = 6
# Distance in z^2 that makes a joint 95 % set of start and size.
_START_SET = 5.991
_Z = 1.959963984540054
# A column of which less than this is left says nothing that the design does not say.
_TOO_LIKE = 1e-6


@dataclass(frozen=True, slots=True)
class Bend:
    """One unit's step or slope against all other places.

    `start` is the first month of the new level or slope, with the months it may also have begun;
    `estimate` the size of the step, or the whole change until the last month. `p` counts all
    starts that were tried. `n_before`, `n_after`: answers on both sides.
    """

    unit: int
    kind: Kind
    start: int
    earliest: int
    latest: int
    estimate: float
    low: float
    high: float
    z: float
    p: float
    n_before: int
    n_after: int


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Columns that may be taken in, in blocks of one unit each: the cells of the unit and the
    columns' values there (N, C), 0 elsewhere. The other arrays say of each column, block after
    block, whose it is, of what kind, from which month, and how far a slope reaches."""

    blocks: Sequence[tuple[NDArray[np.int64], Floats]]
    unit: NDArray[np.int64]
    slope: Booleans
    start: NDArray[np.int64]
    reach: Floats

    def column(self, number: int, cells: int) -> Floats:
        """One column in full (cells)."""
        at = number
        for rows, block in self.blocks:
            if at < block.shape[1]:
                whole = np.zeros(cells)
                whole[rows] = block[:, at]
                return whole
            at -= block.shape[1]
        raise IndexError(number)

    def alike(self, unit: int, root: Floats, basis: Floats) -> Floats:
        """Correlations (C, C) of one unit's columns beside a design with this basis."""
        rows, block = self.blocks[self.block_of[unit]]
        x = block * root[rows, None]
        shared = basis[rows].T @ x
        room = x.T @ x - shared.T @ shared
        size = np.sqrt(np.maximum(np.diag(room), 1e-12))
        return np.asarray(room / np.outer(size, size), np.float64)

    @property
    def block_of(self) -> dict[int, int]:
        """Units to the positions of their blocks."""
        return {int(unit): at for at, unit in enumerate(dict.fromkeys(self.unit.tolist()))}


def bends(grid: Grid, *, most_p: float, most: int = 12, fewest: int = 30) -> list[Bend]:
    """Steps and slopes with p at most `most_p`, the surest first, at most `most`.

    Weighted least squares with place and month effects. Months of a place vary by more than its
    answers explain; that extra variance is estimated from the middle of the residuals, which
    planted changes hardly move. p: normal, that of the best of all starts tried for the unit.
    """
    if grid.means.shape != grid.sizes.shape or grid.cuts.shape != grid.sizes.shape:
        raise ShapeMismatch("grid", "means, sizes and cuts need the same shape")
    places, months = grid.means.shape
    filled = grid.sizes > 0
    # Two places cannot say which of them moved against the other: each against its own past.
    shared = places > 2
    if months < 2 * _FEWEST_SIDE or filled.sum() < places + months * shared:
        return []
    where, when = np.nonzero(filled)
    values, sizes = grid.means[filled], grid.sizes[filled]
    candidates = _candidates(grid, where, when, fewest)
    if candidates is None:
        return []
    base = base_design(where, when, shared=shared)
    first, design = _taken_in(grid, candidates, values, sizes, base, (most_p, most))
    if not first:
        return []
    # Months that truly moved looked like months that vary by themselves: judged once more.
    extra = extra_variance(values, sizes, grid.sd, design)
    return _taken_in(grid, candidates, values, sizes, base, (most_p, most), extra)[0]


def _taken_in(
    grid: Grid,
    candidates: _Candidates,
    values: Floats,
    sizes: Floats,
    design: Floats,
    limits: tuple[float, int],
    extra: float | None = None,
) -> tuple[list[Bend], Floats]:
    """One column after the other, the surest first, and the design with them.

    ``extra``: variance of months beyond their answers, learned from what is left when None.
    """
    most_p, most = limits
    found: list[Bend] = []
    taken: set[int] = set()
    while len(found) < most:
        beyond = extra_variance(values, sizes, grid.sd, design) if extra is None else extra
        root = 1 / np.sqrt(grid.sd**2 / sizes + beyond)
        basis, _ = np.linalg.qr(design * root[:, None])
        estimate, error = _tested(values, root, basis, candidates)
        z = np.divide(estimate, error, out=np.zeros_like(estimate), where=error > 0)
        # A whole site moves only where that is surer than one of its places.
        best = int(np.abs(z).argmax())
        if best in taken or 2 * ndtr(-abs(z[best])) > most_p:
            break
        alike = candidates.alike(int(candidates.unit[best]), root, basis)
        p = chance_of_best(float(z[best]), alike)
        if p > most_p:
            break
        taken.add(best)
        found.append(_bend(grid, candidates, best, estimate, error, z, p))
        design = np.column_stack([design, candidates.column(best, values.size)])
    return found, design


def _candidates(
    grid: Grid, where: NDArray[np.int64], when: NDArray[np.int64], fewest: int
) -> _Candidates | None:
    blocks, units, slopes, starts, reaches = [], [], [], [], []
    months = grid.sizes.shape[1]
    for number, members in enumerate(grid.units):
        rows = np.flatnonzero(np.isin(where, members))
        month = when[rows]
        columns = []
        by_month = grid.sizes[members].sum(axis=0)
        seen = np.flatnonzero(by_month)
        if seen.size < 2 * _FEWEST_SIDE:
            continue
        first, last = int(seen[0]), int(seen[-1])
        before = np.cumsum(by_month) - by_month
        total = float(by_month.sum())
        allowed = grid.cuts[members[0]] if len(members) == 1 else np.ones(months, bool)
        for start in range(first + _FEWEST_SIDE, last - _FEWEST_SIDE + 2):
            if allowed[start] and min(before[start], total - before[start]) >= fewest:
                columns.append((month >= start).astype(np.float64))
                units.append(number)
                slopes.append(False)
                starts.append(start)
                reaches.append(1.0)
        for start in range(first, last - _SHORTEST_SLOPE + 2):
            if allowed[start] and total - before[start] >= 2 * fewest:
                columns.append(np.clip(month - start, 0, None).astype(np.float64))
                units.append(number)
                slopes.append(True)
                starts.append(start)
                reaches.append(float(last - start))
        if columns:
            blocks.append((rows, np.column_stack(columns)))
    if not blocks:
        return None
    return _Candidates(
        blocks,
        np.array(units),
        np.array(slopes),
        np.array(starts),
        np.array(reaches),
    )


def _tested(
    values: Floats, root: Floats, turned: Floats, candidates: _Candidates
) -> tuple[Floats, Floats]:
    """Estimate and standard error of each column when added to the design by itself.

    A column is 0 outside its unit, so that only the unit's cells are touched: with x the column
    and Q the design's basis (``turned``), what Q leaves of x has the square x'x - |Q'x|^2.
    """
    y = values * root
    y = y - turned @ (turned.T @ y)
    estimates, errors = [], []
    for rows, block in candidates.blocks:
        x = block * root[rows, None]
        whole = (x**2).sum(axis=0)
        room = whole - ((turned[rows].T @ x) ** 2).sum(axis=0)
        usable = room > _TOO_LIKE * np.maximum(whole, 1e-300)
        room = np.where(usable, room, 1.0)
        estimates.append(np.where(usable, (x.T @ y[rows]) / room, 0.0))
        errors.append(np.where(usable, 1 / np.sqrt(room), 0.0))
    return np.concatenate(estimates), np.concatenate(errors)


def _bend(
    grid: Grid,
    candidates: _Candidates,
    best: int,
    estimate: Floats,
    error: Floats,
    z: Floats,
    p: float,
) -> Bend:
    unit, start = int(candidates.unit[best]), int(candidates.start[best])
    same = (candidates.unit == unit) & (candidates.slope == candidates.slope[best])
    close = same & (z**2 >= z[best] ** 2 - _START_SET) & (z * z[best] > 0)
    by_month = grid.sizes[grid.units[unit]].sum(axis=0)
    reach = float(candidates.reach[best])
    size, half = float(estimate[best]) * reach, _Z * float(error[best]) * reach
    return Bend(
        unit,
        "slope" if candidates.slope[best] else "step",
        start,
        int(candidates.start[close].min()),
        int(candidates.start[close].max()),
        size,
        size - half,
        size + half,
        float(z[best]),
        p,
        int(by_month[:start].sum()),
        int(by_month[start:].sum()),
    )
