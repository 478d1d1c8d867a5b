"""Somebody who holds everything (every table, the order of its rows, the trail, events, jobs, and
our key) and tries to find whose answers are whose.

Every column of every table that can be laid beside a person, and every one that can be laid beside
an answer, gives an order and a set of values. The attacker joins equal values, and the first of
one order with the first of the other, forwards and backwards.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db import connection, models

Rows = list[dict[str, Any]]
# Who: by what a row of any table names; of whom: the same for answers.
OF_PERSON = ("patient_id", "invitation_id", "member_id", "sample_member_id", "visit_id")
OF_ANSWER = ("response_id", "comment_id", "sealedanswers_id")
_KINDS = {
    "people.patient": "patient_id", "listen.invitation": "invitation_id",
    "listen.samplemember": "member_id", "people.visit": "visit_id",
    "listen.response": "response_id", "listen.comment": "comment_id",
}  # fmt: skip
Track = dict[int, Any]


def dump() -> dict[str, Rows]:
    """Every table as it lies there, each row with its place in the file and its transaction."""
    order = (
        "ctid::text AS at_place, xmin::text::bigint AS at_transaction"
        if connection.vendor == "postgresql"
        else "rowid AS at_place"
    )
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT *, {order} FROM {model._meta.db_table}")
            names = [column[0] for column in cursor.description]
            found[model._meta.label_lower] = [
                _named(model, dict(zip(names, row, strict=True))) for row in cursor.fetchall()
            ]
    return found


def joins(tables: Mapping[str, Rows]) -> list[str]:
    """Tables of which a row names a person and an answer at once."""
    return [
        name
        for name, rows in tables.items()
        for row in rows
        if any(row.get(column) for column in OF_PERSON)
        and any(row.get(column) for column in OF_ANSWER)
    ]


def best_guess(
    tables: Mapping[str, Rows], person_of: Mapping[Any, Any], key: str
) -> tuple[int, str]:
    """How many answers the best of all joins gives to the right person, and which join it is.
    ``person_of``: answer (by the column ``key``) to invitation, which the attacker does not know.
    """
    people = list(_tracks(tables, _families(tables, "invitation_id")))
    answers = list(_tracks(tables, {key: {answer: answer for answer in person_of}}))
    assert len(people) > 5 and len(answers) > 3
    return max(
        (sum(person_of.get(a) == p for a, p in guess.items()), f"{this} with {that}")
        for this, whose in people
        for that, what in answers
        for guess in _guesses(whose, what)
    )


def _named(model: type[models.Model], row: dict[str, Any]) -> dict[str, Any]:
    """The row with its own key under the name by which others call it."""
    own = _KINDS.get(model._meta.label_lower)
    if model._meta.label_lower == "listen.sealedanswers":
        own = "sealedanswers_id"
    if own is not None:
        row[own] = row["id"]
    kind = _KINDS.get(row.get("object_kind", ""))
    if kind and row["object_id"].isdigit():
        row[kind] = int(row["object_id"])
    for text in (row.get("ids"), row.get("args_kwargs"), row.get("details")):
        for name, number in re.findall(r'"(\w+_id)": "?(\d+)', str(text or "")):
            row.setdefault(name, int(number))
    return row


def _families(tables: Mapping[str, Rows], key: str) -> dict[str, dict[Any, Any]]:
    """By each column that names a person: its value to that person's invitation."""
    members = tables["listen.samplemember"]
    return {
        "invitation_id": {row[key]: row[key] for row in members},
        "member_id": {row["member_id"]: row[key] for row in members},
        "patient_id": {row["patient_id"]: row[key] for row in members},
        "visit_id": {row["visit_id"]: row[key] for row in members},
    }


def _tracks(
    tables: Mapping[str, Rows], families: Mapping[str, Mapping[Any, Any]]
) -> Iterator[tuple[str, Track]]:
    """Each column of each table, laid beside the people (or answers) that its rows name."""
    for table, rows in tables.items():
        for named, of in families.items():
            mine = [row for row in rows if row.get(named) in of]
            for column in {name for row in mine for name in row}:
                track = {of[row[named]]: row.get(column) for row in mine}
                told = {str(value) for value in track.values()}
                if len(track) > 10 and len(told) > len(track) / 2:
                    yield f"{table}.{column}", track


def _guesses(whose: Track, what: Track) -> Iterator[dict[Any, Any]]:
    by_value = defaultdict(list)
    for person, value in whose.items():
        by_value[str(value)].append(person)
    yield {a: by_value[str(v)][0] for a, v in what.items() if len(by_value[str(v)]) == 1}
    used = sorted(whose, key=lambda person: _order(whose[person]))
    given = sorted(what, key=lambda answer: _order(what[answer]))
    yield dict(zip(given, used, strict=False))
    yield dict(zip(given, reversed(used), strict=False))


def _order(value: Any) -> tuple[Any, ...]:
    """Numbers by size; a place in a file by page and line; everything else as text."""
    if isinstance(value, int | float):
        return (0, float(value), 0.0, "")
    if place := re.fullmatch(r"\((\d+),(\d+)\)", str(value)):
        return (0, float(place[1]), float(place[2]), "")
    return (1, 0.0, 0.0, str(value))
