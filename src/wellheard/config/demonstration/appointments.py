"""Appointments of the clinics with planted propensities to miss them, and a model that learned.

Rates by days booked ahead follow what hospitals see: almost nobody misses what was booked on the
day, a quarter to a third what was booked weeks before; one person in six misses more than others.
"""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta

from wellheard.config.demonstration.flow import ask_of_booking, how_they_went, tell_of_waits
from wellheard.config.demonstration.people import Hospital
from wellheard.people.places.models import Place
from wellheard.people.staff.models import User
from wellheard.people.visits.models import Visit
from wellheard.understand.predictions.actions import (
    name_owner,
    predict_waiting,
    switch_model,
    train_model,
)

_PAST, _COMING, _PEOPLE, _DAYS = 2_000, 70, 420, 240
# days booked ahead -> share missed
_MISSED = ((0.1, 0.05), (2, 0.18), (5, 0.22), (11, 0.27), (22, 0.3), (45, 0.32))
_HABIT, _OTHERS, _ONE_IN = 0.33, -0.04, 6


def keep_appointments(hospital: Hospital, now: datetime, seed: int) -> int:
    """Appointments of the last eight months and the coming days. How many."""
    random_ = random.Random(seed)
    clinics = [place for place in hospital.places if place.kind == "clinic"]
    past = [_past(random_, clinics, now, number) for number in range(_PAST)]
    coming = [_coming(random_, clinics, now, number) for number in range(_COMING)]
    how_they_went([*past, *coming], now, seed)
    kept = len(Visit.objects.bulk_create([*past, *coming], batch_size=1000))
    tell_of_waits(hospital, past, now, seed)
    ask_of_booking(hospital, now, seed)
    return kept


def predict_missed(hospital: Hospital, now: datetime) -> int:
    """Train, name an owner, switch on and predict. How many predictions."""
    by = hospital.by
    owner = User.objects.filter(
        organisation=hospital.organisation, memberships__role="px_specialist"
    ).first()
    if owner is None or not any(place.kind == "clinic" for place in hospital.places):
        return 0
    review_by = (now + timedelta(days=180)).date()
    name_owner("no_show", owner=owner, review_by=review_by, by=by, at=now)
    name_owner("readmission", owner=owner, review_by=review_by, by=by, at=now)
    train_model("no_show", by=by, at=now)
    reason = "The clinics call those who may not come, and offer a ride or a video visit"
    switch_model("no_show", on=True, reason=reason, by=by, at=now)
    return predict_waiting("no_show", by=by, at=now)


def _past(random_: random.Random, clinics: list[Place], now: datetime, number: int) -> Visit:
    scheduled = _hour(now - timedelta(days=1 + _DAYS * (1 - number / _PAST)), random_)
    visit, chance = _visit(random_, clinics, scheduled, now, f"demo-appointment-{number:05d}")
    if random_.random() < chance:
        visit.status = Visit.Status.NO_SHOW
    else:
        visit.status = Visit.Status.FINISHED
    return visit


def _coming(random_: random.Random, clinics: list[Place], now: datetime, number: int) -> Visit:
    scheduled = _hour(now + timedelta(days=1 + number % 9), random_)
    visit, _ = _visit(random_, clinics, scheduled, now, f"demo-coming-{number:03d}")
    visit.status = Visit.Status.PLANNED
    visit.booked_at = min(visit.booked_at or now, now)
    return visit


def _visit(
    random_: random.Random, clinics: list[Place], scheduled: datetime, now: datetime, key: str
) -> tuple[Visit, float]:
    person = random_.randrange(_PEOPLE)
    ahead, share = random_.choice(_MISSED)
    place = random_.choice(clinics)
    visit = Visit(
        organisation_id=place.organisation_id,
        place=place,
        external_id=key,
        person_key=hashlib.sha256(f"demonstration {person}".encode()).hexdigest(),
        kind=Visit.Kind.AMBULATORY,
        booked_at=scheduled - timedelta(days=ahead),
        scheduled_at=scheduled,
        age_band=random_.choice(("18-34", "35-49", "50-64", "65-74", "75+")),
        sex=random_.choice(("female", "male")),
        language=random_.choices(("en", "es", "ar"), (80, 15, 5))[0],
        recorded_at=min(scheduled, now),
    )
    return visit, share + (_HABIT if person % _ONE_IN == 0 else _OTHERS)


def _hour(day: datetime, random_: random.Random) -> datetime:
    return day.replace(hour=random_.randrange(14, 23), minute=random_.choice((0, 20, 40)), second=0)
