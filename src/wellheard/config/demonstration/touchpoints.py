"""Three touchpoints of two places that ask the same, with a spread planted in one of them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from wellheard.config.demonstration.people import Hospital
from wellheard.listen.responses.actions import NewResponse, receive_responses
from wellheard.listen.stages.actions import place_at_stage
from wellheard.people.places.actions import add_touchpoint
from wellheard.people.places.models import Place, Touchpoint

# name, stage, and for each of the two places the share of "completely" this year
_SPOTS = (
    ("Front desk", "arrive", (0.72, 0.70)),
    ("At the bedside", "receive", (0.76, 0.71)),
    ("After-care call", "follow_up", (0.44, 0.70)),
)
_BEFORE, _THIS_YEAR_DAYS = 0.71, 430
_EACH, _DAYS = 168, 700
_BELOW = (1, 2, 5)


def ask_alike(hospital: Hospital, now: datetime) -> int:
    """Name touchpoints and keep two years of answers given on their screens. How many."""
    random_, by = random.Random(41), hospital.by
    rows: list[NewResponse] = []
    for number, place in enumerate(_places(hospital)):
        for name, stage, shares in _SPOTS:
            spot = add_touchpoint(place, name=name, by=by, at=now - timedelta(days=_DAYS + 1))
            place_at_stage(stage, touchpoint=spot, by=by, at=now)
            rows += _answers(hospital, spot, shares[number], now, random_)
    batch = uuid.uuid5(uuid.NAMESPACE_OID, "wellheard-demonstration-touchpoints")
    receive_responses(rows, organisation=hospital.organisation, batch=batch, by=by, at=now)
    return len(rows)


def _places(hospital: Hospital) -> list[Place]:
    """A ward and a clinic, when the hospital has them."""
    by_kind = {place.kind: place for place in reversed(hospital.places)}
    return [by_kind[kind] for kind in ("ward", "clinic") if kind in by_kind]


def _answers(
    hospital: Hospital, spot: Touchpoint, share: float, now: datetime, random_: random.Random
) -> Iterator[NewResponse]:
    for n in range(_EACH):
        days = _DAYS * n / _EACH
        likely = share if days < _THIS_YEAR_DAYS else _BEFORE
        yield NewResponse(
            organisation=hospital.organisation,
            instrument="spot",
            version=1,
            answers={code: _answer(random_, likely) for code in ("respect", "clear", "easy")},
            place=spot.place,
            touchpoint_id=spot.pk,
            received_at=now - timedelta(days=1 + days, minutes=random_.randrange(600)),
            mode="kiosk",
            language="en",
            external_id=f"demo-spot-{spot.pk}-{n:04d}",
        )


def _answer(random_: random.Random, likely: float) -> int:
    return 4 if random_.random() < likely else random_.choices((1, 2, 3), _BELOW)[0]
