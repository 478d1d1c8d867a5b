"""Queuing messages, and what a person may do with one: take it up again, or cancel it."""

from __future__ import annotations

from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.channels.outbox.models import Message, MessageDecision
from wellheard.channels.outbox.queries import message_state, messages_about
from wellheard.channels.outbox.rulebook import sending_rules
from wellheard.channels.outbox.rules import may_cancel, may_retry
from wellheard.channels.outbox.sending import send_message
from wellheard.people.consent.rules import WRITTEN
from wellheard.people.consent.vocabulary import purpose_codes
from wellheard.people.patients.models import Patient

LONGEST_KEY = 200


class MessageStateError(Exception):
    """The message stands where this cannot be done to it; ``state`` says where."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def queue_message(
    *,
    patient_id: int,
    template: str,
    version: int,
    subject: str,
    body: str,
    purpose: str,
    key: str,
    by: Actor,
    at: datetime,
    channel: str | None = None,
    about: tuple[str, str] | None = None,
    urgent: bool = False,
    short: str = "",
    language: str = "",
    place_id: int | None = None,
    expires_at: datetime | None = None,
) -> Message:
    """Keep a message with the act it tells of, and hand it to the worker in the same transaction.

    ``key`` names the act within the organisation: the same key again gives the message that is
    there already. ``channel`` None: as the patient prefers when it leaves. ``short`` is what a
    text message says instead of ``body``. ``place_id`` decides which staff may read it. After
    ``expires_at`` it is not sent any more. Whether it may leave is asked when it leaves, not here.
    Raises ValueError for an unknown purpose or channel, an empty body or a key that is empty or
    too long; Patient.DoesNotExist for a patient of another organisation.
    """
    _check(purpose, channel, body, key)
    with acting(by, at=at) as trail:
        patient = Patient.objects.get(pk=patient_id, organisation_id=by.organisation_id)
        kind, about_id = about or ("", "")
        message, is_new = Message.objects.get_or_create(
            organisation_id=by.organisation_id,
            key=key,
            defaults={
                "patient": patient,
                "place_id": place_id,
                "template": template,
                "version": version,
                "language": language or patient.language,
                "purpose": purpose,
                "channel": channel or "",
                "subject": subject,
                "body": body,
                "short": short,
                "about_kind": kind,
                "about_id": about_id,
                "urgent": urgent,
                "queued_at": at,
                "queued_by_kind": by.kind,
                "queued_by_ref": by.ref,
                "expires_at": expires_at,
                "due_at": at,
                # The job is handed over below; the sweep need not do it again at once.
                "handed_until": at + timedelta(seconds=sending_rules().handed),
            },
        )
        if is_new:
            trail.write("message.queued", message, template=template, version=version)
            hand_over(message)
    return message


def hand_over(message: Message) -> None:
    """Give the message to the worker, in the open transaction; an urgent one goes first."""
    send_message.using(priority=50 if message.urgent else 0).enqueue(message.pk)


def _check(purpose: str, channel: str | None, body: str, key: str) -> None:
    if purpose not in purpose_codes():
        raise ValueError(f"no message has the purpose {purpose!r}")
    if channel is not None and channel not in WRITTEN:
        raise ValueError(f"there is no channel {channel!r}")
    if not body.strip():
        raise ValueError("a message says something")
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValueError(f"a key has 1 to {LONGEST_KEY} characters")


def retry_message(message_id: int, *, by: Actor, at: datetime) -> Message:
    """Take up again a message that was given up, refused or not delivered; the rules are asked
    anew. After "not delivered" it is a fresh sending to the provider. Raises MessageStateError."""
    with acting(by, at=at) as trail:
        message = _locked(message_id, by)
        state = message_state(message)
        if not may_retry(state):
            raise MessageStateError(state)
        if state == "not_delivered":
            message.round += 1
        _decide(message, "retried", by, at, trail)
        message.due_at = at
        message.handed_until = at + timedelta(seconds=sending_rules().handed)
        message.save(update_fields=["round", "due_at", "handed_until"])
        hand_over(message)
    return message


def cancel_message(message_id: int, *, by: Actor, at: datetime) -> Message:
    """Stop a message that has not left. Raises MessageStateError, also while it is leaving."""
    with acting(by, at=at) as trail:
        message = _locked(message_id, by)
        state = message_state(message)
        if not may_cancel(state):
            raise MessageStateError(state)
        if message.leased_until is not None and message.leased_until > at:
            raise MessageStateError("leaving")
        _decide(message, "cancelled", by, at, trail)
        message.due_at = None
        message.save(update_fields=["due_at"])
    return message


def cancel_messages_about(subject: tuple[str, str], *, by: Actor, at: datetime) -> int:
    """Stop whatever has not left about one thing, e.g. ``("case", "12")``; how many."""
    stopped = 0
    with acting(by, at=at):
        mine = messages_about(subject).filter(organisation_id=by.organisation_id)
        for message in mine.filter(due_at__isnull=False):
            try:
                cancel_message(message.pk, by=by, at=at)
            except MessageStateError:
                continue
            stopped += 1
    return stopped


def _locked(message_id: int, by: Actor) -> Message:
    mine = Message.objects.select_for_update().filter(organisation_id=by.organisation_id)
    return mine.get(pk=message_id)


def _decide(message: Message, kind: str, by: Actor, at: datetime, trail: Trail) -> None:
    MessageDecision.objects.create(
        message=message,
        kind=kind,
        by_kind=by.kind,
        by_ref=by.ref,
        at=at,
        after_attempt=message.attempts.count(),
    )
    trail.write(f"message.{kind}", message)
