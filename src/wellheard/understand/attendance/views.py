"""Missed appointments: all places, and one."""

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
from wellheard.understand.attendance import presenters, queries
from wellheard.understand.attendance.queries import Attendance
from wellheard.understand.attendance.rules import attendance_policy
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.scores.queries import organisation_day


@requires("measure.read")
@require_GET
def attendance(request: StaffRequest) -> HttpResponse:
    """Every place the person may see; a chart of them together for who sees every place."""
    person = request.person
    places = Place.objects.of(person.organisation_id).within(person.places("measure.read"))
    listed = list(places.select_related("site").order_by("site__name", "name"))
    found = _found(person.organisation_id, listed, attendance_policy().recent_months)
    page = _page(found, None)
    if person.places("measure.read") is None:
        # Where only some places may be seen, months of all of them together are not counted.
        line = queries.by_month(found, presenters.measure())
        page["charts"] = panels("attendance.chart", request, line)
    page["rows"] = presenters.rows_of(listed, queries.by_place(found))
    return render(request, "attendance/attendance.html", page)


@requires("measure.read")
@require_GET
def place(request: StaffRequest, place_id: int) -> HttpResponse:
    """One place, month by month over the charted time, the rest over the last year."""
    here = place_or_refusal(request, place_id, "measure.read")
    policy = attendance_policy()
    charted = _found(here.organisation_id, [here], policy.months)
    found = _found(here.organisation_id, [here], policy.recent_months)
    line = queries.by_month(charted, presenters.measure(), here.pk)
    counts = queries.by_place(found).get(here.pk)
    page = _page(found, here.pk) | {
        "place": here,
        "charts": panels("attendance.chart", request, line) if line.rates else [],
        "row": presenters.row_of(counts) if counts else None,
    }
    return render(request, "attendance/place.html", page)


def _found(organisation_id: int, places: list[Place], months: int) -> Attendance:
    now = timezone.now()
    month = Month.containing(organisation_day(organisation_id, now))
    organisation = Organisation.objects.get(pk=organisation_id)
    return queries.attendance(organisation, Period.ending(month, months), places, now=now)


def _page(found: Attendance, place: int | None) -> dict[str, Any]:
    return {
        "left_out": presenters.left_out_lines(found.left_out),
        "reminders": presenters.reminder_lines(queries.reminders(found, place)),
        "reasons": presenters.reason_lines(queries.reasons(found, place)),
        "first": found.period.start.first_day,
        "last": found.period.stop.first_day - timedelta(days=1),
        "policy": attendance_policy(),
        "minimum": load_policy().minimum_group,
    }
