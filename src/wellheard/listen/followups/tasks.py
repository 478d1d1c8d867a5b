"""Periodic work: taking in whose visit has ended, and asking whose day has come."""

from __future__ import annotations

from datetime import datetime

from wellheard.listen.followups.actions import ask_due, take_in
from wellheard.listen.followups.models import FollowUpPlan


def sweep(now: datetime) -> None:
    """Take in, then ask; safe side by side."""
    for plan in FollowUpPlan.objects.running():
        take_in(plan, at=now)
    ask_due(now)
