"""The page of medicines: reminded or not, and what can be told from it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wellheard.base.pages.tables import csv_file
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.adherence import presenters, queries
from wellheard.understand.adherence.rules import adherence_policy
from wellheard.understand.disclosure.policy import load_policy


@requires("review.read")
@require_GET
def adherence(request: StaffRequest) -> HttpResponse:
    """Every programme of reminders with its design, difference, n and interval."""
    found = queries.programmes(request.person.organisation_id)
    rule = f"{adherence_policy().name}, {load_policy().name}"
    if request.GET.get("format") == "csv":
        rows = presenters.csv_rows(found, rule)
        return csv_file("medicines.csv", presenters.CSV_COLUMNS, rows)
    page = {
        "lines": presenters.lines(found),
        "minimum": load_policy().minimum_group,
        "policy": adherence_policy(),
        "rule": rule,
    }
    return render(request, "adherence/adherence.html", page)
