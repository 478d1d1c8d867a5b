"""What a page about one place's waits is made of, gathered for one reader."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from wellheard.base.pages.panels import fillers, panels
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place
from wellheard.understand.attendance.queries import attendance
from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.scores.queries import organisation_day
from wellheard.understand.waits import joined, presenters
from wellheard.understand.waits.queries import PlaceWaits, charted_period, waits_at
from wellheard.understand.waits.rules import wait_policy


def charted(place: Place, now: datetime) -> tuple[Period, PlaceWaits | None]:
    """The charted months, and the place's waits in them."""
    month = Month.containing(organisation_day(place.organisation_id, now))
    period = charted_period(month)
    return period, waits_at(place.organisation, period, frozenset({place.pk})).get(place.pk)


def together(
    request: HttpRequest, place: Place, waits: PlaceWaits, now: datetime
) -> list[dict[str, Any]]:
    """Quarter by quarter: waits, missed appointments, comments, complaints."""
    person: Person = request.person  # type: ignore[attr-defined]  # set for every staff request
    found = joined.quarters_of(
        waits,
        attendance(place.organisation, waits.period, [place], now=now),
        comments=joined.comments_at(place, waits.period)
        if joined.may_read(person, place)
        else None,
        complaints=_complaints(request, place, waits.period),
    )
    return presenters.quarter_rows(found)


def _complaints(
    request: HttpRequest, place: Place, period: Period
) -> dict[Month, joined.Said] | None:
    """Cases are a room above; None for who may not read them."""
    zone = ZoneInfo(place.site.zone)
    subject = (place, *joined.span(period, zone), wait_policy().theme)
    told = [rows for fill in fillers("waits.cases") if (rows := fill(request, subject)) is not None]
    return joined.by_quarter((row for rows in told for row in rows), zone) if told else None


def voices(request: HttpRequest, place: Place) -> list[dict[str, Any]] | None:
    """Comments about waiting as quotes; None for who may not read them."""
    person: Person = request.person  # type: ignore[attr-defined]  # set for every staff request
    if not joined.may_read(person, place):
        return None
    return presenters.quotes(joined.voices_at(place, person))


def median_charts(request: HttpRequest, waits: PlaceWaits) -> list[str]:
    """The chart of the measured wait."""
    return list(panels("waits.chart", request, presenters.median_line(waits)))
