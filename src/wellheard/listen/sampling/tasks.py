"""Periodic work: asking, watching feeds, looking for silent groups, drawing what is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from wellheard.base.audit.actor import Actor
from wellheard.listen.sampling.asking import ask_due, settle
from wellheard.listen.sampling.models import Wave
from wellheard.listen.sampling.watching import propose_top_ups, watch
from wellheard.people.places.models import Organisation


def sweep(now: datetime) -> None:
    """Settle who answered or stopped, then ask those whose step is due; safe side by side."""
    for organisation in _with_waves():
        settle(organisation, at=now)
        ask_due(organisation, at=now)


def watch_feeds(now: datetime) -> None:
    """Open an alarm for each feed that fell silent, close those of feeds that speak again."""
    for organisation in Organisation.objects.all():
        watch(organisation, by=Actor.system(organisation.pk, "sampling"), at=now)


def watch_silence(now: datetime) -> None:
    """Propose to ask more of groups that are hardly heard in waves whose window is over, or
    half of it. Never of anonymous plans: what helps is paper and a call, which name people."""
    waves = Wave.objects.filter(group="", drawn_at__lte=now - timedelta(days=21))
    waves = waves.filter(plan__anonymous=False)
    for wave in waves.filter(drawn_at__gt=now - timedelta(days=60)).select_related("plan"):
        with transaction.atomic():
            propose_top_ups(wave, by=Actor.system(wave.organisation_id, "sampling"), at=now)


def _with_waves() -> list[Organisation]:
    ids = Wave.objects.order_by().values("organisation_id").distinct()
    return list(Organisation.objects.filter(pk__in=ids))
