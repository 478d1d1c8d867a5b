"""Keeping very many rows at once, in one statement the database prepares once.

Django's bulk_create builds its SQL anew for every few dozen rows on SQLite; here sixty thousand
rows take about a second on either database.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import repeat
from typing import Any

from django.db import connection, models

Row = Mapping[str, Any]
# Their Python values are what the database takes; asking the field for each would cost seconds.
PLAIN = (models.CharField, models.BooleanField, models.IntegerField, models.ForeignKey)

_REMEMBERED = 50_000
_ROOMY = -262_144  # KiB
# So many rows into an empty table are worth taking its indexes down for.
_MANY = 50_000


def insert_rows(model: type[models.Model], rows: Sequence[Row]) -> list[int]:
    """Keep rows (attname to value; absent: the field's default) and return their new ids.

    Must run inside a transaction. Values are not validated: the caller has read them.
    """
    if not rows:
        return []
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    takes = [_taker(field) for field in fields]
    ids = _reserve_ids(model, len(rows))
    lines = ((pk, *(take(row) for take in takes)) for pk, row in zip(ids, rows, strict=True))
    primary_key = model._meta.pk
    columns = [primary_key.column, *(field.column for field in fields)]
    _write(model._meta.db_table, [str(column) for column in columns], lines)
    return ids


def insert_objects(objects: Sequence[models.Model]) -> list[int]:
    """Keep unsaved objects of one model as `insert_rows` does, and return their ids."""
    if not objects:
        return []
    model = type(objects[0])
    names = [f.attname for f in model._meta.local_concrete_fields if not f.primary_key]
    return insert_rows(model, [{name: getattr(each, name) for name in names} for each in objects])


@contextmanager
def roomy(*models: type[models.Model], rows: int = 0) -> Iterator[None]:
    """While a million rows go in, SQLite keeps more of its pages in memory; ``models`` whose
    tables are empty get their indexes afterwards, when ``rows`` to come are many.

    Must run inside the transaction that keeps the rows: whoever reads meanwhile sees neither.
    PostgreSQL's indexes stay: dropping one would keep readers out.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = {_ROOMY}")
        try:
            later = [] if rows < _MANY else _taken_down(cursor, models)
            yield
            # After a fault the transaction is undone, and the indexes with it.
            for statement in later:
                cursor.execute(statement)
        finally:
            cursor.execute(f"PRAGMA cache_size = {int(usual)}")


def _taken_down(cursor: Any, models: Sequence[type[models.Model]]) -> list[str]:
    """Drop the plain indexes of empty tables; the statements that make them again."""
    made_again: list[str] = []
    for model in models:
        table = model._meta.db_table
        quoted = connection.ops.quote_name(table)
        if cursor.execute(f"SELECT 1 FROM {quoted} LIMIT 1").fetchone():  # noqa: S608  (a model's name)
            continue
        found = cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s"
            " AND sql LIKE 'CREATE INDEX %%'",  # what must be unique is watched all the time
            [table],
        ).fetchall()
        for name, statement in found:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
            made_again.append(statement)
    return made_again


def insert_columns(
    model: type[models.Model], columns: Mapping[str, Iterable[Any]], count: int
) -> list[int]:
    """Keep ``count`` rows given as columns (attname to values; absent: the field's default).

    Three times as quick as `insert_rows`: no row is ever a mapping. JSON columns hold JSON text.
    Must run inside a transaction. Values are not validated. Returns the new ids.
    """
    if not count:
        return []
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    ids = _reserve_ids(model, count)
    prepared = [_prepared(field, columns) for field in fields]
    primary_key = model._meta.pk
    names = [primary_key.column, *(field.column for field in fields)]
    _write(model._meta.db_table, [str(name) for name in names], zip(ids, *prepared, strict=False))
    return ids


def _prepared(field: models.Field[Any, Any], columns: Mapping[str, Iterable[Any]]) -> Iterable[Any]:
    """A column as the database takes it; endless when every row has the default."""
    if field.attname not in columns:
        return repeat(field.get_db_prep_save(field.get_default(), connection=connection))
    values = columns[field.attname]
    if isinstance(field, (*PLAIN, models.JSONField)):
        return values
    if isinstance(values, repeat):
        return repeat(field.get_db_prep_save(next(iter(values)), connection=connection))
    return map(_Prepared(field).__getitem__, values)


class _Prepared(dict[Any, Any]):
    """Values of one field as the database takes them; a file repeats its moments."""

    def __init__(self, field: models.Field[Any, Any]) -> None:
        super().__init__()
        # A moment by the short way: a million of them are different.
        self._prepare: Callable[[Any], Any] = (
            _moment
            if isinstance(field, models.DateTimeField)
            else partial(field.get_db_prep_save, connection=connection)
        )

    def __missing__(self, value: Any) -> Any:
        ready = self._prepare(value)
        if len(self) < _REMEMBERED:
            self[value] = ready
        return ready


def _moment(value: datetime | None) -> Any:
    if value is None or connection.vendor != "sqlite":
        return connection.ops.adapt_datetimefield_value(value)
    return str(value.astimezone(UTC))[: -len("+00:00")]


def _taker(field: models.Field[Any, Any]) -> Callable[[Row], Any]:
    name, default = field.attname, field.get_default
    if isinstance(field, PLAIN):
        return lambda row: row[name] if name in row else default()
    if getattr(field, "sealed", False):  # no two rows may carry the same sealed text
        ready = field.get_prep_value
        return lambda row: ready(row[name] if name in row else default())
    prepared: dict[Any, Any] = {}
    # Either database takes JSON as text; through the field each value would cost thirty times more.
    as_json = (getattr(field, "encoder", None) or json.JSONEncoder)()

    def take(row: Row) -> Any:
        value = row[name] if name in row else default()
        if isinstance(value, dict | list):
            return as_json.encode(value)
        if value not in prepared:  # a batch repeats its moments, its id, its ratings
            prepared[value] = field.get_db_prep_save(value, connection=connection)
        return prepared[value]

    return take


def _reserve_ids(model: type[models.Model], count: int) -> list[int]:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, str(model._meta.pk.column), count],
            )
            return [row[0] for row in cursor.fetchall()]
        # SQLite: the open transaction holds the only write lock, and AUTOINCREMENT never goes back.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
        first = (last[0] if last else 0) + 1
        return list(range(first, first + count))


def _write(table: str, columns: Sequence[str], lines: Any) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
            return
        holes = ", ".join(["%s"] * len(columns))
        # S608: the names come from the model, never from input
        statement = f"INSERT INTO {quote(table)} ({names}) VALUES ({holes})"  # noqa: S608
        cursor.executemany(statement, lines)
