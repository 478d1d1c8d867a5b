"""Periodic work of the queue itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from wellheard.base.jobs import leases

KEEP_FINISHED = timedelta(days=3)
KEEP_FAILED = timedelta(days=90)


def give_back_orphans(now: datetime) -> None:
    leases.give_back_orphans(now)


def forget_finished(now: datetime) -> None:
    """Drop finished jobs after three days and failed ones after ninety."""
    rows = DBTaskResult.objects
    rows.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - KEEP_FINISHED).delete()
    rows.filter(status=TaskResultStatus.FAILED, finished_at__lt=now - KEEP_FAILED).delete()
