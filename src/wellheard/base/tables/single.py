"""Keeping one new row by a statement that is written once for its model.

Django's query builder spends ten times longer on such a statement than the database does, and what
somebody waits for (an answer, a comment, its audit row and its event) is four of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from django.db import connection, models

from wellheard.base.tables.bulk import PLAIN

_Ready = Callable[[Any], Any]


def insert_one(row: models.Model) -> None:
    """Keep a row that is new, as ``save(force_insert=True)`` does; it knows its id afterwards.

    No value is validated and no signal sent. The model's key is one the database gives.
    """
    model = type(row)
    statement, columns = _statement(model, connection.vendor)
    given = row.__dict__
    values = [given[name] if ready is None else ready(given[name]) for name, ready in columns]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding = False
    row._state.db = connection.alias


@cache
def _statement(
    model: type[models.Model], vendor: str
) -> tuple[str, list[tuple[str, _Ready | None]]]:
    """The statement, and each value's name with what makes it one that the database takes."""
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    names = ", ".join(quote(str(field.column)) for field in fields)
    holes = ", ".join(["%s"] * len(fields))
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    # S608: the names come from the model, never from input
    statement = f"INSERT INTO {table} ({names}) VALUES ({holes}) RETURNING {key}"  # noqa: S608
    return statement, [(field.attname, _ready(field)) for field in fields]


def _ready(field: models.Field[Any, Any]) -> _Ready | None:
    if isinstance(field, PLAIN):
        return None
    if isinstance(field, models.DateTimeField):
        return _moment
    return partial(_saved, field)


def _moment(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _saved(field: models.Field[Any, Any], value: Any) -> Any:
    # the connection of the thread that asks, not of the one that asked first
    return field.get_db_prep_save(value, connection=connection)
