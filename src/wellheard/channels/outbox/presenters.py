"""Messages in words a person reads: where one stands, why, and what happened to it in order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wellheard.base.pages import figures
from wellheard.channels.outbox.models import (
    Message,
    MessageAttempt,
    MessageDecision,
    Receipt,
)
from wellheard.channels.outbox.rules import ContactRules
from wellheard.channels.outbox.segments import size_of

# An address whose last part is a key: whoever opens it is the person it was sent to.
_KEY = re.compile(r"(https?://\S+?/)[0-9A-Za-z_:\-]{12,200}(?=[/\s]|$)")


def without_keys(words: str) -> str:
    """The words of a message as staff read them: the keys of a person's own pages left out."""
    return _KEY.sub(r"\1…", words)


@dataclass(frozen=True, slots=True)
class State:
    """A state as a badge: its word, its kind and its sign."""

    label: Any
    kind: str
    sign: str


_STATES = {
    "waiting": State(gettext_lazy("On its way"), "", "clock"),
    "held": State(gettext_lazy("Held"), "", "clock"),
    "sent": State(gettext_lazy("Sent"), "action", "check"),
    "delivered": State(gettext_lazy("Delivered"), "action", "check"),
    "not_delivered": State(gettext_lazy("Not delivered"), "attention", "alert"),
    "gave_up": State(gettext_lazy("Given up"), "attention", "alert"),
    "refused": State(gettext_lazy("Not sent"), "attention", "alert"),
    "cancelled": State(gettext_lazy("Cancelled"), "plain", ""),
}
STATES = list(_STATES.items())
NEEDS_A_PERSON = ("gave_up", "not_delivered", "refused")

_WAYS = {
    "sms": gettext_lazy("Text message"),
    "email": gettext_lazy("Email"),
    "": gettext_lazy("As the patient prefers"),
}
_PURPOSES = {
    "reply": gettext_lazy("An answer to what the patient told us"),
    "survey": gettext_lazy("A question about their care"),
    "reminder": gettext_lazy("A reminder"),
}
_REFUSALS = {
    "deceased": gettext_lazy("The patient has died. Nothing is sent to them any more."),
    "expired": gettext_lazy("It could not leave in time, and would mislead now."),
    "no_address": gettext_lazy("We have no number or email address to send it to."),
    "stopped": gettext_lazy("The holder of this number or address asked us to stop."),
    "no_consent": gettext_lazy("The patient did not agree to messages of this kind this way."),
    "wants_none": gettext_lazy("The patient chose to get no messages at all."),
    "private_words": gettext_lazy(
        "The text names an illness, a treatment, an address or a date. A text lies open on a "
        "locked screen, so it must not."
    ),
    "no_open_hour": gettext_lazy("The quiet hours that hold for this patient leave no hour free."),
    "rejected": gettext_lazy("The provider refused it for good."),
    "tries_spent": gettext_lazy("It failed at every try. Is the connection to the provider up?"),
}
_HOLDS = {
    "own_quiet": gettext_lazy("The patient asked for quiet at this hour."),
    "own_cap": gettext_lazy("The patient has had as many messages this week as they want."),
    "pace": gettext_lazy("The provider takes only so many a minute."),
    "no_transport": gettext_lazy("No way to send is set up for this kind of message."),
}


def state_of_code(code: str) -> State:
    """The badge of a state."""
    return _STATES[code]


def way_label(channel: str) -> str:
    """ "Text", "Email", or that the patient's wish decides."""
    return str(_WAYS[channel])


def purpose_label(purpose: str) -> str:
    return str(_PURPOSES.get(purpose, purpose))


def template_label(code: str) -> str:
    """A template's code as words: ``case_received`` is "Case received"."""
    return code.replace("_", " ").replace("-", " ").capitalize()


def about_label(message: Message) -> str:
    """ "Case 12", or "" for a message about nothing in particular."""
    return f"{message.about_kind.capitalize()} {message.about_id}" if message.about_kind else ""


def rows_of(messages: Iterable[Any]) -> list[dict[str, Any]]:
    """The lines of a list; the messages carry their ``state`` and their ``way``."""
    return [
        {
            "message": message,
            "state": state_of_code(message.state),
            "template": template_label(message.template),
            "way": way_label(message.way),
            "about": about_label(message),
        }
        for message in messages
    ]


def size_label(text: str) -> str:
    """How many parts a carrier makes of a text."""
    parts = size_of(text).parts
    return ngettext("%(parts)s part", "%(parts)s parts", parts) % {"parts": parts}


