"""Finding places."""

from __future__ import annotations

from wellheard.people.places.models import Organisation, Place, Touchpoint
from wellheard.people.places.rules import read_code


def place_by_code(code: str) -> Place | None:
    """The open place with this public code, with its site and organisation."""
    return (
        Place.objects.open()
        .select_related("site", "organisation")
        .filter(code=read_code(code))
        .first()
    )


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

    None when there is none, or when several sites have one and no site was named.
    """
    places = Place.objects.of(organisation.pk).select_related("site")
    if site_name:
        places = places.filter(site__name__iexact=site_name.strip())
    found = list(places.filter(name__iexact=place_name.strip())[:2])
    if not found:
        found = list(places.filter(code=read_code(place_name))[:2])
    return found[0] if len(found) == 1 else None


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
