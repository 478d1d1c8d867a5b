"""The page of consistency."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.measures.spread import METHOD, STANDING_METHOD
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Place, Touchpoint
from wellheard.understand.consistency import presenters
from wellheard.understand.consistency.policy import core_policy
from wellheard.understand.consistency.queries import compare_item, core_period
from wellheard.understand.consistency.rules import Spot
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.scores.queries import organisation_day


@requires("review.read")
@require_GET
def consistency(request: StaffRequest) -> HttpResponse:
    """How far apart people are met along their way with us and within each place."""
    of, policy = request.person.organisation_id, core_policy()
    today = organisation_day(of, timezone.now())
    pages = {item.code: compare_item(of, item, until=today) for item in policy.items}
    heard = [page for page in pages.values() if page.spots]
    asked = pages.get(request.GET.get("item", "")) or (heard[0] if heard else None)
    period = core_period(today)
    context: dict[str, Any] = {
        "items": [presenters.item_line(page.compared) for page in heard],
        "start": period.start.first_day,
        "stop": period.stop.first_day - timedelta(days=1),
        "even_within": policy.even_within,
        "method": f"{METHOD}; {STANDING_METHOD}",
        "policy": f"{policy.name}, {load_policy().name}",
        "minimum": load_policy().minimum_group,
    }
    if asked is not None:
        names = _names(of, asked.spots)
        along, stages = asked.compared.along, presenters.stage_names()
        context |= {
            "chosen": asked.compared.item.code,
            "chosen_name": presenters.item_names()[asked.compared.item.code],
            "stages": presenters.standing_lines(along, stages),
            "apart": [presenters.sentence(each, stages) for each in along.apart],
            "places": presenters.place_lines(asked, names),
            "withheld": asked.compared.withheld,
        }
    return render(request, "consistency/consistency.html", context)


def _names(organisation_id: int, spots: tuple[Spot, ...]) -> dict[str, str]:
    """Names of places by number, and of spots by key; the place itself by its kind of door."""
    places = Place.objects.of(organisation_id).in_bulk({spot.place for spot in spots})
    touchpoints = Touchpoint.objects.filter(organisation_id=organisation_id).in_bulk(
        {spot.touchpoint for spot in spots if spot.touchpoint}
    )
    names = {str(pk): place.name for pk, place in places.items()}
    for spot in spots:
        touchpoint = touchpoints.get(spot.touchpoint or 0)
        names[spot.key] = touchpoint.name if touchpoint else _("The place itself")
    return names
