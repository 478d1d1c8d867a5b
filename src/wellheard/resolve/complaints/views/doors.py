"""Doors of pages: the house's own time, where a request comes from, how often it may try."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wellheard.base.pages.errors import error_page
from wellheard.measures.clocks import zone_named
from wellheard.people.access.doors import StaffRequest
from wellheard.people.places.models import Organisation
from wellheard.resolve.complaints.queries.doors import may_try


def whence(request: HttpRequest) -> str:
    """Where the request comes from; only ever kept as a digest, and for a day."""
    return str(request.META.get("REMOTE_ADDR", ""))


def too_often(request: HttpRequest, door: str, now: datetime) -> HttpResponse | None:
    """The page that asks to wait, when this door was tried too often from there."""
    return None if may_try(door, whence(request), now) else error_page(request, 429)


def in_house_time(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show and read every moment on a staff page in the zone of the organisation.

    Stands below ``requires``: a call that is written up counts from what the clock on the wall
    said, not from the same figures in UTC.
    """

    @wraps(view)
    def timed(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        zones = Organisation.objects.values_list("zone", flat=True)
        with timezone.override(zone_named(zones.get(pk=request.person.organisation_id))):
            return view(request, *args, **kwargs)

    return timed
