"""Sending one message: claim it and take the last look in one transaction, hand it to the
provider outside any transaction, write down what came of it in another.

A worker killed between any two steps leaves either a message that is still due, or an attempt
without an outcome whose lease runs out; then the message is tried again with the same
idempotency key. So nothing is lost, and a provider that knows the key sends nothing twice.
"""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task

from wellheard.base.audit.trail import Trail, acting
from wellheard.base.vault.sealing import sign
from wellheard.channels.outbox.lastlook import Look, look
from wellheard.channels.outbox.models import Message, MessageAttempt
from wellheard.channels.outbox.queries import has_left, tries_since_taken_up
from wellheard.channels.outbox.recording import (
    note_accepted,
    note_failure,
    note_gave_up,
    note_hold,
    note_refusal,
    sender,
)
from wellheard.channels.outbox.rulebook import sending_rules
from wellheard.channels.outbox.rules import Hold, Refuse, is_spent
from wellheard.channels.outbox.transport import Delivery, Transport, TransportError
from wellheard.channels.outbox.transports import transport_for, transport_name

logger = logging.getLogger("wellheard.outbox")
UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to be handed over: the attempt that is written down, and what to hand."""

    attempt_id: int
    transport: Transport
    delivery: Delivery


# Named a task here, not in tasks.py: queuing a message must be able to enqueue it.
@task()
def send_message(message_id: int) -> None:
    send_one(message_id, clock=timezone.now)


def send_one(message_id: int, *, clock: Callable[[], datetime]) -> None:
    """Send a message if it is due and nobody else is sending it; otherwise do nothing."""
    parcel = pack(message_id, now=clock())
    if parcel is None:
        return
    try:
        accepted = parcel.transport(parcel.delivery)
    except TransportError as error:
        _failed(parcel, error, clock)
    except Exception as error:
        # A fault of ours must not make a message disappear: it counts as a try and comes back.
        name = type(error).__name__
        logger.error("transport fault", extra={"attempt": parcel.attempt_id, "error": name})
        _failed(parcel, TransportError(f"fault-{name}", permanent=False), clock)
    else:
        note_accepted(parcel.attempt_id, accepted.provider_id, at=clock())


def _failed(parcel: Parcel, error: TransportError, clock: Callable[[], datetime]) -> None:
    luck = secrets.randbelow(1_000_000) / 1_000_000
    note_failure(parcel.attempt_id, error, at=clock(), luck=luck)


def pack(message_id: int, *, now: datetime) -> Parcel | None:
    """Claim the message, take the last look and write the attempt down. None: nothing to send."""
    organisations = Message.objects.filter(pk=message_id).values_list("organisation_id", flat=True)
    organisation_id = organisations.first()
    if organisation_id is None:
        return None
    with acting(sender(organisation_id), at=now) as trail:
        message = _claimable(message_id, now)
        return _weigh(message, now, trail) if message else None


def _claimable(message_id: int, now: datetime) -> Message | None:
    lease = timedelta(seconds=sending_rules().lease)
    found = (
        Message.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=message_id)
        .free(now, lease)
    )
    return next((m for m in found if m.due_at is not None and is_due(m, now)), None)


def is_due(message: Message, now: datetime) -> bool:
    """Whether the message's time has come, or was set by a clock that has been put back since."""
    return message.due_at is not None and (
        message.due_at <= now or message.due_at > now + longest_hold()
    )


def longest_hold() -> timedelta:
    """No wait is longer than this; a longer one is looked at again."""
    return timedelta(days=36)


def _weigh(message: Message, now: datetime, trail: Trail) -> Parcel | None:
    if has_left(message):
        Message.objects.filter(pk=message.pk).update(due_at=None, leased_until=None, lease="")
        return None
    if is_spent(tries_since_taken_up(message), sending_rules()):
        # A message whose sending kills the worker never gets to note its failure.
        note_gave_up(message, "tries_spent", now, trail)
        return None
    found = look(message, now)
    if isinstance(found.verdict, Hold):
        note_hold(message, found.verdict, found.rules.version, now, trail)
        return None
    if isinstance(found.verdict, Refuse):
        note_refusal(message, found.verdict, found.rules.version, now, trail)
        return None
    return _parcel(message, found, now)


def _parcel(message: Message, found: Look, now: datetime) -> Parcel:
    assert found.address
    attempt = MessageAttempt.objects.create(
        message=message,
        number=message.attempts.count() + 1,
        round=message.round,
        token=uuid.uuid4(),
        channel=found.channel,
        transport=transport_name(found.channel),
        contact=found.contact,
        address_digest=found.digest,
        started_at=now,
    )
    message.lease = attempt.token.hex
    message.leased_until = now + timedelta(seconds=sending_rules().lease)
    message.save(update_fields=["lease", "leased_until"])
    delivery = Delivery(
        key=sending_key(message),
        to=found.address,
        subject=message.subject,
        text=_last_words(message, found.text, now),
        at=now,
        language=message.language,
        sender_name=message.organisation.name,
        receipts_to=_receipts_address(attempt),
        unsubscribe_at=_unsubscribe_address(message, found),
    )
    return Parcel(attempt.pk, transport_for(found.channel), delivery)


def _last_words(message: Message, text: str, now: datetime) -> str:
    """The words as they leave: the room that wrote them may put in what is never kept."""
    dotted = import_module(settings.WIRING).LATE_WORDS.get(message.about_kind)
    return str(import_string(dotted)(message, text, now)) if dotted else text


def sending_key(message: Message) -> str:
    """The idempotency key: the same for every try, another for a fresh sending."""
    return f"wh-{message.organisation_id}-{message.pk}-{message.round}"


# Written out, not reversed: a worker need not load every page of the house to name two of them.
# A test holds them to the addresses.
RECEIPTS = "/channels/sms/receipt/{token}/"
UNSUBSCRIBING = "/channels/email/unsubscribe/{signed}/"


def _receipts_address(attempt: MessageAttempt) -> str:
    return settings.ADDRESS + RECEIPTS.format(token=attempt.token.hex)


def _unsubscribe_address(message: Message, found: Look) -> str:
    if found.channel != "email" or message.purpose not in found.rules.one_click_purposes:
        return ""
    return settings.ADDRESS + UNSUBSCRIBING.format(signed=sign(str(message.pk), UNSUBSCRIBE))
