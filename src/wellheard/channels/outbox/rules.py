"""Pure decisions: may this message leave now, when to try again, and what state it is in.

No database, no clock: everything is handed in, and every threshold comes from ``ContactRules`` or
``SendingRules``, which are read from dated files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wellheard.channels.outbox.quiet import QuietHours as QuietHours
from wellheard.channels.outbox.quiet import next_open

BROKEN = frozenset({"undelivered", "failed"})


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``most`` messages of these purposes over these channels in any ``days`` days."""

    rule: str
    purposes: frozenset[str]
    channels: frozenset[str]
    most: int
    days: int


@dataclass(frozen=True, slots=True)
class ContactRules:
    """One country's dated rules of contact."""

    version: str
    country: str
    since: date
    zones: tuple[str, ...]
    quiet: QuietHours
    quiet_rule: str
    quiet_channels: frozenset[str]
    caps: tuple[Cap, ...]
    urgent_ignores: frozenset[str]
    stop_line_purposes: frozenset[str]
    one_click_purposes: frozenset[str]
    longest_hold_days: int
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SendingRules:
    """How a failed sending is tried again; waits in seconds."""

    version: str
    attempts: int
    first_wait: float
    factor: float
    longest_wait: float
    jitter: float
    lease: float
    handed: float
    no_transport_wait: float


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that left, or may have left, towards the same patient."""

    at: datetime
    purpose: str
    channel: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Everything that bears on whether one message may leave over one channel."""

    channel: str
    purpose: str
    urgent: bool = False
    has_address: bool = True
    stopped: bool = False
    consented: bool = False
    deceased: bool = False
    transport_ready: bool = True
    private_words: tuple[str, ...] = ()
    zone: str = ""
    own_quiet: QuietHours | None = None
    own_weekly_cap: int | None = None
    pace_free_at: datetime | None = None
    sent: tuple[Sent, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """It may leave now."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Not yet: to be asked again at ``until``."""

    until: datetime
    rule: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not at all, unless a person changes what the rule looks at and tries again."""

    rule: str


Verdict = Send | Hold | Refuse


def may_send(ask: Ask, rules: ContactRules, sending: SendingRules, now: datetime) -> Verdict:
    """Whether the message may leave ``now``: never past a stop, a missing consent or a death."""
    if refusal := _refusal(ask, now):
        return Refuse(refusal)
    if not ask.transport_ready:
        wait = timedelta(seconds=sending.no_transport_wait)
        return _unless_expired(Hold(now + wait, "no_transport"), ask)
    return _unless_expired(_timing(ask, rules, now), ask)


def _refusal(ask: Ask, now: datetime) -> str:
    """The rule by which the message must not leave at all; "" when none forbids it."""
    forbidden = (
        ("deceased", ask.deceased),
        ("expired", ask.expires_at is not None and ask.expires_at <= now),
        ("no_address", not ask.has_address),
        ("stopped", ask.stopped),
        ("no_consent", not ask.consented),
        ("wants_none", ask.own_weekly_cap == 0 and not ask.urgent),
        ("private_words", bool(ask.private_words)),
    )
    return next((rule for rule, holds in forbidden if holds), "")


def _unless_expired(verdict: Verdict, ask: Ask) -> Verdict:
    if not isinstance(verdict, Hold) or ask.expires_at is None:
        return verdict
    return Refuse("expired") if verdict.until >= ask.expires_at else verdict


def _timing(ask: Ask, rules: ContactRules, now: datetime) -> Verdict:
    """Caps first, then quiet hours from the moment the caps allow."""
    after, cap_rule = _capped_until(ask, rules, now)
    quiet = _quiet_hours(ask, rules)
    opening = next_open(after, quiet, zones_of(ask.zone, rules))
    if opening is None:
        return Refuse("no_open_hour")
    if opening > after:
        return Hold(opening, _quiet_rule(after, ask, rules))
    return Hold(after, cap_rule) if after > now else Send()


def _capped_until(ask: Ask, rules: ContactRules, now: datetime) -> tuple[datetime, str]:
    """When the last of the caps, and the provider's pace, let go, and which; (now, "") if none."""
    waits = [(cap_free_at(cap, ask, now), cap.rule) for cap in _caps(ask, rules)]
    if ask.pace_free_at is not None:
        waits.append((ask.pace_free_at, "pace"))
    return max([(now, ""), *[(at, rule) for at, rule in waits if at > now]])


def _caps(ask: Ask, rules: ContactRules) -> Iterable[Cap]:
    ignores = rules.urgent_ignores if ask.urgent else frozenset[str]()
    if "caps" not in ignores:
        yield from (
            cap for cap in rules.caps if ask.purpose in cap.purposes and ask.channel in cap.channels
        )
    if ask.own_weekly_cap is not None and "own_cap" not in ignores:
        every = frozenset({"sms", "email"})
        purposes = frozenset(sent.purpose for sent in ask.sent) | {ask.purpose}
        yield Cap("own_cap", purposes, every, ask.own_weekly_cap, 7)


def cap_free_at(cap: Cap, ask: Ask, now: datetime) -> datetime:
    """The first moment at which one more message stays within the cap.

    What seems to have left later than ``now`` left before the clock was put back: it counts as
    just sent.
    """
    window = timedelta(days=cap.days)
    counted = sorted(
        min(sent.at, now)
        for sent in ask.sent
        if sent.purpose in cap.purposes and sent.channel in cap.channels and sent.at > now - window
    )
    if len(counted) < cap.most:
        return now
    if cap.most <= 0:
        return now + window
    return counted[-cap.most] + window


def _quiet_rule(moment: datetime, ask: Ask, rules: ContactRules) -> str:
    """Which quiet hours it was: the rule's, or the ones the patient asked for."""
    ruled = [rules.quiet] if ask.channel in rules.quiet_channels else []
    zones = zones_of(ask.zone, rules)
    return "own_quiet" if next_open(moment, ruled, zones) == moment else rules.quiet_rule


def _quiet_hours(ask: Ask, rules: ContactRules) -> list[QuietHours]:
    if ask.urgent and "quiet_hours" in rules.urgent_ignores:
        return []
    ruled = [rules.quiet] if ask.channel in rules.quiet_channels else []
    return [*ruled, *([ask.own_quiet] if ask.own_quiet else [])]


def zones_of(zone: str, rules: ContactRules) -> list[ZoneInfo]:
    """The patient's zone; when it is not known or not readable, every zone of the country, so
    that the strictest hour holds."""
    known = _zone(zone)
    return [known] if known else [ZoneInfo(name) for name in rules.zones]


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def quiet_between(start: time | None, end: time | None) -> QuietHours | None:
    """A patient's own quiet hours; None when they named none, or half of them."""
    return QuietHours(start, end) if start is not None and end is not None else None


def wait_after(failures: int, sending: SendingRules, luck: float, asked: float = 0.0) -> timedelta:
    """How long to wait after the ``failures``-th failure (1, 2, ...).

    Exponential with jitter, so that a thousand messages that failed together do not return
    together. ``luck``: a number in [0, 1). ``asked``: seconds the provider asked us to wait.
    """
    plain = min(sending.first_wait * sending.factor ** (failures - 1), sending.longest_wait)
    spread = plain * (1 + sending.jitter * (2 * luck - 1))
    return timedelta(seconds=max(spread, min(asked, sending.longest_wait)))


def is_spent(tries: int, sending: SendingRules) -> bool:
    """Whether a message has been tried as often as it may be without a person."""
    return tries >= sending.attempts


def state_of(decisions: Sequence[str], outcomes: Iterable[str], receipts: Iterable[str]) -> str:
    """One word for where a message stands, from its rows of the current round.

    ``decisions``: kinds, oldest first. ``outcomes``: of its attempts. ``receipts``: statuses, in
    any order; "delivered" wins over everything, since no later word can undo it.
    """
    words = set(receipts)
    if "delivered" in words:
        return "delivered"
    if words & BROKEN:
        return "not_delivered"
    if words or "accepted" in set(outcomes):
        return "sent"
    newest = decisions[-1] if decisions else ""
    return "waiting" if newest in {"", "retried"} else newest


def may_retry(state: str) -> bool:
    """Whether a person may take the message up again."""
    return state in {"gave_up", "refused", "not_delivered"}


def may_cancel(state: str) -> bool:
    """Whether a person may still stop the message."""
    return state in {"waiting", "held", "gave_up"}
