"""Label a CSV file in chunks: rows stay in order, the labels are added as columns."""

from __future__ import annotations

import csv
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Final

from wellheard.measures.text.engine import Engine
from wellheard.measures.text.labelled import Labelled

ADDED: Final = ("themes", "sentiment", "urgent", "language", "masked_text", "confidence")
KEPT_SUFFIX: Final = "_given"
_CHUNK: Final = 2_000
_LONGEST_FIELD: Final = 10_000_000


class BadFileError(ValueError):
    """A file that cannot be labelled; the message is one line for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns to read; None where the file has none."""

    text: str
    question: str | None = None
    language: str | None = None


@dataclass(slots=True)
class Summary:
    """What was done: rows, urgent rows, languages, themes, seconds, and renamed columns."""

    rows: int = 0
    urgent: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    themes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    renamed: Mapping[str, str] = field(default_factory=dict)

    def add(self, labelled: Labelled) -> None:
        """Count one comment."""
        self.rows += 1
        self.urgent += labelled.urgent
        self.languages[labelled.language.code] += 1
        self.themes.update(labelled.theme_codes)


def label_file(
    engine: Engine, source: Path, out: Path, columns: Columns, *, encoding: str = "utf-8-sig"
) -> Summary:
    """Write `out` with the rows of `source` and the columns of ADDED.

    A column of the file that has one of those names is kept as `<name>_given`. `out` appears whole
    or not at all. Raises BadFileError for a file that cannot be read as such.
    """
    began = time.monotonic()
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with source.open(encoding=encoding, newline="") as read, _written_whole(out) as write:
            summary = _label_rows(engine, _Reader(source.name, read, columns), write)
    except UnicodeDecodeError as error:
        raise BadFileError(f"{source.name}: is not {_plain_name(encoding)} text") from error
    except OSError as error:
        raise BadFileError(f"{error.filename or out}: {error.strerror}") from error
    summary.seconds = round(time.monotonic() - began, 3)
    return summary


def _plain_name(encoding: str) -> str:
    return "UTF-8" if encoding == "utf-8-sig" else encoding


class _written_whole:
    """A text file that takes its name only when everything was written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: IO[str] | None = None

    def __enter__(self) -> IO[str]:
        number, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
        self._draft = Path(name)
        self._handle = os.fdopen(number, "w", encoding="utf-8", newline="")
        return self._handle

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._handle is not None:
            self._handle.close()
        if kind is None:
            self._draft.replace(self._path)
        else:
            self._draft.unlink(missing_ok=True)


class _Reader:
    """Rows of a CSV file, checked against its header."""

    def __init__(self, name: str, handle: IO[str], columns: Columns) -> None:
        self._name = name
        self._rows = csv.reader(handle, strict=True)
        self.header = self._read_header()
        self._text = self._index(columns.text)
        self._question = self._index(columns.question)
        self._language = self._index(columns.language)

    def _read_header(self) -> list[str]:
        header = self._next()
        if not header:
            raise BadFileError(f"{self._name}: is empty")
        return header

    def _index(self, column: str | None) -> int | None:
        if column is None:
            return None
        if column not in self.header:
            there = ", ".join(self.header[:20])
            raise BadFileError(f"{self._name}: has no column {column!r}; its columns are {there}")
        return self.header.index(column)

    def __iter__(self) -> Iterator[list[str]]:
        while (row := self._next()) is not None:
            if row and len(row) != len(self.header):
                where = f"{self._name}, line {self._rows.line_num}"
                raise BadFileError(f"{where}: {len(row)} fields, header has {len(self.header)}")
            if row:
                yield row

    def _next(self) -> list[str] | None:
        try:
            return next(self._rows, None)
        except csv.Error as error:
            line = self._rows.line_num
            raise BadFileError(f"{self._name}, line {line}: not valid CSV ({error})") from error

    def texts(self, rows: Sequence[Sequence[str]]) -> list[str]:
        """The comments."""
        return [row[self._text or 0] for row in rows]

    def questions(self, rows: Sequence[Sequence[str]]) -> list[str | None] | None:
        """The questions asked, where the file has them."""
        return _column(rows, self._question)

    def languages(self, rows: Sequence[Sequence[str]]) -> list[str | None] | None:
        """The languages given, where the file has them."""
        return _column(rows, self._language)


def _column(rows: Sequence[Sequence[str]], index: int | None) -> list[str | None] | None:
    return None if index is None else [row[index] or None for row in rows]


def _label_rows(engine: Engine, reader: _Reader, handle: IO[str]) -> Summary:
    kept = [name + KEPT_SUFFIX if name in ADDED else name for name in reader.header]
    changed = zip(reader.header, kept, strict=True)
    summary = Summary(renamed={old: new for old, new in changed if old != new})
    writer = csv.writer(handle, lineterminator="\n")
    writer.writerow([*kept, *ADDED])
    rows = iter(reader)
    while chunk := list(islice(rows, _CHUNK)):
        found = engine.label(
            reader.texts(chunk),
            questions=reader.questions(chunk),
            languages=reader.languages(chunk),
        )
        for row, labelled in zip(chunk, found, strict=True):
            summary.add(labelled)
            writer.writerow([*row, *_cells(labelled)])
    return summary


def _cells(labelled: Labelled) -> tuple[str | int | float, ...]:
    return (
        ";".join(labelled.theme_codes),
        labelled.sentiment,
        int(labelled.urgent),
        labelled.language.code,
        labelled.masked_text,
        labelled.confidence,
    )
