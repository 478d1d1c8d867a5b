"""Appointments with planted propensities."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from wellheard.people.visits.models import Visit

LEADS = (0.1, 2, 5, 10, 20, 45)
# Rates by days booked ahead, and what a person's own habit adds.
RATES = (0.05, 0.2, 0.24, 0.3, 0.34, 0.36)


def appointments(
    place: Any, *, until: datetime, count: int, seed: int = 1, shift: float = 0.0
) -> list[Visit]:
    """``count`` appointments in the months before ``until``; one person in five misses more."""
    random_ = random.Random(seed)
    rows = []
    for number in range(count):
        person = random_.randrange(count // 6)
        lead = random_.randrange(len(LEADS))
        habit = 0.35 if person % 5 == 0 else -0.04
        p = min(0.95, max(0.01, RATES[lead] + habit + shift))
        scheduled = until - timedelta(days=200 * (1 - number / count) + 1, hours=random_.random())
        rows.append(
            Visit(
                organisation_id=place.organisation_id,
                place=place,
                external_id=f"{seed}-{number}",
                person_key=f"p{person}",
                kind="ambulatory",
                booked_at=scheduled - timedelta(days=LEADS[lead]),
                scheduled_at=scheduled,
                status="no_show" if random_.random() < p else "finished",
                age_band=random_.choice(("18-34", "35-64", "65+")),
                sex=random_.choice(("female", "male")),
                ethnicity=random_.choice(("A", "B")),
                language=random_.choice(("en", "es")),
                payer="public",
                recorded_at=scheduled,
            )
        )
    return Visit.objects.bulk_create(rows)


def coming(place: Any, *, at: datetime, count: int = 6, lead: float = 20) -> list[Visit]:
    """Planned appointments of the days after ``at``."""
    return Visit.objects.bulk_create(
        Visit(
            organisation_id=place.organisation_id,
            place=place,
            external_id=f"next-{number}",
            person_key=f"p{number}",
            kind="ambulatory",
            booked_at=at - timedelta(days=lead),
            scheduled_at=at + timedelta(days=1 + number % 5),
            status="planned",
            recorded_at=at,
        )
        for number in range(count)
    )


def stays(place: Any, *, until: datetime, count: int, seed: int = 3) -> list[Visit]:
    """``count`` stays that ended before ``until``; every fourth person comes back far oftener."""
    random_ = random.Random(seed)
    rows: list[Visit] = []
    while len(rows) < count:
        person = len(rows)
        ended = until - timedelta(days=40 + 300 * random_.random())
        rows.append(stay(place, f"s{person}", ended, age=80 if person % 4 == 0 else 40))
        if random_.random() < (0.5 if person % 4 == 0 else 0.08):
            rows.append(stay(place, f"s{person}", ended + timedelta(days=12), age=40))
    return Visit.objects.bulk_create(rows[:count])


def stay(place: Any, who: str, ended: datetime, *, age: int = 40, **given: Any) -> Visit:
    """A stay of three nights, not yet saved."""
    return Visit(
        **{
            "organisation_id": place.organisation_id,
            "place": place,
            "person_key": who,
            "kind": "inpatient",
            "status": "finished",
            "arrived_at": ended - timedelta(days=3),
            "ended_at": ended,
            "nights": 3,
            "age": age,
            "discharge_to": "home",
            "language": "en",
            "recorded_at": ended,
            **given,
        }
    )
