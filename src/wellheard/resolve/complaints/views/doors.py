"""The door of staff pages: every moment in the organisation's own time."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from wellheard.measures.clocks import zone_named
from wellheard.people.access.doors import StaffRequest
from wellheard.people.places.models import Organisation


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
