"""Longer calendar windows for groups that no quarter may show. Pure: counts in, cells out.

A group that is too small in every quarter is shown in the shortest calendar window - half-year,
year, two years from an even one - in which it reaches the minimum, and never twice: nothing that a
window holds was shown in a quarter or in a shorter window. Windows are fixed and count only when
they are over, so no two of them overlap and none grows.

A sum over quarters ties together tables that stood apart before. What may be shown beside them is
therefore decided by what all published figures fix together: every figure is a linear equation of
the hidden cells, and a sum of hidden cells comes out exactly when its row lies in the space that
those equations span (Gusfield 1988 says the same of one table, with a graph).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wellheard.understand.disclosure.rules import Cell, may_show

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats

QUARTERS = 8
# Quarters [start, stop) of a two-year span: halves, years, the whole.
WINDOWS = ((0, 2), (2, 4), (4, 6), (6, 8), (0, 4), (4, 8), (0, 8))
_NOTHING = 1e-8

Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class QuarterTable:
    """People by (level, group) in one quarter, the whole's row among them, and what is hidden."""

    people: Mapping[Cell, int]
    hidden: frozenset[Cell]


def longer_windows(
    quarters: Sequence[QuarterTable], minimum: int, whole: Hashable
) -> dict[Window, frozenset[Cell]]:
    """The cells that each closed window of a two-year span may show, given its quarters so far.

    ``quarters``: the closed ones from the span's first on; ``whole``: the level that is the sum of
    the others. A cell is shown in a window where all
    of its quarters are hidden or empty, their sum reaches the minimum, and nothing smaller comes
    out of it together with everything else that is published.
    """
    span = _Span(quarters, minimum, whole)
    shown: dict[Window, frozenset[Cell]] = {}
    for window in WINDOWS:
        if window[1] <= len(quarters):
            taken = {cell for other, cells in shown.items() if _inside(other, window)
                     for cell in cells}  # fmt: skip
            found = span.safe(window, [c for c in span.candidates(window) if c not in taken])
            shown[window] = frozenset(found)
    return shown


def _inside(small: Window, large: Window) -> bool:
    return large[0] <= small[0] and small[1] <= large[1]


class _Span:
    """The hidden cells of a span's quarters as unknowns, and what is published of them."""

    def __init__(self, quarters: Sequence[QuarterTable], minimum: int, whole: Hashable) -> None:
        self.quarters, self.minimum, self.whole = quarters, minimum, whole
        hidden = [
            (at, cell) for at, each in enumerate(quarters) for cell in sorted(each.hidden, key=str)
        ]
        self.position = {unknown: number for number, unknown in enumerate(hidden)}
        self.known = [row for at in range(len(quarters)) for row in self._lines(at)]

    def candidates(self, window: Window) -> list[Cell]:
        """Cells hidden in every quarter in which they hold anybody, and large enough together.

        The smallest first: a large group that is hidden for others' sake can wait.
        """
        found = []
        for cell in sorted({cell for each in self.quarters for cell in each.hidden}, key=str):
            parts = [self.quarters[at] for at in range(*window)]
            sizes = [each.people.get(cell, 0) for each in parts]
            is_hidden = all(
                cell in each.hidden or not size for each, size in zip(parts, sizes, strict=True)
            )
            if is_hidden and sum(sizes) >= self.minimum:
                found.append((sum(sizes), cell))
        return [cell for _, cell in sorted(found, key=lambda each: (each[0], str(each[1])))]

    def safe(self, window: Window, cells: list[Cell]) -> list[Cell]:
        """As many of the cells as may be shown; all at once where that is safe."""
        rows = [self._row(window, cell) for cell in cells]
        if not rows:
            return []
        if self._keeps_secrets([*self.known, *rows]):
            self.known += rows
            return cells
        kept = []
        for cell, row in zip(cells, rows, strict=True):
            if self._keeps_secrets([*self.known, row]):
                self.known.append(row)
                kept.append(cell)
        return kept

    def _row(self, window: Window, cell: Cell) -> dict[int, float]:
        """The sum of a cell's hidden quarters, as an equation."""
        return {
            self.position[at, cell]: 1.0 for at in range(*window) if (at, cell) in self.position
        }

    def _lines(self, at: int) -> Iterator[dict[int, float]]:
        """What a quarter's published totals say: the hidden sum of each level, and that of each
        group at the whole less at its parts."""
        lines: dict[tuple[int, object], dict[int, float]] = {}
        for level, group in self.quarters[at].hidden:
            number = self.position[at, (level, group)]
            lines.setdefault((0, level), {})[number] = 1.0
            lines.setdefault((1, group), {})[number] = -1.0 if level == self.whole else 1.0
        yield from lines.values()

    def _keeps_secrets(self, known: list[dict[int, float]]) -> bool:
        """Whether no hidden sum of a few people, in any window, is fixed by what is known."""
        import numpy as np

        secrets = list(self._secrets())
        if not secrets:
            return True
        basis = _space(self._dense(known))
        asked = self._dense(secrets)
        left = asked - (asked @ basis.T) @ basis
        return bool(np.all(np.abs(left).max(axis=1) > _NOTHING))

    def _secrets(self) -> Iterator[dict[int, float]]:
        """Every sum of a cell's hidden quarters, in a quarter or window, that is too small."""
        single = [(at, at + 1) for at in range(len(self.quarters))]
        cells = sorted({cell for each in self.quarters for cell in each.hidden}, key=str)
        for window in [*single, *WINDOWS]:
            for cell in cells:
                people = sum(
                    self.quarters[at].people.get(cell, 0)
                    for at in range(window[0], min(window[1], len(self.quarters)))
                    if cell in self.quarters[at].hidden
                )
                if not may_show(people, self.minimum):
                    yield self._row(window, cell)

    def _dense(self, rows: list[dict[int, float]]) -> Floats:
        import numpy as np

        table = np.zeros((len(rows), len(self.position)))
        for number, row in enumerate(rows):
            table[number, list(row)] = list(row.values())
        return table


def _space(rows: Floats) -> Floats:
    """An orthonormal basis of what the rows span."""
    import numpy as np

    _, sizes, right = np.linalg.svd(rows, full_matrices=False)
    found: Floats = right[sizes > _NOTHING * max(1.0, float(sizes.max(initial=0.0)))]
    return found
