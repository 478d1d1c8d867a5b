"""Periodic work: asking those whose waiting days are over."""

from __future__ import annotations

from datetime import datetime

from wellheard.resolve.aftercare.actions import ask_due


def sweep(now: datetime) -> None:
    """Ask who is due; safe side by side."""
    ask_due(now)
