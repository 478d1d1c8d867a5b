"""Queuing very many messages at once; the worker's sweep takes them up at its own pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.tables.bulk import insert_rows
from wellheard.channels.outbox.models import Message

_ASKED_AT_ONCE = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """One message, as ``queue_message`` takes it."""

    patient_id: int
    place_id: int
    key: str
    template: str
    version: int
    language: str
    purpose: str
    channel: str
    subject: str
    body: str
    short: str
    about: tuple[str, str]
    expires_at: datetime | None = None


def queue_messages(messages: Sequence[NewMessage], *, by: Actor, at: datetime) -> dict[str, int]:
    """Keep messages to patients of the actor's organisation, all or none; key to message id.

    A key that is there already gives the message that is there. Whether one may leave is asked
    when it leaves, not here.
    """
    with acting(by, at=at) as trail:
        kept = _held([message.key for message in messages], by.organisation_id)
        fresh = [message for message in messages if message.key not in kept]
        ids = insert_rows(Message, [_row(message, by, at) for message in fresh])
        kept |= dict(zip((message.key for message in fresh), ids, strict=True))
        if fresh:
            trail.write("messages.queued", ("channels.message", "batch"), count=len(fresh))
    return kept


def _held(keys: Sequence[str], organisation_id: int) -> dict[str, int]:
    held: dict[str, int] = {}
    for start in range(0, len(keys), _ASKED_AT_ONCE):
        rows = Message.objects.filter(
            organisation_id=organisation_id, key__in=keys[start : start + _ASKED_AT_ONCE]
        )
        held.update(rows.values_list("key", "pk"))
    return held


def _row(message: NewMessage, by: Actor, at: datetime) -> dict[str, object]:
    return {
        "organisation_id": by.organisation_id,
        "patient_id": message.patient_id,
        "place_id": message.place_id,
        "key": message.key,
        "template": message.template,
        "version": message.version,
        "language": message.language,
        "purpose": message.purpose,
        "channel": message.channel,
        "subject": message.subject,
        "body": message.body,
        "short": message.short,
        "about_kind": message.about[0],
        "about_id": message.about[1],
        "queued_at": at,
        "queued_by_kind": by.kind,
        "queued_by_ref": by.ref,
        "expires_at": message.expires_at,
        "due_at": at,
    }
