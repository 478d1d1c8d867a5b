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
) -> Event:
    """Keep the event, and hand it to the job queue where somebody reacts to it.

    One that nobody reacts to is kept as settled: that it happened can be read, nothing is to do.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction(name)
    is_heard = bool(reactions_to(name))
    event = Event(
        name=name,
        organisation_id=organisation_id,
        at=at,
        ids=dict(ids),
        settled_at=None if is_heard else at,
    )
    insert_one(event)
    if not is_heard:
        return event
    # imported here because tasks import the delivering side, which imports reactions' rooms
    from wellheard.base.events.tasks import deliver_event

    deliver_event.enqueue(event.pk)
    return event
