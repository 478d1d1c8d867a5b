"""Publishing: the event and the job that delivers it lie in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from wellheard.base.events.models import Event
from wellheard.base.events.wiring import reactions_to
from wellheard.base.tables.single import insert_one


class OutsideTransaction(Exception):
    """An event must be kept with the change it tells of, so it needs an open transaction."""


def publish(
    name: str, *, organisation_id: int, at: datetime, ids: Mapping[str, int | str]
) -> Event | None:
    """Keep the event and hand it to the job queue. None when nobody reacts to it."""
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction(name)
    if not reactions_to(name):
        return None
    event = Event(name=name, organisation_id=organisation_id, at=at, ids=dict(ids))
    insert_one(event)
    # imported here because tasks import the delivering side, which imports reactions' rooms
    from wellheard.base.events.tasks import deliver_event

    deliver_event.enqueue(event.pk)
    return event
