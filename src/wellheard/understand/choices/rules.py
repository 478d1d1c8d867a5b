"""Tables of few people that can be shown. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from wellheard.understand.disclosure.rules import Cell, hidden_cells

OTHER = "*"


@dataclass(frozen=True, slots=True)
class Shown:
    """Rows and columns (``OTHER``: the small ones together), people in each cell or None where
    they are not shown, and the totals, all of at least the minimum."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], int | None]
    row_totals: dict[str, int]
    n: int


def pooled_table(pairs: Sequence[tuple[str, str]], minimum: int) -> Shown | None:
    """People by (row, column), each in one pair. Lines of fewer than ``minimum`` are put together;
    None when all of them are too few."""
    if len(pairs) < minimum:
        return None
    row_of = _pooled(Counter(row for row, _ in pairs), minimum)
    column_of = _pooled(Counter(column for _, column in pairs), minimum)
    counted = Counter((row_of[row], column_of[column]) for row, column in pairs)
    totals = Counter(row_of[row] for row, _ in pairs)
    rows = tuple(sorted(totals, key=lambda row: (row == OTHER, -totals[row], row)))
    columns = tuple(sorted(set(column_of.values()), key=lambda each: (each == OTHER, each)))
    cells = {(row, column): counted[row, column] for row in rows for column in columns}
    asked: dict[Cell, int] = {(row, column): n for (row, column), n in cells.items()}
    hidden = hidden_cells(asked, minimum)
    shown = {cell: None if cell in hidden else people for cell, people in cells.items()}
    return Shown(rows, columns, shown, dict(totals), len(pairs))


def _pooled(counts: Counter[str], minimum: int) -> dict[str, str]:
    """Each line's name, or ``OTHER``: the smallest go together until they are enough."""
    pooled: set[str] = {line for line, people in counts.items() if people < minimum}
    for line, _ in sorted(counts.items(), key=lambda each: (each[1], each[0])):
        if not pooled or sum(counts[each] for each in pooled) >= minimum:
            break
        pooled.add(line)
    return {line: OTHER if line in pooled else line for line in counts}
