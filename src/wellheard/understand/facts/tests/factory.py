"""Answers for the tests, a few lines each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from wellheard.listen.responses.models import Response
from wellheard.understand.facts.actions import write_facts


def answer(
    place: Any,
    month: str,
    value: int,
    n: int = 1,
    *,
    day: int = 10,
    item: str = "quiet",
    **who: str,
) -> Iterator[Response]:
    """``n`` unsaved responses of one place with the same answer."""
    year, number = map(int, month.split("-"))
    for _ in range(n):
        yield Response(
            organisation_id=place.organisation_id,
            site_id=place.site_id,
            place=place,
            instrument="pulse",
            version=1,
            received_at=datetime(year, number, day, 18, tzinfo=UTC),
            recorded_at=datetime(year, number, day, 18, tzinfo=UTC),
            mode="web",
            answers={item: value},
            **who,
        )


def keep(*portions: Iterator[Response]) -> list[int]:
    """Save the responses and write their facts; their ids."""
    rows = [response for portion in portions for response in portion]
    ids = [row.pk for row in Response.objects.bulk_create(rows)]
    write_facts(ids)
    return ids
