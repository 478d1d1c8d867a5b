"""Periodic work: screens that nobody cleared."""

from __future__ import annotations

from datetime import datetime

from wellheard.listen.kiosk.actions import clear_left


def sweep(now: datetime) -> None:
    """Clear what was begun on screens that were switched off since."""
    clear_left(now)
