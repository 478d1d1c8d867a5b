"""Keeping that an address asked us to stop, or to write again."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.channels.stops.models import StopNotice
from wellheard.channels.stops.queries import is_stopped
from wellheard.people.consent.actions import reopen_contact, stop_contact
from wellheard.people.patients.models import ContactPoint


def stop_address(*, kind: str, address_digest: str, source: str, by: Actor, at: datetime) -> bool:
    """Nothing is sent to the address from now on, whoever it belongs to. False: it was stopped
    already. ``source``: one of StopNotice.Source."""
    with acting(by, at=at) as trail:
        if is_stopped(by.organisation_id, kind, address_digest):
            return False
        notice = _notice(kind, address_digest, True, source, by, at)
        trail.write("address.stopped", notice, kind=kind, source=source)
        contact = _contact(kind, address_digest, by)
        if contact is not None:
            stop_contact(contact=contact, source=source, by=by, at=at)
            trail.publish("channels.contact_stopped", contact_id=contact.pk)
    return True


def reopen_address(*, kind: str, address_digest: str, source: str, by: Actor, at: datetime) -> bool:
    """The holder asked to be written to again. What was agreed before is not agreed anew."""
    with acting(by, at=at) as trail:
        if not is_stopped(by.organisation_id, kind, address_digest):
            return False
        notice = _notice(kind, address_digest, False, source, by, at)
        trail.write("address.reopened", notice, kind=kind, source=source)
        contact = _contact(kind, address_digest, by)
        if contact is not None:
            reopen_contact(contact=contact, by=by, at=at)
    return True


def _notice(
    kind: str, address_digest: str, stopped: bool, source: str, by: Actor, at: datetime
) -> StopNotice:
    return StopNotice.objects.create(
        organisation_id=by.organisation_id,
        kind=kind,
        address_digest=address_digest,
        stopped=stopped,
        source=source,
        at=at,
    )


def _contact(kind: str, address_digest: str, by: Actor) -> ContactPoint | None:
    return ContactPoint.objects.filter(
        organisation_id=by.organisation_id, kind=kind, value_digest=address_digest
    ).first()
