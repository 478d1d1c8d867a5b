"""Waits by place, and one place with its charts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from wellheard.base.pages.panels import panels
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.access.places import place_or_refusal
from wellheard.people.places.models import Organisation, Place
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.slices import Month
from wellheard.understand.scores.queries import organisation_day
from wellheard.understand.waits import pages, presenters
from wellheard.understand.waits.queries import recent_period, waits_at
from wellheard.understand.waits.rules import wait_policy


@requires("measure.read")
@require_GET
def waits(request: StaffRequest) -> HttpResponse:
    """Every place the person may see, the longest waits first."""
    person = request.person
    period = recent_period(_month(person.organisation_id))
    places = Place.objects.of(person.organisation_id).within(person.places("measure.read"))
    listed = list(places.select_related("site"))
    organisation = Organisation.objects.get(pk=person.organisation_id)
    found = waits_at(organisation, period, frozenset(place.pk for place in listed))
    return render(
        request,
        "waits/waits.html",
        {
            "rows": presenters.rows_of(listed, found),
            "first": period.start.first_day,
            "last": period.stop.first_day - timedelta(days=1),
            "policy": wait_policy(),
            "minimum": load_policy().minimum_group,
        },
    )


@requires("measure.read")
@require_GET
def place(request: StaffRequest, place_id: int) -> HttpResponse:
    """One place: what the clock shows, what people tell, and both side by side."""
    here = place_or_refusal(request, place_id, "measure.read")
    now = timezone.now()
    period, found = pages.charted(here, now)
    page: dict[str, Any] = {
        "place": here,
        "first": period.start.first_day,
        "last": period.stop.first_day - timedelta(days=1),
        "policy": wait_policy(),
        "minimum": load_policy().minimum_group,
        "waits": found,
    }
    if found is not None:
        page |= presenters.figures_of(found) | {
            "charts": pages.median_charts(request, found),
            "voices": pages.voices(request, here),
            "difference_charts": panels("waits.chart", request, presenters.difference_line(found)),
            "quarters": pages.together(request, here, found, now),
        }
    return render(request, "waits/place.html", page)


def _month(organisation_id: int) -> Month:
    return Month.containing(organisation_day(organisation_id, timezone.now()))
