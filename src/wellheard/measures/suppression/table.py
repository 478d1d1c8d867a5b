"""A table of counts as an attacker sees it: cells, the sums between them, what is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from wellheard.measures.errors import EmptyData, NotNumeric, OutOfRange, UnknownName

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats


@dataclass(frozen=True, slots=True)
class CountTable:
    """Named counts and sums: `sums[total]` lists, perhaps several times, cells that add up to it.

    `names` fixes the order of `values` (N); `relations` (R, N) holds one row per sum with 1 for
    the total and -1 for its parts, so that relations @ values = 0.
    """

    names: tuple[str, ...]
    values: Floats
    relations: csr_array
    totals: frozenset[str]

    def place(self, name: str) -> int:
        """Return the position of a cell."""
        return self.names.index(name)


def count_table(cells: Mapping[str, int], sums: Sequence[tuple[str, Sequence[str]]]) -> CountTable:
    """Check and build a table. `sums` pairs a total's name with the names of its parts.

    Raises OutOfRange for a sum that does not add up, UnknownName for a cell that is not there.
    """
    if not cells:
        raise EmptyData("cells", "there are none")
    for name, value in cells.items():
        if isinstance(value, bool) or int(value) != value:
            raise NotNumeric(name, "is not a whole number")
        if value < 0:
            raise OutOfRange(name, "is negative")
    names = tuple(cells)
    place = {name: position for position, name in enumerate(names)}
    rows, columns, signs = [], [], []
    for row, (total, parts) in enumerate(sums):
        for name in (total, *parts):
            if name not in place:
                raise UnknownName(name, "is in a sum but not among the cells")
        if cells[total] != sum(cells[part] for part in parts):
            raise OutOfRange(total, "is not the sum of its parts")
        rows += [row] * (len(parts) + 1)
        columns += [place[total], *(place[part] for part in parts)]
        signs += [1.0, *([-1.0] * len(parts))]
    relations = csr_array((signs, (rows, columns)), shape=(len(sums), len(names)))
    return CountTable(
        names,
        np.array([cells[name] for name in names], dtype=np.float64),
        relations,
        frozenset(total for total, _ in sums),
    )


def attacker_ranges(
    table: CountTable, hidden: frozenset[str], *, only: frozenset[str] | None = None
) -> dict[str, tuple[int, int]]:
    """Return the least and greatest whole number each hidden cell could be.

    This is all that someone who sees every shown cell and every sum can work out: the exact
    answer of two integer programs per cell (of `only`, or of all). A cell without upper bound
    gets :data:`UNBOUNDED`.
    """
    asked = hidden if only is None else only & hidden
    if not asked:
        return {}
    positions = [position for position, name in enumerate(table.names) if name in hidden]
    shown = table.values.copy()
    shown[positions] = 0
    left = table.relations[:, positions]
    # A sum without a hidden cell says nothing about one.
    useful = np.diff(left.indptr) > 0
    left, right = left[useful], -(table.relations @ shown)[useful]
    constraints = LinearConstraint(left, right, right) if len(right) else ()
    ranges = {}
    for column, position in enumerate(positions):
        if table.names[position] in asked:
            ranges[table.names[position]] = (
                _extreme(column, constraints, len(positions), +1),
                _extreme(column, constraints, len(positions), -1),
            )
    return ranges


def _extreme(column: int, constraints: object, columns: int, sign: int) -> int:
    objective = np.zeros(columns)
    objective[column] = sign
    found = milp(
        objective,
        constraints=constraints,
        bounds=Bounds(0, np.inf),
        integrality=np.ones(columns),
    )
    return UNBOUNDED if found.x is None else round(float(found.x[column]))


UNBOUNDED = -1
