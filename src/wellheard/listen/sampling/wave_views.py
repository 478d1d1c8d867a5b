"""How a wave stands: for those who answer for everything, and for those who do for some places."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.base.pages.figures import number
from wellheard.listen.sampling import presenters, rules
from wellheard.listen.sampling.models import SampleMemberQuerySet, Wave
from wellheard.listen.sampling.queries import device_figures, drop_off, plan_state, wave_figures
from wellheard.listen.sampling.reach import members_of
from wellheard.listen.sampling.views import address_of_plan, own_of, stratum_names, trail
from wellheard.listen.sampling.vocabulary import limits
from wellheard.people.access.doors import StaffRequest, requires


@require_GET
@requires("sample.read")
def wave(request: StaffRequest, wave_id: int) -> HttpResponse:
    """How a wave stands: counts, response rates under their names, where people stop."""
    found = get_object_or_404(
        Wave.objects.select_related("plan__organisation"),
        organisation_id=request.person.organisation_id,
        pk=wave_id,
    )
    members = members_of(found, request.person)
    if request.person.places("sample.read") is not None:
        return _wave_of_places(request, found, members)
    figures = wave_figures(members)
    stops = _stops(members)
    context = {
        "wave": found,
        "title": presenters.wave_title(found),
        "counts": presenters.wave_counts(figures, unnamed=found.plan.anonymous),
        "unnamed": found.plan.anonymous,
        "rates": presenters.rate_lines(figures),
        "is_open": figures.open > 0,
        "stops": stops,
        "devices": _devices(members),
        "left_out": presenters.left_out_lines(found.left_out),
        "strata": presenters.strata_lines(found.strata, stratum_names(found.plan)),
        "facts": [
            (_("Drawn on"), found.drawn_at.date().isoformat()),
            (_("Method"), found.method),
            (_("Rules"), found.rules_version),
            (_("Seed"), found.seed[:16]),
            (_("Visits in the frame"), number(found.frame)),
            (_("Eligible"), number(found.eligible)),
            (_("Homes"), number(found.homes)),
        ],
        "state": plan_state(found.plan),
        "may_plan": request.person.may("sample.plan"),
        "trail": [*trail(), {"label": found.plan.name, "url": address_of_plan(found.plan)}],
    }
    return render(request, "sampling/wave.html", context)


def _wave_of_places(
    request: StaffRequest, found: Wave, members: SampleMemberQuerySet
) -> HttpResponse:
    """The same for those who answer for some places: figures of these alone."""
    context = {
        "title": presenters.wave_title(found),
        "own": own_of(members).facts,
        "unnamed": found.plan.anonymous,
        "state": plan_state(found.plan),
        "trail": [*trail(), {"label": found.plan.name, "url": address_of_plan(found.plan)}],
    }
    return render(request, "sampling/wave_of_places.html", context)


def _stops(members: Any) -> list[dict[str, str]]:
    """Where people stopped; items with few are put together."""
    by_item: dict[str, int] = {}
    for stop in drop_off(members):
        by_item[stop.item] = by_item.get(stop.item, 0) + stop.people
    least = limits().minimum_group
    shown = {item: n for item, n in by_item.items() if n >= least}
    rest = sum(by_item.values()) - sum(shown.values())
    lines = [{"item": item, "people": number(n)} for item, n in shown.items()]
    if rest >= least or (rest and not lines):
        few = number(rest) if rest >= least else _("too few to show")
        lines.append({"item": _("other questions"), "people": few})
    return lines


def _devices(members: Any) -> list[dict[str, str]]:
    lines = []
    for device, opened, finished in device_figures(members):
        rate = rules.share(finished, opened)
        if opened >= limits().minimum_group and rate is not None:
            shown = presenters.share_words(rate)
        else:
            shown = _("too few to show")
        lines.append({"device": str(presenters.DEVICES.get(device, device)), "finished": shown})
    return lines
