"""Hiding small counts so that nobody can work them out from what is still shown.

First the small cells are hidden, then, for each one that the sums would give away, the cheapest
set of further cells: those that would have to move if the cell were larger (the linear-programming
heuristic of Kelly, Golden and Assad, Networks 1992; 22:397). At the end two integer programs per
hidden cell prove what an attacker can and cannot know; the result carries those ranges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import hstack

from wellheard.measures.errors import OutOfRange
from wellheard.measures.suppression.table import (
    UNBOUNDED,
    CountTable,
    attacker_ranges,
    count_table,
)

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats

# CMS cell-size policy: no count of 1 to 10 shown or derivable; zero may be shown.
CMS_MINIMUM = 11
# Hiding a total or a true zero costs the reader more than hiding any inner count.
_TOTAL_COST, _ZERO_COST, _HIDDEN_COST = 1e4, 1e3, 1e-6


@dataclass(frozen=True, slots=True)
class Suppression:
    """What may be shown. `shown` holds None for hidden cells.

    `small` were hidden for their size, `complementary` to protect them; `ranges` proves for
    each hidden cell the least and greatest count an attacker can exclude nothing between
    (greatest None: without limit).
    """

    shown: dict[str, int | None]
    small: frozenset[str]
    complementary: frozenset[str]
    ranges: dict[str, tuple[int, int | None]]
    minimum: int
    width: int
    method: str


def suppress(
    cells: Mapping[str, int],
    sums: Sequence[tuple[str, Sequence[str]]] = (),
    *,
    minimum: int = CMS_MINIMUM,
    width: int | None = None,
    zero_is_shown: bool = True,
    always_shown: frozenset[str] = frozenset(),
) -> Suppression:
    """Hide every count from 1 to `minimum` - 1 and what would give it away.

    `cells` maps names to whole numbers >= 0, totals included; `sums` pairs each total with its
    parts. Every small cell keeps an attacker's range at least `width` wide (default: half of
    `minimum`). Raises OutOfRange when cells that must stay shown make that impossible.
    """
    if minimum < 1:
        raise OutOfRange("minimum", "must be at least 1")
    table = count_table(cells, sums)
    wide = max(1, minimum // 2) if width is None else width
    least = 1 if zero_is_shown else 0
    small = frozenset(name for name, value in cells.items() if least <= value < minimum)
    if small & always_shown:
        raise OutOfRange(min(small & always_shown), "must be shown but is too small")
    hidden = _protected(table, small, wide, always_shown)
    ranges = {
        name: (low, None if high == UNBOUNDED else high)
        for name, (low, high) in attacker_ranges(table, hidden).items()
    }
    return Suppression(
        {name: None if name in hidden else int(value) for name, value in cells.items()},
        small,
        hidden - small,
        ranges,
        minimum,
        wide,
        "small cells and complementary suppression, ranges proven by integer programs",
    )


def _protected(
    table: CountTable, small: frozenset[str], width: int, always_shown: frozenset[str]
) -> frozenset[str]:
    hidden = small
    for name in sorted(small, key=lambda cell: -table.values[table.place(cell)]):
        hidden |= _movers(table, name, hidden, width, always_shown)
    # Rounding to whole numbers can narrow a range that fractions allowed; ask for more room.
    reach = width
    while (narrow := _narrow(table, small, hidden, width)) and reach < 64 * width:
        reach *= 2
        for name in narrow:
            hidden |= _movers(table, name, hidden, reach, always_shown)
    if narrow:
        raise OutOfRange(narrow[0], "cannot be protected with the cells that may be hidden")
    return hidden


def _movers(
    table: CountTable, name: str, hidden: frozenset[str], width: int, always_shown: frozenset[str]
) -> frozenset[str]:
    """Return the cheapest cells that must be hidden so that `name` could be `width` larger."""
    count = len(table.names)
    up = np.full(count, np.inf)
    down = table.values.copy()
    for cell in always_shown:
        up[table.place(cell)] = down[table.place(cell)] = 0
    cost = np.array([_cost(table, cell, hidden) for cell in table.names])
    target = np.zeros((1, 2 * count))
    target[0, [table.place(name), count + table.place(name)]] = 1, -1
    found = linprog(
        np.concatenate([cost, cost]),
        A_eq=_stacked(table, target),
        b_eq=np.concatenate([np.zeros(table.relations.shape[0]), [width]]),
        bounds=np.column_stack([np.zeros(2 * count), np.concatenate([up, down])]),
        method="highs",
    )
    if found.x is None:
        raise OutOfRange(name, "cannot be protected with the cells that may be hidden")
    moved = np.flatnonzero(found.x > 1e-7) % count
    return frozenset(table.names[position] for position in moved)


def _stacked(table: CountTable, target: Floats) -> object:
    from scipy.sparse import csr_array, vstack

    both = hstack([table.relations, -table.relations])
    return vstack([both, csr_array(target)])


def _cost(table: CountTable, cell: str, hidden: frozenset[str]) -> float:
    if cell in hidden:
        return _HIDDEN_COST
    value = float(table.values[table.place(cell)])
    if value == 0:
        return _ZERO_COST * (1 + float(table.values.max()))
    return value + 1 if cell not in table.totals else _TOTAL_COST * (value + 1)


def _narrow(
    table: CountTable, small: frozenset[str], hidden: frozenset[str], width: int
) -> list[str]:
    ranges = attacker_ranges(table, hidden, only=small)
    return sorted(
        name
        for name in small
        if ranges[name][1] != UNBOUNDED and ranges[name][1] - ranges[name][0] < width
    )
