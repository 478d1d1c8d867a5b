"""The page of readmissions: the rate over time, by place, beside experience."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.base.pages.panels import panels
from wellheard.base.pages.tables import csv_file
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Place
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.readmissions import presenters, queries
from wellheard.understand.readmissions.rules import readmission_policy
from wellheard.understand.scores.queries import measures, organisation_day
from wellheard.understand.scores.rules import Measure

_FIRST = "rating"


@requires("review.read")
@require_GET
def readmissions(request: StaffRequest) -> HttpResponse:
    """Who came back within 30 days, by place and month, and what was said there."""
    organisation_id, now = request.person.organisation_id, timezone.now()
    names = _names(organisation_id)
    place = _chosen_place(request, names)
    catalogue = measures(organisation_id, on=organisation_day(organisation_id, now))
    experience = _chosen_measure(request, catalogue)
    found = queries.tallies(organisation_id, until=now)
    year, rows = queries.by_place(organisation_id, found, experience)
    rule = f"{readmission_policy().name}, {load_policy().name}"
    if request.GET.get("format") == "csv":
        months = f"{year.start.first_day:%Y-%m} to {year.stop.plus(-1).first_day:%Y-%m}"
        lines = presenters.csv_rows(rows, names, months, rule, experience.title)
        return csv_file("readmissions.csv", presenters.CSV_COLUMNS, lines)
    page = {
        "chart": panels("readmissions.chart", request, queries.by_month(found, place=place)),
        "place": place,
        "place_name": names.get(place or 0, ""),
        "whole": presenters.score_words(queries.whole_rate(found, year)),
        "lines": presenters.lines(rows, names),
        "counted": presenters.counted(found),
        "untold": presenters.untold(found),
        "withheld": found.withheld,
        "measure": experience,
        "choices": [(code, each.title) for code, each in catalogue.items()],
        "start": year.start.first_day,
        "stop": year.stop.first_day - timedelta(days=1),
        "minimum": load_policy().minimum_group,
        "rule": rule,
        "policy": readmission_policy(),
    }
    return render(request, "readmissions/readmissions.html", page)


def _names(organisation_id: int) -> dict[int, str]:
    rows = Place.objects.filter(organisation_id=organisation_id)
    return dict(rows.values_list("pk", "name"))


def _chosen_place(request: StaffRequest, names: Mapping[int, str]) -> int | None:
    asked = request.GET.get("place", "")
    if not asked:
        return None
    if not asked.isdecimal() or int(asked) not in names:
        raise Http404(_("There is no such place."))
    return int(asked)


def _chosen_measure(request: StaffRequest, catalogue: Mapping[str, Measure]) -> Measure:
    asked = request.GET.get("measure", "")
    first = _FIRST if _FIRST in catalogue else next(iter(catalogue))
    return catalogue.get(asked) or catalogue[first]
