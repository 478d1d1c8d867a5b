"""The page of what goes along with experience."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from wellheard.base.pages.tables import csv_file
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.associations import presenters
from wellheard.understand.associations.queries import associations
from wellheard.understand.associations.rules import association_policy
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.scores.queries import measures, organisation_day
from wellheard.understand.scores.rules import Measure


@requires("review.read")
@require_GET
def along(request: StaffRequest) -> HttpResponse:
    """Readmission, medicines and health beside one measure, over places."""
    organisation_id, now = request.person.organisation_id, timezone.now()
    catalogue = measures(organisation_id, on=organisation_day(organisation_id, now))
    found = associations(organisation_id, _chosen(request, catalogue), now=now)
    if request.GET.get("format") == "csv":
        name = f"associations-{found.measure.code}.csv"
        return csv_file(name, presenters.CSV_COLUMNS, presenters.csv_rows(found))
    policy = association_policy()
    page = {
        "measure": found.measure,
        "choices": [(code, each.title) for code, each in catalogue.items()],
        "lines": presenters.lines(found),
        "start": found.period.start.first_day,
        "stop": found.period.stop.first_day - timedelta(days=1),
        "policy": policy,
        "percent": f"{100 * policy.level:.0f}",
        "rule": f"{policy.name}, {load_policy().name}",
    }
    return render(request, "associations/associations.html", page)


def _chosen(request: StaffRequest, catalogue: Mapping[str, Measure]) -> Measure:
    first = association_policy().first_measure
    asked = catalogue.get(request.GET.get("measure", ""))
    return asked or catalogue[first if first in catalogue else next(iter(catalogue))]
