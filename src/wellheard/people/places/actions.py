"""Opening, renaming and closing places."""

from __future__ import annotations

import re
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.places.models import Organisation, Place, Site, Touchpoint
from wellheard.people.places.queries import going_on_as
from wellheard.people.places.rules import new_code


def add_organisation(
    *,
    name: str,
    slug: str,
    country: str,
    jurisdiction: str,
    zone: str,
    languages: list[str],
    at: datetime,
) -> Organisation:
    """A new organisation. It acts on itself, as there is nobody yet who could."""
    organisation = Organisation.objects.create(
        name=name,
        slug=slug,
        country=country,
        jurisdiction=jurisdiction,
        zone=zone,
        languages=languages,
    )
    with acting(Actor.system(organisation.pk, "setup"), at=at) as trail:
        trail.write("organisation.added", organisation)
    return organisation


def first_organisation(*, at: datetime) -> Organisation | None:
    """An organisation to begin with, in an installation that has none; None when there is one."""
    if Organisation.objects.exists():
        return None
    return add_organisation(
        name="My organisation",
        slug="my-organisation",
        country="US",
        jurisdiction="us-hospital",
        zone="UTC",
        languages=["en", "es", "ar"],
        at=at,
    )


def add_site(
    organisation: Organisation,
    *,
    name: str,
    by: Actor,
    at: datetime,
    code: str = "",
    zone: str = "",
    holidays_in: str = "",
) -> Site:
    with acting(by, at=at) as trail:
        site = Site.objects.create(
            organisation=organisation,
            name=name,
            code=code or _site_code(organisation, name),
            zone=zone or organisation.zone,
            holidays_in=holidays_in or organisation.country,
        )
        trail.write("site.added", site)
    return site


def add_place(site: Site, *, name: str, kind: str, by: Actor, at: datetime) -> Place:
    with acting(by, at=at) as trail:
        place = Place.objects.create(
            organisation_id=site.organisation_id,
            site=site,
            name=name,
            kind=kind,
            code=_free_code(),
        )
        trail.write("place.added", place, kind=kind)
    return place


def ensure_place(
    organisation: Organisation,
    *,
    site_name: str,
    place_name: str,
    by: Actor,
    at: datetime,
    kind: str = Place.Kind.OTHER,
) -> Place:
    """The place of that name under that site; both are made when they are not there."""
    site_name = site_name.strip() or organisation.name
    with acting(by, at=at):
        site = Site.objects.filter(organisation=organisation, name__iexact=site_name).first()
        if site is None:
            site = add_site(organisation, name=site_name, by=by, at=at)
        place = Place.objects.filter(site=site, name__iexact=place_name.strip()).first()
        if place is not None and not place.is_open:
            place = Place.objects.select_related("site").get(pk=going_on_as(place.pk))
        return place or add_place(site, name=place_name.strip(), kind=kind, by=by, at=at)


def rename_place(place: Place, *, name: str, by: Actor, at: datetime) -> None:
    with acting(by, at=at) as trail:
        trail.write("place.renamed", place)
        Place.objects.filter(pk=place.pk).update(name=name)


def close_place(place: Place, *, by: Actor, at: datetime) -> None:
    """Close a place: its address stops taking cards, its past stays."""
    with acting(by, at=at) as trail:
        Place.objects.filter(pk=place.pk, closed_on__isnull=True).update(closed_on=at.date())
        trail.write("place.closed", place)


def add_touchpoint(place: Place, *, name: str, by: Actor, at: datetime) -> Touchpoint:
    """Name a spot within a place; one of that name that was closed opens again with its code."""
    with acting(by, at=at) as trail:
        earlier = Touchpoint.objects.filter(place=place, name__iexact=name.strip()).first()
        if earlier is not None:
            Touchpoint.objects.filter(pk=earlier.pk).update(closed_on=None)
            trail.write("touchpoint.opened", earlier)
            return earlier
        touchpoint = Touchpoint.objects.create(
            organisation_id=place.organisation_id,
            place=place,
            name=name.strip(),
            code=_free_code(),
        )
        trail.write("touchpoint.added", touchpoint)
    return touchpoint


def close_touchpoint(touchpoint: Touchpoint, *, by: Actor, at: datetime) -> None:
    """Close a spot: its address stops taking cards, what was said there stays."""
    with acting(by, at=at) as trail:
        open_ones = Touchpoint.objects.filter(pk=touchpoint.pk, closed_on__isnull=True)
        open_ones.update(closed_on=at.date())
        trail.write("touchpoint.closed", touchpoint)


def _free_code() -> str:
    """A code that neither a place nor a touchpoint has."""
    code = new_code()
    while Place.objects.filter(code=code).exists() or _is_of_touchpoint(code):
        code = new_code()
    return code


def _is_of_touchpoint(code: str) -> bool:
    return Touchpoint.objects.filter(code=code).exists()


def _site_code(organisation: Organisation, name: str) -> str:
    stem = re.sub(r"[^A-Z0-9]", "", name.upper())[:8] or "SITE"
    taken = set(Site.objects.filter(organisation=organisation).values_list("code", flat=True))
    return next(
        code for n in range(1, 10_000) if (code := stem if n == 1 else f"{stem}{n}") not in taken
    )
