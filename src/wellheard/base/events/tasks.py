"""The jobs that deliver events."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks import task

from wellheard.base.events.delivery import deliver
from wellheard.base.events.models import Event


@task()
def deliver_event(event_id: int) -> None:
    deliver(event_id, now=timezone.now())


def redeliver_unsettled(now: datetime) -> None:
    """The sweep: whatever a killed worker or a failed try left behind is delivered again."""
    waiting = Event.objects.filter(settled_at__isnull=True, at__lt=now - timedelta(seconds=5))
    for event_id in list(waiting.order_by("pk").values_list("pk", flat=True)[:200]):
        deliver(event_id, now=now)
