"""Periodic work: looking after posters."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from wellheard.base.audit.actor import Actor
from wellheard.listen.posters.watching import watch_posters
from wellheard.people.places.models import Organisation


def look_after_posters(now: datetime) -> None:
    """Open and close alarms of posters, organisation by organisation."""
    for organisation in Organisation.objects.all():
        by = Actor.system(organisation.pk, "posters")
        watch_posters(organisation, settings.ADDRESS, by=by, at=now)
