"""Leases on jobs: the task library claims a job for ever; a worker that is killed would keep it.

A worker signs a beat while it lives, also during a long job. A running job whose worker has not
signed for LEASE goes back to the queue, so every job runs at least once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from wellheard.base.jobs.models import WorkerBeat

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
MOST_CLAIMS = 5


def sign(worker: str, *, now: datetime) -> None:
    WorkerBeat.objects.update_or_create(
        worker=worker,
        defaults={"beat_at": now},
        create_defaults={"started_at": now, "beat_at": now},
    )


def sign_off(worker: str) -> None:
    WorkerBeat.objects.filter(worker=worker).delete()


def living(now: datetime) -> set[str]:
    rows = WorkerBeat.objects.filter(beat_at__gt=now - LEASE)
    return set(rows.values_list("worker", flat=True))


def give_back_orphans(now: datetime) -> int:
    """Put the jobs of silent workers back into the queue. How many."""
    alive = living(now)
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    orphans = [job for job in running.only("pk", "worker_ids") if _owner(job) not in alive]
    if not orphans:
        return 0
    with transaction.atomic():
        for job in orphans:
            again = len(job.worker_ids) < MOST_CLAIMS
            DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.RUNNING).update(
                status=TaskResultStatus.READY if again else TaskResultStatus.FAILED
            )
        WorkerBeat.objects.filter(beat_at__lt=now - LEASE * 20).delete()
    return len(orphans)


def _owner(job: DBTaskResult[..., object]) -> str:
    return str(job.worker_ids[-1]) if job.worker_ids else ""
