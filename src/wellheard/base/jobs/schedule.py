"""Periodic work: named, with an interval and the delay after which a missed run is an alarm."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from wellheard.base.jobs.models import PeriodicRun

logger = logging.getLogger("wellheard.jobs")


@dataclass(frozen=True, slots=True)
class Periodic:
    """``run`` (dotted path of ``(now) -> None``) every so often, safe to run twice."""

    name: str
    every: timedelta
    run: str
    missed_after: timedelta


def schedule() -> Sequence[Periodic]:
    found: Sequence[Periodic] = import_module(settings.WIRING).SCHEDULE
    return found


def run_due(now: datetime) -> int:
    """Run everything that is due and that no other worker has taken. Number of runs."""
    # One read for all of them, twice a second: most ticks find nothing due, and no write lock is
    # taken for that.
    waiting = set(PeriodicRun.objects.filter(due_at__gt=now).values_list("name", flat=True))
    due = [periodic for periodic in schedule() if periodic.name not in waiting]
    return sum(_run(periodic, now) for periodic in due if _take(periodic, now))


def missed(now: datetime) -> list[PeriodicRun]:
    """Periodic work that should have finished by now and did not."""
    names = {periodic.name: periodic for periodic in schedule()}
    late = []
    for row in PeriodicRun.objects.filter(name__in=names):
        last = row.finished_at or row.due_at
        if now - last > names[row.name].every + names[row.name].missed_after:
            late.append(row)
    return late


def _take(periodic: Periodic, now: datetime) -> bool:
    with transaction.atomic():
        PeriodicRun.objects.get_or_create(name=periodic.name, defaults={"due_at": now})
        held = PeriodicRun.objects.select_for_update().get(name=periodic.name)
        if held.due_at > now:
            return False
        behind = int((now - held.due_at) / periodic.every)
        if held.finished_at and now - held.due_at > periodic.missed_after:
            held.missed += max(behind, 1)
            logger.error("periodic work was missed", extra={"periodic": periodic.name})
        held.started_at = now
        held.due_at = now + periodic.every
        held.save()
    return True


def _run(periodic: Periodic, now: datetime) -> int:
    run: Callable[[datetime], None] = import_string(periodic.run)
    error = ""
    try:
        run(now)
    except Exception as failure:
        error = type(failure).__name__
        logger.error("periodic work failed", extra={"periodic": periodic.name, "error": error})
    PeriodicRun.objects.filter(name=periodic.name).update(error=error)
    if not error:
        PeriodicRun.objects.filter(name=periodic.name).update(finished_at=now)
    return 1
