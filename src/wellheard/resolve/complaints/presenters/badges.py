"""Badges of a case: what is due by which rule, how urgent, where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from wellheard.resolve.complaints.models import Case, Clock
from wellheard.resolve.complaints.queries.follow_up import words_of_clock

STATUS_SIGNS = {
    "new": "bell",
    "acknowledged": "check",
    "answered": "mail",
    "reopened": "undo",
    "snoozed": "snooze",
    "closed": "archive",
    "withdrawn": "archive",
}


@dataclass(frozen=True, slots=True)
class DueBadge:
    """A running clock as a badge: state "fine", "soon" or "late", and the rule behind it."""

    state: str
    words: str
    clause: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in a word."""

    text: str
    kind: str = ""
    sign: str = ""


def due_badge(clock: Clock, case: Case, now: datetime) -> DueBadge:
    """The badge of one clock at `now`."""
    state = "late" if now >= clock.due_at else "soon" if now >= clock.warn_at else "fine"
    return DueBadge(state, words_of_clock(clock, case, now), clock.clause, clock.due_at)


def first_due(clocks: Sequence[Clock], case: Case, now: datetime) -> DueBadge | None:
    """The badge of what is due first; None when nothing runs."""
    running = [clock for clock in clocks if clock.met_at is None and clock.replaced_at is None]
    if not running:
        return None
    return due_badge(min(running, key=lambda clock: (clock.due_at, clock.pk)), case, now)


def status_words(status: str) -> str:
    """The words for a status code."""
    return {
        "open": _("Open"),
        "new": _("New"),
        "acknowledged": _("Acknowledged"),
        "answered": _("Answered"),
        "reopened": _("Reopened"),
        "snoozed": _("Snoozed"),
        "closed": _("Closed"),
        "withdrawn": _("Withdrawn"),
        "any": _("Open and closed"),
    }[status]


def status_badge(case: Case, now: datetime) -> Badge:
    """Where the case stands."""
    status = case.status(now)
    kind = {"new": "action", "reopened": "attention"}.get(status, "plain")
    return Badge(status_words(status), kind, STATUS_SIGNS[status])


def tier_badge(case: Case, label: str) -> Badge | None:
    """Only danger is shown: the order of the list says the rest."""
    if case.tier != "immediate":
        return None
    return Badge(label, "danger", "danger")


def language_badge(case: Case) -> Badge | None:
    """The person's language when it is not English."""
    if case.language.startswith("en"):
        return None
    return Badge(LANGUAGE_NAMES.get(case.language[:2], case.language), "plain", "globe")


LANGUAGE_NAMES = {"en": "English", "es": "Spanish", "ar": "Arabic"}