def why(decision: MessageDecision, rules: ContactRules, zone: str) -> str:
    """One or two plain sentences on why a message waits or did not go."""
    if decision.kind in ("refused", "gave_up"):
        return str(_REFUSALS.get(decision.rule, decision.rule))
    if decision.kind != "held" or decision.until is None:
        return ""
    until = _("It is looked at again on %(time)s.") % {"time": _local(decision.until, zone)}
    return f"{_hold_reason(decision.rule, rules)} {until}"


def _hold_reason(rule: str, rules: ContactRules) -> str:
    if rule == rules.quiet_rule:
        return _("It is too early or too late where the patient lives.")
    cap = next((cap for cap in rules.caps if cap.rule == rule), None)
    if cap is not None:
        return _("The patient had %(most)s of these messages in %(days)s days already.") % {
            "most": cap.most,
            "days": cap.days,
        }
    return str(_HOLDS.get(rule, rule))


def _local(at: datetime, zone: str) -> str:
    """The moment by the clock on the patient's wall, with the city that clock is named for."""
    there = at.astimezone(ZoneInfo(zone))
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"{figures.long_date(there.date())}, {there:%H:%M} ({city})"


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline."""

    at: datetime
    order: int
    title: str
    text: str
    who: str
    sign: str
    kind: str


def history(
    message: Message,
    decisions: Iterable[MessageDecision],
    attempts: Iterable[MessageAttempt],
    rules: ContactRules,
    *,
    zone: str,
    names: dict[str, str],
) -> list[Moment]:
    """Everything that happened to a message, in order. ``names``: staff ids to names."""
    queued = Moment(
        message.queued_at,
        0,
        _("Queued"),
        "",
        _who(message.queued_by_kind, message.queued_by_ref, names),
        "mail",
        "",
    )
    moments = [queued]
    moments += [_decided(decision, rules, zone, names) for decision in decisions]
    for attempt in attempts:
        moments += _tried(attempt)
    return sorted(moments, key=lambda line: (line.at, line.order))


_DECISIONS: dict[str, tuple[Any, str, str]] = {
    "held": (gettext_lazy("Held"), "clock", ""),
    "refused": (gettext_lazy("Not sent"), "alert", "attention"),
    "gave_up": (gettext_lazy("Given up"), "alert", "attention"),
    "retried": (gettext_lazy("Taken up again"), "mail", "action"),
    "cancelled": (gettext_lazy("Cancelled"), "note", ""),
}


def _decided(
    decision: MessageDecision, rules: ContactRules, zone: str, names: dict[str, str]
) -> Moment:
    title, sign, kind = _DECISIONS[decision.kind]
    return Moment(
        decision.at,
        3,
        str(title),
        why(decision, rules, zone),
        _who(decision.by_kind, decision.by_ref, names),
        sign,
        kind,
    )


def _tried(attempt: MessageAttempt) -> list[Moment]:
    words = {"number": attempt.number, "way": way_label(attempt.channel)}
    lines = [
        Moment(
            attempt.started_at,
            1,
            _("Try %(number)s: %(way)s") % words,
            _outcome(attempt),
            "",
            "mail" if attempt.outcome in ("accepted", "") else "alert",
            "action" if attempt.outcome == "accepted" else "",
        )
    ]
    return lines + [_told(receipt) for receipt in attempt.receipts.all()]


def _outcome(attempt: MessageAttempt) -> str:
    if attempt.outcome == "accepted":
        return _("The provider took it.")
    if attempt.outcome == "":
        return _("It is not known whether it left.")
    said = _("The provider refused it") if attempt.outcome == "rejected" else _("It failed")
    return f"{said} ({attempt.code})." if attempt.code else f"{said}."


_RECEIPTS: dict[str, tuple[Any, str, str]] = {
    "queued": (gettext_lazy("Waiting at the provider"), "clock", ""),
    "sent": (gettext_lazy("Handed to the network"), "mail", ""),
    "delivered": (gettext_lazy("Delivered"), "check", "action"),
    "undelivered": (gettext_lazy("Not delivered"), "alert", "attention"),
    "failed": (gettext_lazy("Failed in the network"), "alert", "attention"),
}


def _told(receipt: Receipt) -> Moment:
    title, sign, kind = _RECEIPTS[receipt.status]
    text = _("Code %(code)s") % {"code": receipt.code} if receipt.code else ""
    return Moment(receipt.received_at, 2, str(title), text, _("the provider"), sign, kind)


def _who(kind: str, ref: str, names: dict[str, str]) -> str:
    if kind == "staff":
        return names.get(ref, _("a former member of staff"))
    return {"patient": _("the patient"), "system": "Wellheard", "api": _("another system")}[kind]
