"""Reading a table out of a file's bytes: CSV in any usual delimiter, plain or gzipped, or XLSX.

Pure: bytes in, rows with their line numbers out. Nothing of a file is believed: sizes, packing
ratio, encoding and shape are checked, and cells are text (a formula stays the text it is).
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

csv.field_size_limit(10_000_000)


class FileRefusedError(Exception):
    """A file that cannot be read; the message says why and what to do, in one line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line it begins on in the file (the header is line 1) and its cells."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's heading and its records."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


@cache
def limits() -> dict[str, Any]:
    """The limits in force, from versioned data."""
    page = files("wellheard.interop.csvfiles") / "limits-2026-11.json"
    found: dict[str, Any] = json.loads(page.read_text("utf-8"))
    return found


def read_table(data: bytes) -> Table:
    """The table in ``data``. Raises FileRefusedError."""
    if len(data) > limits()["largest_file_bytes"]:
        raise FileRefusedError(f"the file is larger than {_megabytes('largest_file_bytes')} MB")
    if not data.strip():
        raise FileRefusedError("the file is empty")
    if data[:2] == b"\x1f\x8b":
        data = _unzipped(data)
    if data[:4] == b"PK\x03\x04":
        return _checked(_sheet(data))
    return _checked(_lines(_text(data)))


def _unzipped(data: bytes) -> bytes:
    ceiling = min(
        limits()["largest_unpacked_bytes"], len(data) * limits()["most_unpacked_times"] + 65_536
    )
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            out = file.read(ceiling + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefusedError("the file is a damaged .gz archive") from error
    if len(out) > ceiling:
        raise FileRefusedError("the archive unpacks to far more than it should; send it unpacked")
    return out


def _text(data: bytes) -> str:
    """The file as text. UTF-8 (with or without mark) or UTF-16 with a mark; nothing is guessed."""
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        if b"\x00" in data[:4096]:
            raise FileRefusedError("the file is not a text table: save it as CSV (UTF-8) or XLSX")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileRefusedError(
            f"line {line} is not in the UTF-8 encoding; save the file as CSV UTF-8 and try again"
        ) from error


def _lines(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    before = 0
    try:
        for cells in reader:
            yield Row(before + 1, cells)
            before = reader.line_num
    except csv.Error as error:
        raise FileRefusedError(f"line {reader.line_num} cannot be read: {error}") from error


def _delimiter(text: str) -> str:
    """The separator that the heading uses most."""
    head = text.split("\n", 1)[0]
    return max(",;\t|", key=head.count)


def _sheet(data: bytes) -> Iterator[Row]:
    _refuse_bomb(data)
    # Only spreadsheets pay for the reader's import.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        values = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError) as error:
        raise FileRefusedError("the spreadsheet cannot be read: save it as CSV UTF-8") from error
    for number, cells in enumerate(values, start=1):
        yield Row(number, [_cell(value) for value in cells])


def _refuse_bomb(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        raise FileRefusedError("the file is a damaged archive") from error
    most = min(limits()["largest_unpacked_bytes"], len(data) * limits()["most_unpacked_times"])
    if unpacked > most:
        raise FileRefusedError("the archive unpacks to far more than it should; send it unpacked")
    if "[Content_Types].xml" not in names:
        raise FileRefusedError("the archive is not a spreadsheet: unpack it and send the CSV")


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if value is not None else ""


def _checked(rows: Iterator[Row]) -> Table:
    head = next(rows, None)
    header = tuple(cell.strip() for cell in head.cells) if head else ()
    if not any(header):
        raise FileRefusedError("the first line must name the columns")
    if len(header) > limits()["most_columns"]:
        raise FileRefusedError(f"there are more than {limits()['most_columns']} columns")
    _refuse_twins(header)
    kept = tuple(row for row in rows if any(cell.strip() for cell in row.cells))
    if len(kept) > limits()["most_rows"]:
        raise FileRefusedError(f"there are more than {limits()['most_rows']:,} rows; split the file")
    return Table(header, kept)


def _refuse_twins(header: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in header:
        if name and name.casefold() in seen:
            raise FileRefusedError(f"two columns are named {name!r}; give each its own name")
        seen.add(name.casefold())


def _megabytes(name: str) -> int:
    return int(limits()[name]) // 1_000_000
