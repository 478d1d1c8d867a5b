"""The last look before a message leaves: who, where, whether they agreed, what hour it is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.utils.module_loading import import_string

from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.queries import left_for, pace_free_at
from wellheard.channels.outbox.rulebook import contact_rules, sending_rules
from wellheard.channels.outbox.rules import (
    Ask,
    ContactRules,
    Refuse,
    Sent,
    Verdict,
    may_send,
    quiet_between,
)
from wellheard.channels.outbox.scanner import private_findings
from wellheard.channels.outbox.stopline import with_stop_line
from wellheard.channels.outbox.transports import transport_name
from wellheard.channels.stops.queries import is_stopped
from wellheard.people.consent.queries import has_consent
from wellheard.people.patients.models import ContactPoint
from wellheard.people.patients.queries import contact_digest, contact_for
from wellheard.people.preferences.queries import preference_of
from wellheard.people.preferences.rules import Preference


@dataclass(frozen=True, slots=True)
class Look:
    """What the last look found: the verdict and, for a message that may leave, its way."""

    verdict: Verdict
    channel: str
    contact: ContactPoint | None
    text: str
    rules: ContactRules
    address: str = ""
    digest: str = ""


def look(message: Message, now: datetime) -> Look:
    """Ask every way the message may take, in the order the patient prefers; the first that is
    not refused is taken. When all are refused, the answer is the first refusal that says more
    than that there is no address."""
    rules = contact_rules(message.organisation.country, now.date())
    if message.patient_id is None:
        return _look_once(message, rules, now)
    if reason := _no_longer_wanted(message, now):
        return Look(Refuse(reason), message.channel, None, "", rules)
    patient_id = message.patient_id
    preference = preference_of(patient_id)
    since = now - timedelta(days=rules.longest_hold_days)
    left = left_for(patient_id, since=since, but=message.pk)
    refused = []
    for channel, contact in _ways(message, patient_id, preference):
        consented = has_consent(patient_id, channel, message.purpose, now)
        found = _look_at(message, channel, contact, preference, left, rules, now, consented)
        if not isinstance(found.verdict, Refuse):
            return found
        refused.append(found)
    return min(refused, key=lambda found: found.verdict == Refuse("no_address"))


def _no_longer_wanted(message: Message, now: datetime) -> str:
    """Why the room that wrote the message does not want it sent any more; "" when it does."""
    asks: Mapping[str, str] = import_module(settings.WIRING).LAST_LOOKS
    dotted = asks.get(message.about_kind)
    return str(import_string(dotted)(message, now)) if dotted else ""


def _look_once(message: Message, rules: ContactRules, now: datetime) -> Look:
    """Somebody asked for this one message: a stop of the address and its time still count."""
    channel, address = message.channel, message.once
    digest = contact_digest(address) if address else ""
    ask = Ask(
        channel=channel,
        purpose=message.purpose,
        urgent=message.urgent,
        has_address=bool(address),
        stopped=bool(address) and is_stopped(message.organisation_id, channel, digest),
        consented=True,
        transport_ready=transport_name(channel) != "none",
        private_words=private_findings(_words(message, channel)) if channel == "sms" else (),
        pace_free_at=pace_free_at(channel, settings.CHANNEL_PACES.get(channel, 0), now),
        expires_at=message.expires_at,
    )
    verdict = may_send(ask, rules, sending_rules(), now)
    text = outgoing_text(message, channel, rules)
    return Look(verdict, channel, None, text, rules, address, digest)


def _ways(
    message: Message, patient_id: int, preference: Preference
) -> Iterator[tuple[str, ContactPoint | None]]:
    """(channel, contact) in order. A confidential contact takes the place of every other."""
    seen = set()
    for channel in _order(message, preference):
        contact = contact_for(patient_id, channel)
        way = contact.kind if contact else channel
        if way not in seen:
            seen.add(way)
            yield way, contact


def _order(message: Message, preference: Preference) -> list[str]:
    if message.channel:
        return [message.channel]
    usual = ["sms", "email"] if message.short else ["email", "sms"]
    return sorted(usual, key=lambda channel: channel != preference.channel)


def _look_at(
    message: Message,
    channel: str,
    contact: ContactPoint | None,
    preference: Preference,
    left: tuple[Sent, ...],
    rules: ContactRules,
    now: datetime,
    consented: bool,
) -> Look:
    stopped = _stopped(message, channel, contact)
    ask = Ask(
        channel=channel,
        purpose=message.purpose,
        urgent=message.urgent,
        has_address=contact is not None or stopped,
        stopped=stopped,
        consented=consented,
        deceased=preference.deceased,
        transport_ready=transport_name(channel) != "none",
        private_words=private_findings(_words(message, channel)) if channel == "sms" else (),
        zone=preference.zones[0] if len(preference.zones) == 1 else "",
        own_quiet=quiet_between(preference.quiet_from, preference.quiet_until),
        own_weekly_cap=preference.weekly_cap,
        sent=left,
        pace_free_at=pace_free_at(channel, settings.CHANNEL_PACES.get(channel, 0), now),
        expires_at=message.expires_at,
    )
    verdict = may_send(ask, rules, sending_rules(), now)
    text = outgoing_text(message, channel, rules)
    if contact is None:
        return Look(verdict, channel, None, text, rules)
    return Look(verdict, channel, contact, text, rules, contact.value, contact.value_digest)


def _stopped(message: Message, channel: str, contact: ContactPoint | None) -> bool:
    if contact is None:
        return _was_stopped(message, channel)
    return is_stopped(message.organisation_id, channel, contact.value_digest)


def _was_stopped(message: Message, channel: str) -> bool:
    """Whether there is an address for the channel and it was stopped: not the same as none."""
    points = ContactPoint.objects.filter(patient=message.patient, kind=channel)
    return points.filter(stopped_at__isnull=False).exists()


def outgoing_text(message: Message, channel: str, rules: ContactRules) -> str:
    """The words as they leave over the channel: the short ones for a text, with the stop line."""
    words = _words(message, channel)
    if channel != "sms" or message.purpose not in rules.stop_line_purposes:
        return words
    return with_stop_line(words, message.language)


def _words(message: Message, channel: str) -> str:
    return message.short or message.body if channel == "sms" else message.body
