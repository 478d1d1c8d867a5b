"""The page about the ease of booking."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.base.pages.panels import panels
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.ease import presenters, queries
from wellheard.understand.ease.rules import ease_policy
from wellheard.understand.facts.slices import Month
from wellheard.understand.scores.queries import organisation_day


@requires("measure.read")
@require_GET
def ease(request: StaffRequest) -> HttpResponse:
    """By the way people booked; the chart of everybody for who reads every place."""
    person = request.person
    home = person.organisation_id
    charted, recent = queries.periods(Month.containing(organisation_day(home, timezone.now())))
    found = queries.ease_of(person, recent)
    charts: list[str] = []
    if person.places("measure.read") is None and found.asked:
        measure = queries.ease_measure(home, _("Easy to book"), _("found it easy"))
        line = queries.monthly(home, charted, measure)
        # Answers spread thin over many places make no month that may be shown.
        charts = list(panels("ease.chart", request, line)) if line.rates else []
    page = {
        "lines": presenters.lines(found),
        "all": presenters.share_words(found.all),
        "charts": charts,
        "first": recent.start.first_day,
        "last": recent.stop.first_day - timedelta(days=1),
        "policy": ease_policy(),
        "minimum": load_policy().minimum_group,
    }
    return render(request, "ease/ease.html", page)
