"""The invented area the hospital serves: three years of published cases, and new patients.

The files are made in the format of CMS's Hospital Service Area files and imported as any other;
their hospital numbers belong to nobody.
"""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta

from wellheard.config.demonstration.people import Hospital
from wellheard.interop.servicearea.actions import import_share
from wellheard.people.places.models import Place
from wellheard.people.visits.models import Visit

OURS = "990001"
_HEAD = "MEDICARE_PROV_NUM,ZIP_CD_OF_RESIDENCE,TOTAL_DAYS_OF_CARE,TOTAL_CHARGES,TOTAL_CASES"
_AREAS = [f"000{n:02d}" for n in range(1, 15)]
# Two rivals, one of them gaining, and small hospitals far away.
_DRAW = {OURS: (0.36, 0.37, 0.39), "990002": (0.34, 0.33, 0.30), "990003": (0.22, 0.22, 0.23)}
_FAR = ("990004", "990005")
_LARGEST, _SHRINKS = 900, 0.78
_HIDDEN_BELOW = 11

_NEW, _DAYS, _THIS_YEAR = 2_200, 715, 430
# source -> shares before and this year
_SOURCES = {
    "family doctor": (0.46, 0.33),
    "friend or family": (0.24, 0.24),
    "found online": (0.12, 0.25),
    "insurer's list": (0.10, 0.10),
    "": (0.08, 0.08),
}
# how people move -> share, missed in person before and this year, and remote this year
_MOBILITY = {
    "none": (0.69, 0.11, 0.11, 0.06),
    "aid": (0.13, 0.13, 0.12, 0.10),
    "wheelchair": (0.08, 0.28, 0.26, 0.08),
    "housebound": (0.10, 0.42, 0.24, 0.50),
}
_MISSED_REMOTELY = 0.06
_BANDS = ("0-9 km", "10-49 km", "50+ km")


def share_of_three_years(hospital: Hospital, now: datetime) -> int:
    """Import the invented files of the last three published years. How many cells."""
    kept = 0
    for number in range(3):
        year = now.year - 4 + number
        text = _file(random.Random(year), number)
        name = f"invented_service_area_{year}.csv"
        kept += import_share(
            text.encode(), name, year=str(year), ours=OURS, by=hospital.by, at=now
        ).kept
    return kept


def bring_new_patients(hospital: Hospital, now: datetime) -> int:
    """Two years of first appointments: who sent people, how they move, who missed. How many."""
    random_ = random.Random(43)
    clinics = [place for place in hospital.places if place.kind == "clinic"]
    visits = [_first(random_, clinics, now, number) for number in range(_NEW)]
    return len(Visit.objects.bulk_create(visits, batch_size=1000))


def _file(random_: random.Random, number: int) -> str:
    lines = [_HEAD]
    for position, area in enumerate(_AREAS):
        whole = _LARGEST * _SHRINKS**position
        for hospital, shares in _DRAW.items():
            lines.append(_line(hospital, area, round(whole * shares[number])))
        for hospital in _FAR:
            lines.append(_line(hospital, area, random_.randrange(2, 22)))
    return "\n".join(lines) + "\n"


def _line(hospital: str, area: str, cases: int) -> str:
    if cases < _HIDDEN_BELOW:
        return f"{hospital},{area},*,*,*"
    return f"{hospital},{area},{cases * 5},{cases * 21_000},{cases}"


def _first(random_: random.Random, clinics: list[Place], now: datetime, number: int) -> Visit:
    days = 1 + _DAYS * number / _NEW
    lately = int(days < _THIS_YEAR)
    place, moment = random_.choice(clinics), now - timedelta(days=days)
    mobility = random_.choices(tuple(_MOBILITY), [each[0] for each in _MOBILITY.values()])[0]
    _, *missed, remote = _MOBILITY[mobility]
    is_remote = random_.random() < (remote if lately else 0.04)
    is_missed = random_.random() < (_MISSED_REMOTELY if is_remote else missed[lately])
    visit = Visit(
        organisation_id=place.organisation_id,
        place=place,
        external_id=f"demo-first-{number:05d}",
        person_key=hashlib.sha256(f"demonstration new {number}".encode()).hexdigest(),
        kind=Visit.Kind.TELEHEALTH if is_remote else Visit.Kind.AMBULATORY,
        status=Visit.Status.NO_SHOW if is_missed else Visit.Status.FINISHED,
        booked_at=moment - timedelta(days=9),
        scheduled_at=moment,
        referral_source=_source(random_, lately),
        mobility=mobility,
        travel=random_.choices(_BANDS, (70, 22, 8))[0],
        language=random_.choices(("en", "es", "ar"), (80, 15, 5))[0],
        recorded_at=moment,
    )
    if not is_missed:
        visit.arrived_at, visit.ended_at = moment, moment + timedelta(minutes=25)
    return visit


def _source(random_: random.Random, lately: int) -> str:
    return random_.choices(tuple(_SOURCES), [each[lately] for each in _SOURCES.values()])[0]
