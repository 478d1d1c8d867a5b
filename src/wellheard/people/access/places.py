"""The place that a page is about, or a refusal that is noted."""

from __future__ import annotations

from django.http import Http404

from wellheard.people.access.doors import StaffRequest, refuse
from wellheard.people.places.models import Place


def place_or_refusal(request: StaffRequest, place_id: int, permission: str) -> Place:
    """A place of the person's organisation at which they have the permission, with its site and
    organisation. Raises Http404, PermissionDenied."""
    found = Place.objects.of(request.person.organisation_id)
    here = found.select_related("site", "organisation").filter(pk=place_id).first()
    if here is None:
        raise Http404
    if not request.person.may(permission, place_id=here.pk):
        refuse(request, permission, ("people.place", str(here.pk)))
    return here
