"""Delivering: each reaction runs in its own transaction, once it succeeded never again."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from wellheard.base.events.happening import Happening
from wellheard.base.events.models import Event, Reception
from wellheard.base.events.wiring import reaction, reactions_to

logger = logging.getLogger("wellheard.events")
MOST_TRIES = 8


def deliver(event_id: int, *, now: datetime) -> bool:
    """Run every reaction that has not yet dealt with the event. True when all is settled."""
    event = Event.objects.filter(pk=event_id, settled_at__isnull=True).first()
    if event is None:
        return True
    happening = Happening(event.pk, event.name, event.organisation_id, event.at, event.ids)
    settled = [_receive(event, happening, dotted, now) for dotted in reactions_to(event.name)]
    if all(settled):
        Event.objects.filter(pk=event_id).update(settled_at=now)
    return all(settled)


def _receive(event: Event, happening: Happening, dotted: str, now: datetime) -> bool:
    reception = Reception.objects.filter(event=event, reaction=dotted).first()
    if reception and (reception.done_at or reception.gave_up_at):
        return True
    if reception and reception.next_try_at and reception.next_try_at > now:
        return False
    try:
        with transaction.atomic():
            reaction(dotted)(happening)
            # In the reaction's own transaction: its effect and this note are kept together.
            Reception.objects.update_or_create(
                event=event, reaction=dotted, defaults={"done_at": now, "next_try_at": None}
            )
    except Exception as error:
        _failed(event, dotted, error, now)
        return False
    return True


def _failed(event: Event, dotted: str, error: Exception, now: datetime) -> None:
    reception, _ = Reception.objects.get_or_create(event=event, reaction=dotted)
    reception.tries += 1
    # The class alone: an error's message may quote what a patient wrote.
    reception.error = type(error).__name__
    if reception.tries >= MOST_TRIES:
        reception.gave_up_at = now
    else:
        reception.next_try_at = now + timedelta(seconds=2**reception.tries)
    reception.save()
    logger.error(
        "reaction failed",
        extra={
            "event": event.name,
            "event_id": event.pk,
            "reaction": dotted,
            "error": type(error).__name__,
            "tries": reception.tries,
        },
    )
