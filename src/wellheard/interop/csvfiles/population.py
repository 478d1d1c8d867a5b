"""Reading a population file: who lives in the area, by group."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

from wellheard.understand.equity.actions import NewPopulation

COLUMNS = ("attribute", "group", "people", "as_of", "source")
_MOST = 20


class PopulationFileError(ValueError):
    """The file cannot be taken; the message names lines and reasons."""


def read_population(data: bytes) -> list[NewPopulation]:
    """The rows of a UTF-8 CSV file, whole or not at all. Raises PopulationFileError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PopulationFileError("the file is not UTF-8 text") from None
    reader = csv.DictReader(StringIO(text))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise PopulationFileError(f"line 1: columns are missing: {', '.join(missing)}")
    rows, faults = [], []
    for row in reader:
        try:
            rows.append(_row(row))
        except ValueError as error:
            faults.append(f"line {reader.line_num}: {error}")
    if faults:
        raise PopulationFileError("\n".join(faults[:_MOST]))
    if not rows:
        raise PopulationFileError("the file has no rows")
    return rows


def _row(row: dict[str, str | None]) -> NewPopulation:
    given = {name: (row[name] or "").strip() for name in COLUMNS}
    if not given["group"] or not given["source"]:
        raise ValueError("group and source: say which group and who counted")
    if not given["people"].isdecimal():
        raise ValueError("people: is not a whole number")
    if int(given["people"]) > 2_000_000_000:
        raise ValueError("people: is more than live on the earth")
    try:
        as_of = date.fromisoformat(given["as_of"])
    except ValueError:
        raise ValueError("as_of: is not a date like 2025-07-01") from None
    return NewPopulation(
        given["attribute"], given["group"][:80], int(given["people"]), as_of, given["source"][:200]
    )
