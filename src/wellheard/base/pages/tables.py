"""Tables that people take along for a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from django.http import HttpResponse

# A cell that a spreadsheet would run begins with one of these; a number may.
_RUNS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: an apostrophe keeps such a text a text."""
    if isinstance(cell, str) and cell.startswith(_RUNS) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The columns and the rows as CSV, every cell harmless."""
    text = StringIO(newline="")
    table = csv.writer(text)
    table.writerow(columns)
    table.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The same as a file to be kept under ``name``."""
    return HttpResponse(
        csv_text(columns, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
