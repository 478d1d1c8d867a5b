"""Reading a table out of a file's bytes: CSV in any usual delimiter, plain or gzipped, or XLSX.

Pure: bytes in, rows with their line numbers out. Nothing of a file is believed: sizes, packing
ratio, encoding and shape are checked, and cells are text (a formula stays the text it is).
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

csv.field_size_limit(10_000_000)

_FAR_TOO_MUCH = "the archive unpacks to far more than it should; send it unpacked"
_PLACE_IN_SHEET = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})(\d{1,8})["']""")
_READ_AT_ONCE = 1 << 20


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

    def portions(self, size: int) -> Iterator[Sequence[Row]]:
        """The records, some at a time."""
        for start in range(0, len(self.rows), size):
            yield self.rows[start : start + size]


@dataclass(frozen=True, slots=True)
class Stream:
    """A file that is read as it is used, once: a million rows need no room all at the same time."""

    header: tuple[str, ...]
    rows: Iterator[Row]

    def portions(self, size: int) -> Iterator[Sequence[Row]]:
        """The records, some at a time. Raises FileRefusedError where the file is faulty."""
        count = 0
        while some := list(islice(self.rows, size)):
            count += len(some)
            if count > limits()["most_rows"]:
                raise FileRefusedError(_too_many_rows())
            yield some


@cache
def limits() -> dict[str, Any]:
    """The limits in force, from versioned data."""
    page = files("wellheard.interop.csvfiles") / "limits-2026-11.json"
    found: dict[str, Any] = json.loads(page.read_text("utf-8"))
    return found


def read_table(data: bytes) -> Table:
    """The table in ``data``. Raises FileRefusedError."""
    stream = open_table(data)
    # Portions count, so that a file of endless rows never fills the memory.
    return Table(stream.header, tuple(row for some in stream.portions(10_000) for row in some))


def open_table(data: bytes) -> Stream:
    """The heading of the table in ``data``, and its records to come. Raises FileRefusedError."""
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
        raise FileRefusedError(_FAR_TOO_MUCH)
    return out


def _text(data: bytes) -> str:
    """The file as text. UTF-8 (with or without mark) or UTF-16 with a mark; nothing is guessed."""
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        _refuse_null_bytes(data)
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileRefusedError(
            f"line {line} is not in the UTF-8 encoding; save the file as CSV UTF-8 and try again"
        ) from error


def _refuse_null_bytes(data: bytes) -> None:
    where = data.find(b"\x00")
    if 0 <= where < 4096:
        raise FileRefusedError("the file is not a text table: save it as CSV (UTF-8) or XLSX")
    if where > 0:
        line = data[:where].count(b"\n") + 1
        raise FileRefusedError(f"line {line} holds a null byte, so the file was damaged on its way")


def _lines(text: str) -> Iterator[Row]:
    # Strict: a quote that is never closed would swallow every row after it without a word.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    before = 0
    try:
        for cells in reader:
            yield Row(before + 1, cells)
            before = reader.line_num
    except csv.Error as error:
        raise FileRefusedError(f"line {before + 1} cannot be read: {_why(error)}") from error


def _why(error: csv.Error) -> str:
    if "end of data" in str(error):
        return "its quotation mark is never closed"
    if "expected after" in str(error):
        return "a quotation mark inside a quoted cell must be doubled"
    return "a cell is far too long"


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
    """Unpack once, counting: sizes that an archive tells of itself may be lies."""
    most = min(
        limits()["largest_unpacked_bytes"], len(data) * limits()["most_unpacked_times"] + 65_536
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_other_archives(set(archive.namelist()))
            for entry in archive.infolist():
                most -= _measured(archive, entry, most)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError) as error:
        raise FileRefusedError("the file is a damaged or locked archive") from error


def _refuse_other_archives(names: set[str]) -> None:
    is_workbook = {"[Content_Types].xml", "xl/workbook.xml"} <= names
    if not is_workbook or names & {"xl/workbook.bin", "content.xml"}:
        raise FileRefusedError("the archive is not a spreadsheet: unpack it and send the CSV")


def _measured(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> int:
    """The real size of an entry. Raises FileRefusedError beyond ``most``, or for cells so far
    apart that the empty ones between them would fill the memory."""
    entry.file_size = most + 1
    del entry.CRC  # told for the size that was claimed, so it says nothing here
    size, tail, extent = 0, b"", _Extent()
    with archive.open(entry) as stream:
        while part := stream.read(_READ_AT_ONCE):
            size += len(part)
            if size > most:
                raise FileRefusedError(_FAR_TOO_MUCH)
            if entry.filename.startswith("xl/worksheets/"):
                extent.grow(tail + part)
                tail = part[-64:]
    return size


class _Extent:
    """How far a sheet's cells reach; the reader makes every empty cell between them."""

    def __init__(self) -> None:
        self._rows, self._columns = 1, 1

    def grow(self, part: bytes) -> None:
        """Take in some of the sheet. Raises FileRefusedError when it reaches too far."""
        for letters, digits in _PLACE_IN_SHEET.findall(part):
            self._rows = max(self._rows, int(digits))
            self._columns = max(self._columns, _column(letters))
        if self._rows > limits()["most_rows"] + 1:
            raise FileRefusedError(_too_many_rows())
        if self._columns > limits()["most_columns"]:
            raise FileRefusedError(_too_many_columns())
        if self._rows * self._columns > limits()["most_sheet_cells"]:
            raise FileRefusedError("the spreadsheet is too large: save it as CSV UTF-8")


def _column(letters: bytes) -> int:
    """The number of a column by its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if value is not None else ""


def _checked(rows: Iterator[Row]) -> Stream:
    head = next(rows, None)
    header = tuple(cell.strip() for cell in head.cells) if head else ()
    if not any(header):
        raise FileRefusedError("the first line must name the columns")
    if len(header) > limits()["most_columns"]:
        raise FileRefusedError(_too_many_columns())
    _refuse_twins(header)
    spoken = (row for row in rows if any(map(str.strip, row.cells)))
    return Stream(header, (_fitting(row, len(header)) for row in spoken))


def _fitting(row: Row, width: int) -> Row:
    """A row no wider than the heading: words after a bare comma must not get lost unseen."""
    if len(row.cells) > width and any(cell.strip() for cell in row.cells[width:]):
        raise FileRefusedError(
            f"line {row.line} has {len(row.cells)} cells, the heading has {width}; "
            "put text that holds the separator into quotation marks"
        )
    return row


def _too_many_rows() -> str:
    return f"there are more than {limits()['most_rows']:,} rows; split the file"


def _too_many_columns() -> str:
    return f"there are more than {limits()['most_columns']} columns"


def _refuse_twins(header: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in header:
        if name and name.casefold() in seen:
            raise FileRefusedError(f"two columns are named {name!r}; give each its own name")
        seen.add(name.casefold())


def _megabytes(name: str) -> int:
    return int(limits()[name]) // 1_000_000
