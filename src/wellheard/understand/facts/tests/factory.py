"""Answers for the tests, a few lines each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from wellheard.listen.responses.actions import NewResponse
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
    **who: Any,
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


def spread(organisation: Any, places: list[Any], count: int) -> Iterator[NewResponse]:
    """Responses over five months with all that is awkward: no place, 40 % without a group, two
    versions in one month, answers that are words, halves and yes or no, midnight in Chicago, some
    at a touchpoint, some helped by staff."""
    rng = random.Random(5)
    spots = {
        place: [None, *place.touchpoints.values_list("pk", flat=True)] for place in places if place
    }
    for n in range(count):
        place = places[n % len(places)]
        moment = datetime(2025, 11, 1, tzinfo=UTC) + timedelta(hours=15 * n)
        answers: dict[str, Any] = {"quiet": rng.randint(1, 4), "rating": float(rng.randint(0, 10))}
        answers |= rng.choice([{}, {"quiet": True}, {"rating": 2.5}, {"quiet": "3"}])
        yield NewResponse(
            organisation=organisation,
            instrument="ward" if n % 10 == 9 else "pulse",
            version=1 if n % 2 else 2,
            answers={"more": "words", **answers},
            place=place,
            received_at=moment,
            touchpoint_id=spots[place][n // 3 % len(spots[place])] if place else None,
            mode="assisted" if n % 7 == 1 else rng.choice(["web", "paper", "kiosk"]),
            language=rng.choice(["en", "es", "ar"]),
            age_band=rng.choice(["18-34", "65-74", ""]),
            sex="" if n % 5 < 2 else "fm"[n % 2],
            ethnicity=rng.choice(["A", ""]),
            payer=rng.choice(["M", ""]),
        )
