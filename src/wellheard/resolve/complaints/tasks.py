"""Periodic work of cases; the clock is read by the worker that calls it."""

from __future__ import annotations

from datetime import datetime, timedelta

from wellheard.resolve.complaints.actions import sweeping
from wellheard.resolve.complaints.actions.taking_up import take_up_left_concerns
from wellheard.resolve.complaints.models import Presence

_KEEP_PRESENCE = timedelta(hours=1)


def sweep_letters(now: datetime) -> None:
    """Letters that were held long enough leave, and closures are told."""
    sweeping.sweep_letters(now)


def sweep_deadlines(now: datetime) -> None:
    """Clocks, calls, promises and snoozes."""
    sweeping.sweep_deadlines(now)


def sweep_cover(now: datetime) -> None:
    """Concerns nobody could own are tried again, cases of people who are away move on, repeats
    are linked, traces of visitors go."""
    take_up_left_concerns(now)
    sweeping.sweep_cover(now)
    Presence.objects.filter(seen_at__lt=now - _KEEP_PRESENCE).delete()
