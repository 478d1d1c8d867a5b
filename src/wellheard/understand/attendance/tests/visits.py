"""Visits with planted times, a few lines each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wellheard.people.visits.models import Visit

ZONE = ZoneInfo("America/Chicago")


def seen(
    place: Any, month: str, wait: int | None, n: int = 1, *, day: int = 10, early: int = 5,
    **more: Any,
) -> list[Visit]:  # fmt: skip
    """``n`` unsaved visits of people who came ``early`` and were seen ``wait`` minutes after
    their time, half of that in the room; None: nobody noted when."""
    year, number = map(int, month.split("-"))
    scheduled = datetime(year, number, day, 10, tzinfo=ZONE)
    values: dict[str, Any] = {
        "organisation_id": place.organisation_id,
        "place": place,
        "kind": Visit.Kind.AMBULATORY,
        "status": Visit.Status.FINISHED,
        "booked_at": scheduled - timedelta(days=10),
        "scheduled_at": scheduled,
        "arrived_at": scheduled - timedelta(minutes=early),
        "roomed_at": None if wait is None else scheduled + timedelta(minutes=wait / 2),
        "seen_at": None if wait is None else scheduled + timedelta(minutes=wait),
        "recorded_at": scheduled,
    }
    return [Visit(**values | more) for _ in range(n)]


def keep(*portions: list[Visit]) -> None:
    """Save them."""
    Visit.objects.bulk_create([visit for portion in portions for visit in portion])
