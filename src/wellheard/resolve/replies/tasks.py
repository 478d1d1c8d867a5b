"""Periodic work: replies that wait to be published."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wellheard.resolve.replies.actions.publishing import sweep_due


def sweep(now: datetime) -> None:
    """Hand over what is due; safe side by side."""
    with transaction.atomic():
        sweep_due(now)
