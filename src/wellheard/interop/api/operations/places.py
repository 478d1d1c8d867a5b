"""Reading places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from ninja import Query, Router

from wellheard.interop.api.doors import ApiRequest, need
from wellheard.interop.api.problems import Problem
from wellheard.interop.api.refusals import REFUSALS
from wellheard.interop.api.shapes import Paging, Places, page_of
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place
from wellheard.people.places.queries import place_by_code

router = Router(tags=["places"])


@router.get("/places", response={200: Places, REFUSALS: Problem}, operation_id="list_places")
def list_places(request: ApiRequest, paging: Query[Paging]) -> Any:
    """The places the caller may read, by name."""
    person = need(request, "place.read")
    places = Place.objects.of(person.organisation_id).select_related("site")
    within = person.places("place.read")
    if within is not None:
        places = places.filter(pk__in=within)
    return page_of(places.order_by("name", "pk"), paging, _shown)


def place_for(person: Person, code: str | None, permission: str) -> Place | None:
    """The open place of that code in the caller's reach; None for no code. Raises Http404."""
    if code is None:
        return None
    place = place_by_code(code)
    within = person.places(permission)
    if place is None or place.organisation_id != person.organisation_id:
        raise Http404
    if within is not None and place.pk not in within:
        raise Http404
    return place


def _shown(places: Sequence[Place]) -> list[dict[str, Any]]:
    return [
        {
            "code": place.code,
            "name": place.name,
            "kind": place.kind,
            "site": place.site.name,
            "open": place.closed_on is None,
        }
        for place in places
    ]
