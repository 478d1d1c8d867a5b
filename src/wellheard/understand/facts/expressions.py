"""What may be asked of facts, written once in Ibis, for DuckDB, PostgreSQL and Spark alike.

Only what all three answer the same is used: filters on whole numbers and texts, GROUP BY and
count. Sums, quantiles and ranks (each engine interpolates in its own way) are worked out from the
counts, in Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis

SCHEMA = {
    "organisation_id": "int64", "place_id": "int64", "response_id": "int64", "item": "string",
    "version": "int16", "value": "int16", "month": "int32", "day": "date",
    "touchpoint_id": "int64", "mode": "string", "helped": "string", "language": "string",
    "age_band": "string", "sex": "string", "ethnicity": "string", "payer": "string",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """Which facts: an organisation's answers to one item in the months [start, stop).

    ``item``: None is every item. ``places``: lowest and highest place id, both included; None is
    every place and no place.
    Each part is a plain value, or an Ibis scalar where the query is prepared for later.
    """

    organisation: Any
    item: Any
    start: Any
    stop: Any
    places: tuple[Any, Any] | None = None


def table(name: str) -> Any:
    """A table of facts that is not bound to any engine yet."""
    return ibis.table(SCHEMA, name=name)


def counted(facts: Any, asked: Asked, by: Sequence[str]) -> Any:
    """How many facts there are in each group: the columns ``by``, then ``n``."""
    narrowed = _narrowed(facts, asked)
    return narrowed.group_by(list(by)).aggregate(n=narrowed.count())


def _narrowed(facts: Any, asked: Asked) -> Any:
    found = facts.filter(
        facts.organisation_id == asked.organisation,
        facts.month >= asked.start,
        facts.month < asked.stop,
    )
    if asked.item is not None:
        found = found.filter(found.item == asked.item)
    if asked.places is None:
        return found
    low, high = asked.places
    return found.filter(found.place_id >= low, found.place_id <= high)
