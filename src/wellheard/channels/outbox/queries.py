"""Reads of the outbox for other rooms and for its own screens."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from wellheard.channels.outbox.models import Message, MessageAttempt, MessageQuerySet, Receipt
from wellheard.channels.outbox.rules import Sent, state_of


def messages_about(subject: tuple[str, str]) -> MessageQuerySet:
    """Every message about one thing, e.g. ``("case", "12")``, newest first, each with ``state``."""
    return Message.objects.about(*subject).with_state().order_by("-queued_at", "-pk")


def messages_of(patient_id: int) -> MessageQuerySet:
    """Every message to one patient, newest first, each with ``state``."""
    return Message.objects.filter(patient_id=patient_id).with_state().order_by("-queued_at", "-pk")


def message_state(message: Message) -> str:
    """Where one message stands, read off its rows of the current round; "delivered" counts of
    an earlier round too, since the words are there."""
    attempts = message.attempts.filter(round=message.round)
    told = Q(attempt__round=message.round) | Q(status="delivered")
    receipts = Receipt.objects.filter(told, attempt__message=message)
    return state_of(
        list(message.decisions.order_by("pk").values_list("kind", flat=True)),
        list(attempts.values_list("outcome", flat=True)),
        list(receipts.values_list("status", flat=True)),
    )


def left_for(patient_id: int, *, since: datetime, but: int) -> tuple[Sent, ...]:
    """What left, or may have left, towards a patient since then, other than message ``but``.

    An attempt whose outcome is not known counts: a cap that is kept too strictly harms nobody.
    """
    attempts = (
        MessageAttempt.objects.filter(message__patient_id=patient_id, started_at__gt=since)
        .filter(Q(outcome="accepted") | Q(outcome=""))
        .exclude(message_id=but)
        .order_by("message_id", "started_at")
        .values_list("message_id", "started_at", "message__purpose", "channel")
    )
    newest = {row[0]: Sent(row[1], row[2], row[3]) for row in attempts}
    return tuple(newest.values())


def has_left(message: Message) -> bool:
    """Whether the current sending is known to have been accepted, or any was delivered."""
    this_round = Q(round=message.round) & (Q(outcome="accepted") | Q(receipts__isnull=False))
    return message.attempts.filter(this_round | Q(receipts__status="delivered")).exists()


def tries_since_taken_up(message: Message) -> int:
    """Tries since a person last took the message up again; all of them when nobody did."""
    taken_up = message.decisions.filter(kind="retried").order_by("-pk").first()
    # Counted by number, not by time: a clock that was put back must not make the count lie.
    return message.attempts.count() - (taken_up.after_attempt if taken_up else 0)


def last_message_to(
    organisation_id: int, address_digest: str, *, since: datetime
) -> Message | None:
    """The message that most recently left for an address: what an answer from it answers."""
    attempt = (
        MessageAttempt.objects.filter(
            message__organisation_id=organisation_id,
            address_digest=address_digest,
            started_at__gte=since,
        )
        .exclude(outcome__in=["failed", "rejected"])
        .select_related("message")
        .order_by("-started_at", "-pk")
        .first()
    )
    return attempt.message if attempt else None


def pace_free_at(channel: str, per_minute: int, now: datetime) -> datetime:
    """When one more message over the channel stays within the provider's pace; ``now`` if it
    already does, or when no pace is set (0)."""
    if per_minute <= 0:
        return now
    minute = timedelta(minutes=1)
    starts = (
        MessageAttempt.objects.filter(channel=channel, started_at__gt=now - minute)
        .order_by("-started_at")
        .values_list("started_at", flat=True)[:per_minute]
    )
    recent = list(starts)
    return recent[-1] + minute if len(recent) >= per_minute else now
