"""Reading a file of discharges: every row is taken, or refused with its line and column."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from wellheard.measures.errors import EmptyData, UnknownColumn
from wellheard.measures.files import opened_text

_COLUMNS = Path(__file__).with_name("columns-2026-11.json")
# ICD-9-CM: 428, 250.83, V57, E885
_DIAGNOSIS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?|V[0-9]{2}(\.[0-9]{1,2})?|E[0-9]{3}(\.[0-9])?")
_KEY = re.compile(r"[A-Za-z0-9._-]{1,40}")
_LONGEST_TEXT = 80

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row was refused: its line in the file, the column, the reason."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discharges:
    """What a file held. ``lines[i]`` is the line of ``rows[i]``; ``left_out``: lines of people
    who died or went to a hospice, who cannot be readmitted."""

    rows: list[Row]
    lines: list[int]
    faults: list[Fault]
    left_out: list[int]


@dataclass(slots=True)
class _Seen:
    keys: dict[str, int] = field(default_factory=dict)


@cache
def columns() -> Mapping[str, Any]:
    """The columns, their codes and plausible ranges: versioned data."""
    page: Mapping[str, Any] = json.loads(_COLUMNS.read_text("utf-8"))
    return page


def needed_columns(*, outcome: bool) -> list[str]:
    """The columns a file must have."""
    known = columns()
    names = [known["key"], known["patient"], *known["codes"], *known["numbers"]]
    names += [*known["texts"], *known["diagnoses"]]
    return [*names, known["outcome"]["column"]] if outcome else names


def read_discharges(path: Path, *, outcome: bool) -> Discharges:
    """Read a CSV file (also gzipped). Raises UnknownColumn naming every missing column, EmptyData.

    With `outcome` the column of what happened is needed too.
    """
    with opened_text(path) as file:
        reader = csv.reader(file)
        header = [name.strip() for name in next(reader, [])]
        if not header:
            raise EmptyData(path.name, "is empty")
        _require(header, path, outcome=outcome)
        found = Discharges([], [], [], [])
        seen = _Seen()
        for line, row, fault in _checked(reader, header, seen, outcome=outcome):
            if fault is not None:
                found.faults.append(fault)
            elif cannot_return(row):
                found.left_out.append(line)
            else:
                found.rows.append(row)
                found.lines.append(line)
    return found


def cannot_return(row: Row) -> bool:
    """Whether the person died or went to a hospice."""
    rule = columns()["cannot_return"]
    return row[rule["column"]] in rule["values"]


def was_readmitted(row: Row) -> bool:
    """Whether the person came back within 30 days."""
    rule = columns()["outcome"]
    return bool(row[rule["column"]] == rule["event"])


def _require(header: list[str], path: Path, *, outcome: bool) -> None:
    missing = [name for name in needed_columns(outcome=outcome) if name not in header]
    if missing:
        raise UnknownColumn(", ".join(missing), f"not among the columns of {path.name}")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise UnknownColumn(", ".join(twice), f"stands twice in the header of {path.name}")


def _checked(
    reader: Iterator[list[str]], header: list[str], seen: _Seen, *, outcome: bool
) -> Iterator[tuple[int, Row, Fault | None]]:
    for line, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            why = f"has {len(cells)} cells, but the header has {len(header)}"
            yield line, {}, Fault(line, "", why)
            continue
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        wrong = fault_of(row, outcome=outcome) or _repeated(row, line, seen)
        yield line, row, Fault(line, *wrong) if wrong else None


def fault_of(row: Row, *, outcome: bool) -> tuple[str, str] | None:
    """(column, reason) of the first thing wrong with a row; None when it can be used."""
    known = columns()
    for name in (known["key"], known["patient"]):
        if not _KEY.fullmatch(row[name]):
            return name, "needs a number or code of at most 40 letters and digits"
    for name, codes in known["codes"].items():
        if wrong := _code_fault(name, row[name], codes):
            return name, wrong
    for name, (low, high) in known["numbers"].items():
        if wrong := _number_fault(row[name], low, high):
            return name, wrong
    for name in known["diagnoses"]:
        if row[name] != known["missing"] and not _DIAGNOSIS.fullmatch(row[name]):
            return name, "is no ICD-9 code such as 428 or 250.83 (write ? when there is none)"
    for name in known["texts"]:
        if not row[name] or len(row[name]) > _LONGEST_TEXT:
            return name, "is empty or too long (write ? when it is not known)"
    if outcome and row[known["outcome"]["column"]] not in known["outcome"]["values"]:
        return known["outcome"]["column"], "must be one of <30, >30, NO"
    return None


def _code_fault(name: str, cell: str, codes: list[str]) -> str:
    known = columns()
    if cell in codes or (cell == known["missing"] and name in known["may_be_missing"]):
        return ""
    shown = ", ".join(codes) if len(codes) <= 8 else f"{codes[0]} to {codes[-1]}"
    return f"is not a known code ({shown})"


def _number_fault(cell: str, low: int, high: int) -> str:
    if not re.fullmatch(r"-?[0-9]{1,9}", cell):
        return "is not a whole number"
    if not low <= int(cell) <= high:
        return f"must lie between {low} and {high}"
    return ""


def _repeated(row: Row, line: int, seen: _Seen) -> tuple[str, str] | None:
    key = columns()["key"]
    first = seen.keys.setdefault(row[key], line)
    return None if first == line else (key, f"was given on line {first} already")
