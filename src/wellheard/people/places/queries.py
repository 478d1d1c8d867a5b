"""Finding places."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from wellheard.people.places.models import Organisation, Place, PlaceMerge, Touchpoint
from wellheard.people.places.rules import read_code


def place_by_code(code: str) -> Place | None:
    """The open place with this public code, with its site and organisation.

    The code of a place (or of a spot in it) that was merged leads to where it goes on.
    """
    wanted = read_code(code)
    places = Place.objects.select_related("site", "organisation")
    found = places.open().filter(code=wanted).first()
    if found is not None:
        return found
    is_it = Q(old__code=wanted) | Q(old__touchpoints__code=wanted)
    merged = PlaceMerge.objects.standing().filter(is_it).first()
    return places.open().filter(pk=going_on_as(merged.old_id)).first() if merged else None


def going_on_as(place_id: int) -> int:
    """The place that a place goes on as: itself, unless it was merged (and that again)."""
    while merge := PlaceMerge.objects.standing().filter(old=place_id).first():
        place_id = merge.into_id
    return place_id


def merges_of(
    organisation_id: int, *, into: Collection[int] | None = None, until: date | None = None
) -> list[PlaceMerge]:
    """Standing merges, oldest first: ``into`` some places, by the day ``until``."""
    found = PlaceMerge.objects.standing().filter(organisation_id=organisation_id)
    if into is not None:
        found = found.filter(into__in=list(into))
    if until is not None:
        found = found.filter(day__lte=until)
    return list(found.select_related("old", "into"))


def touchpoint_by_code(code: str) -> Touchpoint | None:
    """The open touchpoint with this public code, its place, site and organisation loaded."""
    return (
        Touchpoint.objects.open()
        .select_related("place__site", "place__organisation")
        .filter(code=read_code(code))
        .first()
    )


def find_place(organisation: Organisation, place_name: str, site_name: str = "") -> Place | None:
    """The place of that name (its code also serves), in the named site if one is given.

    None when there is none, or when several sites have one and no site was named. For a place
    that was merged, the one it goes on as.
    """
    places = Place.objects.of(organisation.pk).select_related("site")
    if site_name:
        places = places.filter(site__name__iexact=site_name.strip())
    found = list(places.filter(name__iexact=place_name.strip())[:2])
    if not found:
        found = list(places.filter(code=read_code(place_name))[:2])
    return _now(found[0]) if len(found) == 1 else None


def _now(place: Place) -> Place:
    if place.is_open:
        return place
    places = Place.objects.select_related("site", "organisation")
    return places.get(pk=going_on_as(place.pk))


class WhichOrganisationError(Exception):
    """There are several organisations and none was named, or none has the name."""


def the_organisation(slug: str = "") -> Organisation:
    """The named organisation; without a name the only one. Raises WhichOrganisationError."""
    found = list(Organisation.objects.filter(slug=slug) if slug else Organisation.objects.all()[:2])
    if len(found) == 1:
        return found[0]
    if slug:
        raise WhichOrganisationError(f"there is no organisation {slug!r}")
    if found:
        raise WhichOrganisationError("there are several organisations: name one")
    raise WhichOrganisationError("there is no organisation yet")
