"""Writing down what became of a message: held, refused, tried, left, failed, and receipts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.channels.outbox.models import Message, MessageAttempt, MessageDecision, Receipt
from wellheard.channels.outbox.queries import tries_since_taken_up
from wellheard.channels.outbox.rulebook import sending_rules
from wellheard.channels.outbox.rules import BROKEN, Hold, Refuse, is_spent, wait_after
from wellheard.channels.outbox.transport import TransportError
from wellheard.channels.stops.actions import stop_address


def sender(organisation_id: int) -> Actor:
    """Who sends: the outbox itself."""
    return Actor.system(organisation_id, "outbox")


def note_hold(message: Message, hold: Hold, version: str, at: datetime, trail: Trail) -> None:
    """The message waits. The same wait found again is not written again."""
    newest = message.decisions.order_by("-pk").first()
    known = newest and (newest.kind, newest.rule, newest.until) == ("held", hold.rule, hold.until)
    if not known:
        _decide(message, "held", at, rule=hold.rule, version=version, until=hold.until)
        trail.write("message.held", message, rule=hold.rule)
    _put_off(message, hold.until)


def note_refusal(
    message: Message, refusal: Refuse, version: str, at: datetime, trail: Trail
) -> None:
    """The message must not leave."""
    _decide(message, "refused", at, rule=refusal.rule, version=version)
    _put_off(message, None)
    trail.write("message.refused", message, rule=refusal.rule)
    trail.publish("channels.message_failed", message_id=message.pk)


def note_gave_up(message: Message, rule: str, at: datetime, trail: Trail) -> None:
    """A person must look: trying again by itself will not help."""
    _decide(message, "gave_up", at, rule=rule, version=sending_rules().version)
    _put_off(message, None)
    trail.write("message.gave_up", message, rule=rule)
    trail.publish("channels.message_failed", message_id=message.pk)


def note_accepted(attempt_id: int, provider_id: str, *, at: datetime) -> None:
    """The provider took the message."""
    with _of_attempt(attempt_id, at) as (attempt, trail):
        attempt.provider_id = provider_id[:200]
        attempt.finished_at = at
        _settle_as_sent(attempt, trail)


def note_failure(attempt_id: int, error: TransportError, *, at: datetime, luck: float) -> None:
    """The try failed: it is tried again later, or a person is called."""
    with _of_attempt(attempt_id, at) as (attempt, trail):
        if attempt.outcome == "accepted":
            return  # a receipt came in meanwhile: it did leave, only the answer was lost
        attempt.outcome = "rejected" if error.permanent else "failed"
        attempt.code, attempt.finished_at = error.code[:40], at
        attempt.save(update_fields=["outcome", "code", "finished_at"])
        if error.stopped:
            _stop(attempt, at)
        if attempt.message.lease == attempt.token.hex:
            # Otherwise another worker took over when our lease ran out; it decides what follows.
            _after_failure(attempt.message, error, at, luck, trail)


def _after_failure(
    message: Message, error: TransportError, at: datetime, luck: float, trail: Trail
) -> None:
    rules, tries = sending_rules(), tries_since_taken_up(message)
    if error.stopped:
        note_refusal(message, Refuse("stopped"), rules.version, at, trail)
    elif error.permanent:
        note_gave_up(message, "rejected", at, trail)
    elif is_spent(tries, rules):
        note_gave_up(message, "tries_spent", at, trail)
    else:
        _put_off(message, at + wait_after(tries, rules, luck, error.wait))


def note_receipt(
    attempt_id: int, status: str, code: str, *, at: datetime, stopped: bool = False
) -> bool:
    """What the network says of a try. False when it said so before: a repeated or late word
    changes nothing. ``stopped``: it says that the person opted out. Raises ValueError for a word
    that is no receipt status."""
    if status not in Receipt.Status.values:
        raise ValueError("no such receipt")
    with _of_attempt(attempt_id, at) as (attempt, trail):
        _, is_new = Receipt.objects.get_or_create(
            attempt=attempt,
            status=status,
            defaults={"code": code[:40], "received_at": at},
        )
        if is_new:
            # Any word from the network proves that the provider took it, whatever we saw.
            _settle_as_sent(attempt, trail)
            _after_bad_receipt(attempt, status, code, trail)
            if stopped:
                _stop(attempt, at)
    return is_new


def _after_bad_receipt(attempt: MessageAttempt, status: str, code: str, trail: Trail) -> None:
    known = set(attempt.receipts.values_list("status", flat=True))
    if status in BROKEN and "delivered" not in known and len(known & BROKEN) == 1:
        trail.write("message.not_delivered", attempt.message, attempt=attempt.number, code=code)
        trail.publish("channels.message_failed", message_id=attempt.message_id)


def _settle_as_sent(attempt: MessageAttempt, trail: Trail) -> None:
    """Nothing is left to do for this sending; said aloud once, however often it is learnt."""
    is_news = attempt.outcome != "accepted"
    attempt.outcome = "accepted"
    attempt.save(update_fields=["outcome", "provider_id", "finished_at"])
    if attempt.round == attempt.message.round:
        _put_off(attempt.message, None)
    if is_news:
        message = attempt.message
        trail.write("message.sent", message, channel=attempt.channel, attempt=attempt.number)
        trail.publish("channels.message_sent", message_id=message.pk)


def _put_off(message: Message, until: datetime | None) -> None:
    """Give the lease back and look again at ``until``; None: nothing is left to do."""
    message.due_at, message.handed_until = until, None
    message.leased_until, message.lease = None, ""
    kept = ["due_at", "handed_until", "leased_until", "lease"]
    if until is None and message.patient_id is None:
        # Somebody asked for this one message: neither their address nor their link stays.
        message.once, message.body, message.short = "", "", ""
        kept += ["once", "body", "short"]
    message.save(update_fields=kept)


def _stop(attempt: MessageAttempt, at: datetime) -> None:
    stop_address(
        kind=attempt.channel,
        address_digest=attempt.address_digest,
        source="gateway",
        by=sender(attempt.message.organisation_id),
        at=at,
    )


@contextmanager
def _of_attempt(attempt_id: int, at: datetime) -> Iterator[tuple[MessageAttempt, Trail]]:
    attempts = MessageAttempt.objects.filter(pk=attempt_id)
    organisation_id = attempts.values_list("message__organisation_id", flat=True).get()
    with acting(sender(organisation_id), at=at) as trail:
        attempt = attempts.select_for_update(of=("self",)).select_related("message").get()
        yield attempt, trail


def _decide(
    message: Message,
    kind: str,
    at: datetime,
    *,
    rule: str,
    version: str,
    until: datetime | None = None,
) -> None:
    MessageDecision.objects.create(
        message=message,
        kind=kind,
        rule=rule,
        rules_version=version,
        until=until,
        by_kind="system",
        by_ref="outbox",
        at=at,
        after_attempt=message.attempts.count(),
    )
