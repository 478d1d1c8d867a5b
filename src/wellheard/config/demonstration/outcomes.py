"""What became of people after their visit, planted: who came back, planned, or was moved on.

How often people come back follows the effect each place has on answers: where people are less
content, somewhat more return. That is invented, and no cause.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from wellheard.config.demonstration.people import Hospital, hospital_page
from wellheard.people.visits.models import Visit

_RATE, _BY_EFFECT = 0.14, -0.4
_PLANNED, _MOVED = 0.08, 0.02
_LATEST = 29


def send_back(hospital: Hospital, now: datetime, seed: int) -> int:
    """Returns after the stays of the year that was sampled. How many."""
    random_ = random.Random(seed + 4)
    chances = _chances(hospital)
    stays = Visit.objects.filter(
        organisation=hospital.organisation, kind=Visit.Kind.INPATIENT, status=Visit.Status.FINISHED
    ).exclude(person_key="")
    wards = [place.pk for place in hospital.places if place.kind == "ward"]
    made = []
    for stay in stays.exclude(discharge_to__in=["died", "hospice", "left"]).order_by("pk"):
        drawn = random_.random()
        if drawn < chances[stay.place_id]:
            made.append(_again(stay, random_, wards))
        elif drawn > 1 - _MOVED:
            made.append(_moved_on(stay, random_, wards))
    made = [visit for visit in made if visit.ended_at and visit.ended_at < now]
    return len(Visit.objects.bulk_create(made, batch_size=1000))


def _chances(hospital: Hospital) -> dict[int, float]:
    page: dict[str, Any] = {
        each["name"]: each["effect"] for site in hospital_page()["sites"] for each in site["places"]
    }
    return {place.pk: _RATE + _BY_EFFECT * page[place.name] for place in hospital.places}


def _again(stay: Visit, random_: random.Random, wards: list[int]) -> Visit:
    """The same person, some days later, on any ward; a few had it planned."""
    assert stay.ended_at is not None
    # Early returns are commoner than late ones.
    days = 1 + int(_LATEST * random_.random() ** 1.5)
    planned = random_.random() < _PLANNED
    return _stay(stay, stay.ended_at + timedelta(days=days), random_, wards, planned=planned)


def _moved_on(stay: Visit, random_: random.Random, wards: list[int]) -> Visit:
    """Transferred within hours: one time in hospital, no return."""
    assert stay.ended_at is not None
    moved = _stay(stay, stay.ended_at + timedelta(hours=3), random_, wards, planned=False)
    moved.by_transfer = True
    return moved


def _stay(
    stay: Visit, began: datetime, random_: random.Random, wards: list[int], *, planned: bool
) -> Visit:
    nights = random_.randint(2, 7)
    return Visit(
        organisation_id=stay.organisation_id,
        place_id=random_.choice(wards),
        patient_id=stay.patient_id,
        external_id=f"{stay.external_id}-again",
        person_key=stay.person_key,
        kind=Visit.Kind.INPATIENT,
        status=Visit.Status.FINISHED,
        arrived_at=began,
        ended_at=began + timedelta(days=nights),
        nights=nights,
        planned=planned,
        by_transfer=False,
        discharge_to=Visit.Discharge.HOME,
        service_line=stay.service_line,
        language=stay.language,
        age=stay.age,
        age_band=stay.age_band,
        sex=stay.sex,
        ethnicity=stay.ethnicity,
        payer=stay.payer,
        recorded_at=began,
    )
