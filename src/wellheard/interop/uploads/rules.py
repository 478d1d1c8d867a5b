"""Pure: what a file would bring, seen before anything is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wellheard.interop.csvfiles.codec import Table
from wellheard.interop.csvfiles.rules import Fault, Layout, Reading

_SAMPLES = 3
_PREVIEWED = 5


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file and the first words that stand in it."""

    name: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What was read: the first rows (line, and each cell with its column), how many, the faults."""

    names: tuple[str, ...]
    rows: tuple[tuple[int, tuple[tuple[str, str], ...]], ...]
    ready: int
    empty: int
    faults: tuple[Fault, ...]
    remarks: tuple[Fault, ...] = ()


def columns_of(table: Table) -> list[Column]:
    """Every named column with its first filled cells."""
    return [Column(name, tuple(_filled(table, at))) for at, name in enumerate(table.header) if name]


def _filled(table: Table, at: int) -> Iterable[str]:
    found = 0
    for row in table.rows:
        cell = row.cells[at].strip() if at < len(row.cells) else ""
        if cell:
            found += 1
            yield cell
        if found == _SAMPLES:
            return


def preview(table: Table, layout: Layout, reading: Reading) -> Preview:
    """The first rows as they stand in the file, in the order of our columns."""
    where = {ours: table.header.index(theirs) for ours, theirs in layout.used.items()}
    shown = [
        (row.line, tuple((name, _cell(row.cells, at)) for name, at in where.items()))
        for row in table.rows[:_PREVIEWED]
    ]
    faults = sorted(reading.faults, key=lambda fault: fault.line)
    remarks = tuple(getattr(reading, "remarks", ()))
    ready = len(reading.rows)
    return Preview(tuple(where), tuple(shown), ready, reading.empty, tuple(faults), remarks)


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""


def used_of(chosen: Mapping[str, object]) -> dict[str, str]:
    """What a form says of the columns, without those that nothing serves."""
    return {ours: str(theirs) for ours, theirs in chosen.items() if theirs}


def served_twice(used: Mapping[str, str]) -> list[str]:
    """Columns of the file that were chosen for two of ours."""
    chosen = list(used.values())
    return sorted({name for name in chosen if chosen.count(name) > 1})
