"""The sweep: whatever is due, held until now, or left behind by a killed worker, goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from wellheard.channels.outbox.actions import hand_over
from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.rulebook import sending_rules
from wellheard.channels.outbox.sending import longest_hold

MOST_AT_ONCE = 500


def sweep(now: datetime) -> None:
    """Hand due messages to the worker, urgent ones first; safe to run twice and side by side."""
    with transaction.atomic():
        due = _due(now)
        handed = now + timedelta(seconds=sending_rules().handed)
        # Handed over once in a while, not at every sweep: a slow worker must not drown in copies.
        Message.objects.filter(pk__in=[m.pk for m in due]).update(handed_until=handed)
        for message in due:
            hand_over(message)


def _due(now: datetime) -> list[Message]:
    handed = timedelta(seconds=sending_rules().handed)
    waiting = (
        Message.objects.due(now, longest_hold())
        .free(now, timedelta(seconds=sending_rules().lease))
        .filter(
            Q(handed_until__isnull=True)
            | Q(handed_until__lte=now)
            | Q(handed_until__gt=now + handed)
        )
        .order_by("-urgent", "due_at")
    )
    return list(waiting.only("pk", "urgent").select_for_update(skip_locked=True)[:MOST_AT_ONCE])
