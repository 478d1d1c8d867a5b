"""Reading columns out of CSV (also gzipped) and Parquet files, with refusals that name the cell."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from wellheard.measures.errors import (
    DatesOutOfOrder,
    EmptyData,
    MeasureError,
    NotNumeric,
    UnknownColumn,
)

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats

# What statistics programs write for "no answer".
MISSING = frozenset({"", ".", "NA"})


def read_texts(path: Path, columns: Sequence[str]) -> dict[str, list[str]]:
    """Return the named columns of a file as text. Raises UnknownColumn or EmptyData."""
    if path.suffix.lower() in (".parquet", ".pq"):
        return _parquet_texts(path, columns)
    with opened_text(path) as file:
        reader = csv.reader(file)
        header = _header(reader, path)
        places = [_place(column, header, path) for column in columns]
        kept: list[list[str]] = [[] for _ in columns]
        # Answers repeat: one object per different text keeps ten million rows in memory.
        same: dict[str, str] = {}
        for row in _rows(reader, header):
            for target, place in zip(kept, places, strict=True):
                text = row[place].strip()
                target.append(same.setdefault(text, text))
    return dict(zip(columns, kept, strict=True))


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield each row of a CSV file as column name to text."""
    with opened_text(path) as file:
        reader = csv.reader(file)
        header = _header(reader, path)
        for row in _rows(reader, header):
            yield dict(zip(header, row, strict=True))


def numbers(texts: Sequence[str], column: str, *, lines: Sequence[int] | None = None) -> Floats:
    """Return texts as floats, NaN for a missing cell. Raises NotNumeric with the line.

    `lines` gives each text's line in the file when some lines were left out.
    """
    import numpy as np

    # Answers repeat, so each different text is read once.
    known = {}
    for text in dict.fromkeys(texts):
        try:
            known[text] = np.nan if text in MISSING else _number(text)
        except ValueError:
            place = texts.index(text)
            line = place + 2 if lines is None else lines[place]
            raise NotNumeric(column, f"line {line} holds {text[:20]!r}, not a number") from None
    return np.fromiter(map(known.__getitem__, texts), dtype=np.float64, count=len(texts))


def require_ascending(texts: Sequence[str], column: str) -> None:
    """Raise unless the texts are ISO dates or moments, each later than the one before."""
    before: datetime | None = None
    for line, text in enumerate(texts, start=2):
        try:
            now = datetime.fromisoformat(text)
            late = before is None or now > before
        except (ValueError, TypeError):
            raise NotNumeric(column, f"line {line} holds no date like 2026-01-31") from None
        if not late:
            raise DatesOutOfOrder(column, f"line {line} is not later than the line before")
        before = now


@contextmanager
def opened_text(path: Path) -> Iterator[TextIO]:
    """Open a text file or its gzipped form as UTF-8 (a byte order mark is skipped)."""
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as packed:
                yield packed
        else:
            with path.open(encoding="utf-8-sig", newline="") as plain:
                yield plain
    except UnicodeDecodeError:
        raise MeasureError(path.name, "is not UTF-8 text") from None
    except (gzip.BadGzipFile, EOFError):
        raise MeasureError(path.name, "is not a whole gzip file") from None
    except csv.Error as error:
        raise MeasureError(path.name, f"is not a readable CSV file ({error})") from None


def _number(text: str) -> float:
    value = float(text)
    # float() reads "nan" and "inf", which in a data file are mistakes, not answers.
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError
    return value


def _header(reader: Iterator[list[str]], path: Path) -> list[str]:
    header = next(reader, None)
    if not header:
        raise EmptyData(path.name, "is empty")
    return [name.strip() for name in header]


def _rows(reader: Iterator[list[str]], header: list[str]) -> Iterator[list[str]]:
    for line, row in enumerate(reader, start=2):
        if not row:
            continue
        if len(row) != len(header):
            raise MeasureError(
                f"line {line}", f"has {len(row)} cells, but the header has {len(header)}"
            )
        yield row


def _place(column: str, header: list[str], path: Path) -> int:
    if column not in header:
        raise UnknownColumn(column, f"is not a column of {path.name}")
    return header.index(column)


def _parquet_texts(path: Path, columns: Sequence[str]) -> dict[str, list[str]]:
    try:
        parquet = import_module("pyarrow.parquet")
    except ImportError:
        raise MeasureError(
            path.name, "reading Parquet needs the pyarrow package; install it or use CSV"
        ) from None
    try:
        known = parquet.read_schema(path).names
    except (OSError, ValueError):
        raise MeasureError(path.name, "is not a readable Parquet file") from None
    for column in columns:
        if column not in known:
            raise UnknownColumn(column, f"is not a column of {path.name}")
    table = parquet.read_table(path, columns=list(columns))
    return {
        column: ["" if value is None else str(value) for value in table[column].to_pylist()]
        for column in columns
    }
