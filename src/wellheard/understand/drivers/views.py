"""The drivers page: the priority matrix, its table, and the same for groups of people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Site
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.drivers import presenters
from wellheard.understand.drivers.policy import driver_policy
from wellheard.understand.drivers.queries import (
    Asked,
    driver_period,
    drivers_of,
    groups_of,
    outcomes,
)
from wellheard.understand.equity.policy import equity_policy
from wellheard.understand.equity.vocabulary import attribute_names, group_name
from wellheard.understand.scores.queries import organisation_day


@requires("review.read")
@require_GET
def drivers(request: StaffRequest) -> HttpResponse:
    """What goes together with an overall judgement."""
    organisation_id = request.person.organisation_id
    today = organisation_day(organisation_id, timezone.now())
    overall = outcomes(organisation_id, on=today)
    outcome = overall.get(request.GET.get("outcome", "")) or next(iter(overall.values()))
    attribute = request.GET.get("by", "")
    attribute = attribute if attribute in equity_policy().attributes else ""
    groups = groups_of(organisation_id, outcome, attribute, until=today) if attribute else []
    asked = _asked(request, attribute, groups)
    found = drivers_of(organisation_id, outcome, asked, until=today)
    period = driver_period(today)
    return render(
        request,
        "drivers/drivers.html",
        {
            "drivers": found,
            "matrix": presenters.matrix_of(found),
            "lines": presenters.driver_lines(found),
            "says": presenters.why_words(found.why) or presenters.sentence(found),
            "strengths": presenters.strengths(found),
            "outcome": outcome,
            "outcomes": presenters.choices(
                [(code, each.title) for code, each in overall.items()], outcome.code
            ),
            **_filters(request, organisation_id, attribute, groups, asked),
            "start": period.start.first_day,
            "stop": period.stop.first_day - timedelta(days=1),
            "policy": f"{load_policy().name}, {driver_policy().name}",
        },
    )


def _asked(request: StaffRequest, attribute: str, groups: list[str]) -> Asked:
    """One group, or one site, never both: their overlap could be somebody."""
    group = request.GET.get("group", "")
    if attribute:
        first = groups[0] if groups else ""
        return Asked(attribute=attribute, group=group if group in groups else first)
    site = request.GET.get("site", "")
    sites = Site.objects.filter(organisation_id=request.person.organisation_id)
    if site.isdigit() and sites.filter(pk=int(site)).exists():
        return Asked(site_id=int(site))
    return Asked()


def _filters(
    request: StaffRequest, organisation_id: int, attribute: str, groups: list[str], asked: Asked
) -> dict[str, Any]:
    sites = Site.objects.filter(organisation_id=organisation_id)
    names = [(code, attribute_names()[code]) for code in equity_policy().attributes]
    return {
        "sites": presenters.choices(
            [("", _("All sites")), *((str(site.pk), site.name) for site in sites)],
            str(asked.site_id or ""),
        ),
        "attributes": presenters.choices([("", _("Everybody")), *names], attribute),
        "groups": presenters.choices(
            [(group, group_name(attribute, group)) for group in groups], asked.group
        ),
        "attribute": attribute,
    }
