"""Is this installation alive, and is it ready to take what people write?"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection

from wellheard.base.events.models import Event
from wellheard.base.jobs import leases, schedule

LEAST_FREE_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    note: str


def readiness(now: datetime) -> list[Check]:
    """Everything that must hold for a card to be kept and acted on."""
    database = _database()
    if not database.ok:
        return [database, _disk()]
    return [database, _disk(), _workers(now), _periodic(now), _undelivered()]


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return Check("database", True, "answers")
    except DatabaseError as error:
        return Check("database", False, type(error).__name__)


def _disk() -> Check:
    free = shutil.disk_usage(settings.HOME).free
    return Check("disk", free > LEAST_FREE_BYTES, f"{free // 1_000_000} MB free")


def _workers(now: datetime) -> Check:
    count = len(leases.living(now))
    return Check("worker", count > 0, f"{count} alive")


def _periodic(now: datetime) -> Check:
    late = schedule.missed(now)
    return Check("schedule", not late, ", ".join(row.name for row in late) or "on time")


def _undelivered() -> Check:
    count = Event.objects.filter(receptions__gave_up_at__isnull=False).distinct().count()
    return Check("events", count == 0, f"{count} given up")
