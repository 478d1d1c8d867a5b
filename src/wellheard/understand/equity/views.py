"""The equity pages: gaps of the organisation or one site, reach, and what is done about gaps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wellheard.base.pages.panels import panels
from wellheard.base.pages.tables import csv_file
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Site
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.equity import access_words, presenters
from wellheard.understand.equity.access import ATTRIBUTES, access_by
from wellheard.understand.equity.actions import GapActionError, NewGapAction, note_gap_action
from wellheard.understand.equity.policy import equity_policy
from wellheard.understand.equity.queries import (
    equity_of,
    equity_period,
    longer_of,
    reach_by_population,
    reach_by_visits,
    retests,
)
from wellheard.understand.equity.rules import METHOD
from wellheard.understand.scores.queries import measures, organisation_day
from wellheard.understand.scores.rules import Measure

_LONGEST = {"what": 200, "owner": 80, "group": 80}


@requires("review.read")
@require_GET
def equity(request: StaffRequest, site_id: int | None = None) -> HttpResponse:
    """Gaps between groups of people, for the organisation or one site."""
    site = _site_or_404(request, site_id)
    today = _today(request)
    catalogue = measures(request.person.organisation_id, on=today)
    measure = _chosen(request, catalogue)
    pages = equity_of(request.person.organisation_id, measure, until=today, site_id=site_id)
    if request.GET.get("format") == "csv":
        rows = presenters.csv_rows(measure, site.code if site else "", pages)
        return csv_file(f"equity-{measure.code}.csv", presenters.CSV_COLUMNS, rows)
    lines = retests(request.person.organisation_id, measure, until=today)
    small = longer_of(request.person.organisation_id, measure, pages, until=today, site_id=site_id)
    return render(
        request,
        "equity/equity.html",
        {
            **_frame(request, today),
            "measure": measure,
            "choices": [(code, each.title) for code, each in catalogue.items()],
            "site": site,
            "tables": presenters.attribute_tables(measure, pages),
            "longer": presenters.longer_lines(measure, small),
            "found": presenters.found_sentences(measure, pages),
            "retests": presenters.retest_lines(measure, lines),
            "may_act": request.person.may("measure.define"),
            "problem": _problem(request.GET.get("problem", "")),
            "panels": panels("equity.page", request, measure) if site is None else [],
            "today": today,
        },
    )


@requires("review.read")
@require_GET
def reach(request: StaffRequest) -> HttpResponse:
    """Who is heard as much as they are there, and who is not."""
    organisation_id = request.person.organisation_id
    today = _today(request)
    measure = _chosen(request, measures(organisation_id, on=today))
    visits = reach_by_visits(organisation_id, measure.item, until=today)
    people = reach_by_population(organisation_id, measure.item, until=today)
    names = {site.code: site.name for site in Site.objects.filter(organisation_id=organisation_id)}
    return render(
        request,
        "equity/reach.html",
        {
            **_frame(request, today),
            "measure": measure,
            "visits": presenters.reach_tables(visits, names),
            "population": presenters.reach_tables(people, names),
            "unheard": presenters.unheard_sentences([*visits, *people], names),
            "below": equity_policy().under_voice_below,
            "trail": [{"label": _("Equity"), "url": reverse("equity:equity")}],
        },
    )


@requires("review.read")
@require_GET
def access(request: StaffRequest) -> HttpResponse:
    """Whether people from far away, or who move with difficulty, miss more appointments, and
    whether being seen remotely helps."""
    today = _today(request)
    asked = request.GET.get("by", "")
    by = next((each for each in ATTRIBUTES if each == asked), ATTRIBUTES[0])
    found = access_by(by, request.person.organisation_id, until=today)
    names = {"travel": _("Distance from home"), "mobility": _("How people move")}
    page = {
        **_frame(request, today),
        "by": by,
        "tabs": [
            {"label": names[each], "url": f"?by={each}", "current": each == by}
            for each in ATTRIBUTES
        ],
        "lines": access_words.lines(found),
        "says": access_words.sentences(found),
        "withheld": found.withheld,
        "trail": [{"label": _("Equity"), "url": reverse("equity:equity")}],
    }
    return render(request, "equity/access.html", page)


@requires("measure.define")
@require_POST
def act(request: StaffRequest) -> HttpResponse:
    """Note what is begun to close a gap, and go back to its measure."""
    given = {name: request.POST.get(name, "")[:size] for name, size in _LONGEST.items()}
    started = parse_date(request.POST.get("started_on", "") or "-")
    measure = request.POST.get("measure", "")[:40]
    query = {"measure": measure}
    if started is None or measure not in measures(
        request.person.organisation_id, on=_today(request)
    ):
        return _back({**query, "problem": "words"})
    try:
        note_gap_action(
            NewGapAction(
                measure=measure,
                attribute=request.POST.get("attribute", ""),
                started_on=started,
                what=given["what"],
                owner=given["owner"],
                group=given["group"],
            ),
            by=request.person.actor,
            by_name=request.person.name,
            at=timezone.now(),
        )
    except GapActionError as error:
        query["problem"] = "future" if str(error).startswith("started_on") else "words"
    return _back(query)


def _back(query: dict[str, str]) -> HttpResponse:
    return redirect(f"{reverse('equity:equity')}?{urlencode(query)}#done")


def _problem(code: str) -> str:
    return {
        "future": _("It can be noted from the day it begins."),
        "words": _("Say what is begun, for whom, since when, and who answers for it."),
    }.get(code, "")


def _frame(request: StaffRequest, today: date) -> dict[str, Any]:
    period = equity_period(today)
    return {
        "sites": Site.objects.filter(organisation_id=request.person.organisation_id),
        "start": period.start.first_day,
        "stop": period.stop.first_day - timedelta(days=1),
        "method": METHOD,
        "policy": f"{load_policy().name}, {equity_policy().name}",
        "minimum": load_policy().minimum_group,
    }


def _site_or_404(request: StaffRequest, site_id: int | None) -> Site | None:
    if site_id is None:
        return None
    found = Site.objects.filter(pk=site_id, organisation_id=request.person.organisation_id).first()
    if found is None:
        raise Http404
    return found


def _chosen(request: StaffRequest, catalogue: Any) -> Measure:
    asked = request.GET.get("measure", "")
    first = next((code for code in equity_policy().headline_measures if code in catalogue), None)
    found: Measure = catalogue.get(asked) or catalogue[first or next(iter(catalogue))]
    return found


def _today(request: StaffRequest) -> date:
    return organisation_day(request.person.organisation_id, timezone.now())
