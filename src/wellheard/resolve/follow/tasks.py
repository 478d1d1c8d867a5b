"""Periodic work of the person's own pages."""

from __future__ import annotations

from datetime import datetime, timedelta

from wellheard.resolve.follow.models import ComplaintDraft, DoorTry

_KEEP_TRIES = timedelta(days=1)


def forget_visits(now: datetime) -> None:
    """Drop complaints that were never sent, and traces of tries, after a day."""
    ComplaintDraft.objects.filter(expires_at__lt=now).delete()
    DoorTry.objects.filter(at__lt=now - _KEEP_TRIES).delete()
