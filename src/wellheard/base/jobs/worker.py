"""The worker: takes jobs from the Django Tasks database queue, and runs periodic work."""

from __future__ import annotations

import logging
import secrets
import signal
import threading
from collections.abc import Callable
from types import FrameType

from django.db import OperationalError, close_old_connections, connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from wellheard.base.jobs import leases, schedule

logger = logging.getLogger("wellheard.jobs")
BEAT_SECONDS = leases.LEASE.total_seconds() / 6


class Worker:
    """One process that works until it is told to stop; several may run side by side."""

    def __init__(self, *, idle_seconds: float = 0.5) -> None:
        self.id = f"w-{secrets.token_hex(8)}"
        self._idle_seconds = idle_seconds
        self._stop = threading.Event()
        self._beat = threading.Thread(target=self._keep_signing, daemon=True)

    def run(self) -> None:
        """Work until ``stop``. A job in hand is finished first."""
        self._steadily(lambda: leases.sign(self.id, now=timezone.now()))
        self._beat.start()
        while not self._stop.is_set():
            close_old_connections()
            if not self._steadily(self.run_one):
                self._steadily(self._periodic)
                self._stop.wait(self._idle_seconds)
        self._steadily(lambda: leases.sign_off(self.id))

    def drain(self) -> int:
        """Run every job that is ready now, then return how many ran (tests, demonstration)."""
        done = 0
        while self.run_one():
            done += 1
        return done

    def stop(self, *_: int | FrameType | None) -> None:
        self._stop.set()

    def stop_on_signals(self) -> None:
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)

    def run_one(self) -> bool:
        """Claim the next ready job and run it. False when there is none."""
        job = self._claim()
        if job is None:
            return False
        try:
            result = job.task_result
            value = job.task.call(*result.args, **result.kwargs)
            job.set_successful(value)
        except Exception as error:
            # Not set_failed: its traceback would keep the message, which may quote a patient.
            self._failed(job, error)
        return True

    def _claim(self) -> DBTaskResult[..., object] | None:
        # The look without a lock spares an idle worker a write transaction twice a second.
        ready = DBTaskResult.objects.ready().filter(backend_name="default")
        if not ready.exists():
            return None
        with transaction.atomic():
            job = ready.get_locked()
            if job is not None:
                job.claim(self.id)
        return job

    def _failed(self, job: DBTaskResult[..., object], error: Exception) -> None:
        job.status = TaskResultStatus.FAILED
        job.finished_at = timezone.now()
        job.exception_class_path = f"{type(error).__module__}.{type(error).__qualname__}"
        job.save(update_fields=["status", "finished_at", "exception_class_path"])
        logger.error(
            "job failed",
            extra={"job": str(job.pk), "task": job.task_path, "error": type(error).__name__},
        )

    def _periodic(self) -> bool:
        return schedule.run_due(timezone.now()) > 0

    def _keep_signing(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            self._steadily(lambda: leases.sign(self.id, now=timezone.now()))
        connection.close()

    def _steadily(self, step: Callable[[], bool | None]) -> bool:
        """A step that outlives a locked or briefly absent database: it is tried again later."""
        try:
            return bool(step())
        except OperationalError as error:
            logger.warning("the database is busy or away", extra={"error": type(error).__name__})
            self._stop.wait(1.0)
            return False
