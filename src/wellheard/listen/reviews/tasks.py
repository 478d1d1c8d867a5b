"""Periodic work: reading every outlet, then looking for bursts."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.listen.reviews.actions import read_outlet
from wellheard.listen.reviews.models import Outlet
from wellheard.listen.reviews.watching import watch_bursts


def read_outlets(now: datetime) -> None:
    """Read those with an address that are not paused. One that fails stops no other."""
    outlets = Outlet.objects.filter(paused_at=None).exclude(address="")
    organisations = {}
    for outlet in outlets.select_related("organisation", "site"):
        by = Actor.system(outlet.organisation_id, "reviews")
        read_outlet(outlet, by=by, at=now)
        organisations[outlet.organisation_id] = outlet.organisation
    for pk, organisation in organisations.items():
        watch_bursts(organisation, by=Actor.system(pk, "reviews"), at=now)
