"""Which groups may be shown. Pure: counts of people in, what to show out.

The guarantee rests on atoms. A line of neighbouring months is cut once into spans that hold
nobody or at least a minimum of people, and everything published is a sum of whole spans, so
whatever is added or subtracted afterwards is again a set of whole spans (`join_small`). Tables
with a personal attribute have published totals instead, so there the hidden cells must protect
each other (`hidden_cells`): a hidden cell can be worked out exactly if and only if it is a bridge
of the graph whose nodes are lines and whose edges are hidden cells (Gusfield, SIAM J Comput
1988; 17:552).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Cell = tuple[Hashable, Hashable]
Line = tuple[int, Hashable]


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open positions [start, stop) with the people in them."""

    start: int
    stop: int
    total: int


def may_show(people: int, minimum: int) -> bool:
    """Nobody may be shown as nobody; a few may not be shown at all."""
    return people == 0 or people >= minimum


def join_small(counts: Sequence[int], minimum: int) -> tuple[Span, ...]:
    """Cut a line of counts into spans that may be shown, joining neighbours that are too few.

    Spans cover every position once, in order. What is left over at the end joins the span before
    it. Only when the whole line holds 1 to `minimum` - 1 people is the one span too small: the
    caller withholds it.
    """
    spans: list[Span] = []
    start = total = 0
    for position, count in enumerate(counts):
        total += count
        if may_show(total, minimum):
            spans.append(Span(start, position + 1, total))
            start, total = position + 1, 0
    rest = Span(start, len(counts), total)
    while spans and not may_show(rest.total, minimum):
        last = spans.pop()
        rest = Span(last.start, rest.stop, last.total + rest.total)
    return (*spans, rest) if rest.stop > rest.start else tuple(spans)


def hidden_groups(sizes: Mapping[str, int], minimum: int) -> frozenset[str]:
    """Which groups must be hidden where the total of all of them may be known: those of 1 to
    ``minimum`` - 1 people and, until the hidden ones together reach the minimum and are at least
    two, the next smallest."""
    hidden = {name for name, people in sizes.items() if not may_show(people, minimum)}
    rest = sorted(
        (name for name, people in sizes.items() if people and name not in hidden),
        key=lambda name: (sizes[name], name),
    )
    while hidden and rest and (len(hidden) == 1 or sum(sizes[n] for n in hidden) < minimum):
        hidden.add(rest.pop(0))
    return frozenset(hidden)


def hidden_cells(cells: Mapping[Cell, int], minimum: int) -> frozenset[Cell]:
    """Which cells of a table with published line totals must be hidden.

    `cells`: people by (row, column). Every cell of 1 to `minimum` - 1 is hidden, then neighbours
    (the smallest first) until in each line at least two cells are hidden that together reach
    `minimum`, and until no hidden cell can be worked out from the totals. Every line total must
    itself be 0 or at least `minimum`; then such a set always exists (at worst the whole table).
    """
    hidden = {cell for cell, people in cells.items() if not may_show(people, minimum)}
    while hidden:
        more = _complement(cells, hidden, minimum)
        if more is None:
            return frozenset(hidden)
        hidden.add(more)
    return frozenset()


def totals_are_safe(cells: Mapping[Cell, int], minimum: int) -> bool:
    """Whether the line totals of a table may be shown when none of its cells are.

    Each total must hold nobody or at least `minimum`, and must not fix a cell of fewer.
    """
    filled = {cell for cell, people in cells.items() if people}
    return all(
        may_show(sum(cells[cell] for cell in members), minimum)
        for members in _lines(filled).values()
    ) and all(may_show(cells[cell], minimum) for cell in _bridges(filled))


def _complement(cells: Mapping[Cell, int], hidden: set[Cell], minimum: int) -> Cell | None:
    """The next cell to hide, or None when nothing more is needed or possible."""
    for line in _weak_lines(cells, hidden, minimum):
        candidates = [
            cell
            for cell, people in cells.items()
            if cell not in hidden and cell[line[0]] == line[1]
        ]
        if candidates:
            # An empty cell protects nobody's number, but when it is all that is left, a shown
            # "nobody" would give its neighbours away.
            return min(candidates, key=lambda cell: (cells[cell] == 0, cells[cell], str(cell)))
    return None


def _weak_lines(cells: Mapping[Cell, int], hidden: set[Cell], minimum: int) -> Iterator[Line]:
    for line, members in sorted(_lines(hidden).items(), key=lambda item: str(item[0])):
        if len(members) == 1 or sum(cells[cell] for cell in members) < minimum:
            yield line
    for row, column in sorted(_bridges(hidden), key=str):
        if not may_show(cells[row, column], minimum):
            yield (0, row)
            yield (1, column)


def _lines(hidden: set[Cell] | frozenset[Cell]) -> dict[Line, list[Cell]]:
    lines: dict[Line, list[Cell]] = defaultdict(list)
    for cell in hidden:
        lines[0, cell[0]].append(cell)
        lines[1, cell[1]].append(cell)
    return lines


def _bridges(hidden: set[Cell] | frozenset[Cell]) -> frozenset[Cell]:
    """Hidden cells that lie on no cycle of hidden cells: each is fixed by the totals."""
    return frozenset(cell for cell in hidden if not _joined_without(hidden, cell))


def _joined_without(hidden: set[Cell] | frozenset[Cell], cell: Cell) -> bool:
    """Whether row and column of `cell` are still joined when it is taken away."""
    lines = _lines(hidden - {cell})
    goal: Line = (1, cell[1])
    seen: set[Line] = {(0, cell[0])}
    ahead = list(seen)
    while ahead:
        side, name = ahead.pop()
        for other in lines.get((side, name), ()):
            step: Line = (1 - side, other[1 - side])
            if step == goal:
                return True
            if step not in seen:
                seen.add(step)
                ahead.append(step)
    return False
