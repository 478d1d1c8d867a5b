"""Writing hundreds of thousands of rows at once, past the ORM's cost per object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from wellheard.understand.facts.models import Fact

COLUMNS = (
    "organisation_id", "place_id", "response_id", "comment_id", "item", "version", "value",
    "month", "day", "touchpoint_id", "mode", "helped", "language", "age_band", "sex", "ethnicity",
    "payer",
)  # fmt: skip
FactRow = tuple[Any, ...]


def insert_facts(rows: Sequence[FactRow]) -> None:
    """Insert rows in the order of COLUMNS, inside the caller's transaction."""
    table = connection.ops.quote_name(Fact._meta.db_table)
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(COLUMNS))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608  (fixed names)
