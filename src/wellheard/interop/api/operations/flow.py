"""Reading waits and missed appointments, as their pages show them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from ninja import Query, Router, Schema

from wellheard.interop.api.doors import ApiRequest, need
from wellheard.interop.api.operations.places import place_for
from wellheard.interop.api.problems import Problem
from wellheard.interop.api.refusals import REFUSALS
from wellheard.interop.api.shapes import PlaceCode
from wellheard.measures.intervals import Proportion, wilson
from wellheard.people.access.person import Person
from wellheard.people.places.models import Organisation, Place
from wellheard.understand.attendance import queries as attendance_queries
from wellheard.understand.attendance.rules import CODES, attendance_policy
from wellheard.understand.facts.slices import Counts, Month, Period
from wellheard.understand.scores.queries import organisation_day
from wellheard.understand.waits.queries import PlaceWaits, recent_period, waits_at
from wellheard.understand.waits.rules import wait_policy

router = Router(tags=["waits"])


class AskedPlace(Schema):
    """All places the caller reads measures of, or one."""

    place: PlaceCode | None = None


class WaitOut(Schema):
    """Minutes that half waited longer than, with its interval; shares 0-1; ``told_minus_measured``
    is null where too few told or were measured in the same months."""

    place: str
    place_code: str
    first: date
    last: date
    n: int
    median: float
    low: float
    high: float
    nine_of_ten: float
    over_limit: float
    limit: int
    told_minus_measured: float | None
    difference_low: float | None
    difference_high: float | None
    told_n: int | None
    method: str
    rules: str


class MissedOut(Schema):
    """Shares 0-1 of the ``n`` appointments that were due, with the interval of all missed."""

    place: str
    place_code: str
    first: date
    last: date
    n: int
    missed: float
    low: float
    high: float
    no_show: float
    late_cancel: float
    method: str
    rules: str


@router.get("/waits", response={200: list[WaitOut], REFUSALS: Problem}, operation_id="list_waits")
def list_waits(request: ApiRequest, asked: Query[AskedPlace]) -> Any:
    """Waits of the last whole months by place. Places of too few people are left out."""
    person = need(request, "measure.read")
    places = _places(person, asked)
    organisation, month = _home(person)
    period = recent_period(month)
    found = waits_at(organisation, period, frozenset(place.pk for place in places))
    return [
        _wait(place, found[place.pk])
        for place in places
        if place.pk in found and found[place.pk].clocked is not None
    ]


@router.get(
    "/missed-appointments",
    response={200: list[MissedOut], REFUSALS: Problem},
    operation_id="list_missed",
)
def list_missed(request: ApiRequest, asked: Query[AskedPlace]) -> Any:
    """Appointments missed of those due in the last whole months by place. Places of too few
    people are left out."""
    person = need(request, "measure.read")
    places = _places(person, asked)
    organisation, month = _home(person)
    period = Period.ending(month, attendance_policy().recent_months)
    now = timezone.now()
    counts = attendance_queries.by_place(
        attendance_queries.attendance(organisation, period, places, now=now)
    )
    return [_missed(place, counts[place.pk], period) for place in places if place.pk in counts]


def _places(person: Person, asked: AskedPlace) -> list[Place]:
    one = place_for(person, asked.place, "measure.read")
    places = Place.objects.of(person.organisation_id).within(person.places("measure.read"))
    if one is not None:
        places = places.filter(pk=one.pk)
    return list(places.select_related("site").order_by("name", "pk"))


def _home(person: Person) -> tuple[Organisation, Month]:
    organisation = Organisation.objects.get(pk=person.organisation_id)
    return organisation, Month.containing(organisation_day(organisation.pk, timezone.now()))


def _days(place: Place, period: Period) -> dict[str, Any]:
    return {
        "place": place.name,
        "place_code": place.code,
        "first": period.start.first_day,
        "last": period.stop.first_day - timedelta(days=1),
    }


def _wait(place: Place, waits: PlaceWaits) -> dict[str, Any]:
    clocked, gap = waits.clocked, waits.difference
    assert clocked is not None
    return {
        **_days(place, waits.period),
        "n": clocked.n,
        "median": clocked.median,
        "low": clocked.low,
        "high": clocked.high,
        "nine_of_ten": clocked.nine_of_ten,
        "over_limit": clocked.long.estimate,
        "limit": wait_policy().long_minutes,
        "told_minus_measured": gap.estimate if gap else None,
        "difference_low": gap.low if gap else None,
        "difference_high": gap.high if gap else None,
        "told_n": gap.first_n if gap else None,
        "method": clocked.method,
        "rules": wait_policy().version,
    }


def _missed(place: Place, counts: Counts, period: Period) -> dict[str, Any]:
    no_show, late = (_share(counts, name) for name in ("no_show", "late_cancel"))
    missed = wilson(no_show.count + late.count, counts.n)
    return {
        **_days(place, period),
        "n": counts.n,
        "missed": missed.estimate,
        "low": missed.low,
        "high": missed.high,
        "no_show": no_show.estimate,
        "late_cancel": late.estimate,
        "method": missed.method,
        "rules": attendance_policy().version,
    }


def _share(counts: Counts, outcome: str) -> Proportion:
    return wilson(counts.among(frozenset({CODES[outcome]})), counts.n)
