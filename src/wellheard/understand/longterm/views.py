"""Long-term health: how people are months later, and how that goes with what they said first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from wellheard.base.pages.tables import csv_file
from wellheard.listen.followups.presenters import when
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.longterm import presenters, queries
from wellheard.understand.longterm.rules import long_term_policy
from wellheard.understand.scores.queries import organisation_day


@requires("review.read")
@require_GET
def longterm(request: StaffRequest) -> HttpResponse:
    """Change since the first answer after each time of asking; never one person."""
    organisation_id = request.person.organisation_id
    today = organisation_day(organisation_id, timezone.now())
    found = queries.long_term(organisation_id, today=today)
    rule = f"{long_term_policy().name}, {load_policy().name}"
    if request.GET.get("format") == "csv":
        rows = presenters.csv_rows(found, rule)
        return csv_file("long-term-health.csv", presenters.CSV_COLUMNS, rows)
    page = {
        "times": presenters.times(found),
        "places": presenters.places(found, queries.place_names(organisation_id)),
        "place_when": when(found.place_months),
        "firsts": presenters.people(found.firsts),
        "experience": found.experience,
        "caution": presenters.CAUTION,
        "minimum": load_policy().minimum_group,
        "policy": long_term_policy(),
        "rule": rule,
    }
    return render(request, "longterm/longterm.html", page)
