"""Pure: what a prediction may be used for, and what the models look at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from wellheard.measures.risk.examples import Example, binned

_USES = Path(__file__).with_name("data") / "uses-2026-11.json"
KINDS: Final = ("no_show", "readmission", "grievance")
NO_SHOW_FEATURES: Final = (
    "days booked ahead", "weekday", "hour", "kind of visit", "earlier appointments",
    "share of them missed", "last appointment missed",
)  # fmt: skip
GRIEVANCE_FEATURES: Final = (
    "urgency", "tone", "wants a reply", "came by", "days waiting", "themes", "number of themes",
)  # fmt: skip
READMISSION_FEATURES: Final = (
    "stays in the year before", "emergency visits in the year before", "days since the last stay",
    "nights", "age", "discharged to", "service line",
)  # fmt: skip
# Back within so many days of going home is a readmission.
WINDOW: Final = timedelta(days=30)
_YEAR: Final = timedelta(days=365)
_MANY = 3
# The first so much of a history teaches, the rest tests.
TRAIN_SHARE: Final = 0.7


class UseRefusedError(PermissionError):
    """The prediction was asked for a use that is not declared; the message says why not."""


class SwitchedOffError(PermissionError):
    """The model is switched off, or there is none."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment as the no-show model sees it. ``who``: "" for somebody unknown."""

    pk: int
    who: str
    kind: str
    booked_at: datetime
    scheduled_at: datetime
    missed: bool | None
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Telling:
    """One concern as the grievance model sees it: no words, only what was read from them."""

    pk: int
    who: str
    tier: str
    sentiment: int | None
    wants_reply: bool
    source: str
    days_waiting: int
    themes: tuple[str, ...]
    received_at: datetime
    became: bool | None
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay or emergency visit as the readmission model sees it.

    ``open``: has not ended, and ``ended`` says nothing. ``gone``: died or went to a hospice. What
    stands after ``groups`` is for those who count readmissions; no model looks at it.
    """

    pk: int
    who: str
    inpatient: bool
    began: datetime
    ended: datetime
    open: bool
    gone: bool
    nights: int | None
    age: int | None
    discharged_to: str
    line: str
    groups: Mapping[str, str]
    place: int = 0
    site: int = 0
    planned: bool | None = None
    transferred: bool | None = None
    booked: datetime | None = None
    exclusion: str = ""


@dataclass(frozen=True, slots=True)
class Discharge:
    """Somebody who went home: the stay, the year before it, and when they came back."""

    stay: Stay
    stays: int
    emergencies: int
    last: datetime | None
    back: datetime | None


@cache
def use_policy() -> Mapping[str, Any]:
    """The declared uses, minimums and exclusions in force."""
    page: Mapping[str, Any] = json.loads(_USES.read_text("utf-8"))
    return page


def require_use(kind: str, use: str) -> None:
    """Raise UseRefusedError unless this use of this model is declared."""
    policy = use_policy()
    if use in policy["refused"]:
        raise UseRefusedError(policy["refused"][use])
    if kind not in policy["kinds"] or use not in policy["kinds"][kind]["uses"]:
        raise UseRefusedError("This use is not declared for this model")


def no_show_examples(appointments: Sequence[Appointment], zone: str) -> list[Example]:
    """What is known of each appointment from earlier days only, in the order given.

    ``appointments`` must ascend by ``scheduled_at``. The history of a person counts those on
    strictly earlier days: on the day itself the outcome is not known when a call is made.
    """
    local = ZoneInfo(zone)
    past: dict[str, list[bool]] = {}
    today: list[Appointment] = []
    found: list[Example] = []
    day = None
    for each in appointments:
        now = each.scheduled_at.astimezone(local)
        if now.date() != day:
            _remember(past, today)
            day, today = now.date(), []
        found.append(_no_show_example(each, now, past.get(each.who, []) if each.who else None))
        today.append(each)
    return found


def _remember(past: dict[str, list[bool]], appointments: Iterable[Appointment]) -> None:
    for each in appointments:
        if each.who and each.missed is not None:
            past.setdefault(each.who, []).append(each.missed)


def _no_show_example(each: Appointment, now: datetime, history: list[bool] | None) -> Example:
    ahead = (each.scheduled_at - each.booked_at).total_seconds() / 86_400
    times = len(history or ())
    missed = sum(history or ())
    return {
        "days booked ahead": binned(max(ahead, 0.0), (1, 3, 8, 15, 31, 61)),
        "weekday": now.strftime("%A"),
        "hour": binned(now.hour, (9, 11, 13, 15, 17)),
        "kind of visit": each.kind,
        "earlier appointments": "not known" if history is None else _few(times),
        "share of them missed": _share(times, missed),
        "last appointment missed": "none" if not history else "yes" if history[-1] else "no",
    }


def _few(times: int) -> str:
    return f"{times}" if times < _MANY else f"{_MANY} or more"


def _share(times: int, missed: int) -> str:
    if times == 0:
        return "none"
    # Shrunk to one in five with the weight of three, so that one miss of one is not "always".
    return binned(100 * (missed + 0.6) / (times + 3), (15, 25, 35, 50))


def grievance_example(telling: Telling) -> Example:
    """What is known of a concern."""
    return {
        "urgency": telling.tier,
        "tone": str(telling.sentiment or "not read"),
        "wants a reply": "yes" if telling.wants_reply else "no",
        "came by": telling.source,
        "days waiting": binned(telling.days_waiting, (1, 3, 7, 14, 30)),
        "themes": telling.themes,
        "number of themes": _few(len(telling.themes)),
    }


def booked_ahead(appointment: Appointment) -> bool:
    """Whether a reminder could still have reached the person."""
    return (appointment.scheduled_at - appointment.booked_at).total_seconds() >= 86_400


def readmission_discharges(stays: Sequence[Stay]) -> list[Discharge]:
    """Every ended inpatient stay of those who could come back, in the order given."""
    people: dict[str, list[Stay]] = {}
    for each in stays:
        people.setdefault(each.who, []).append(each)
    return [
        _discharge(each, people[each.who])
        for each in stays
        if each.inpatient and not each.open and not each.gone
    ]


def _discharge(stay: Stay, own: Sequence[Stay]) -> Discharge:
    year = stay.began - _YEAR
    before = [each for each in own if each.pk != stay.pk and year <= each.began < stay.began]
    left = [each.ended for each in before if each.inpatient and not each.open]
    again = [
        each.began
        for each in own
        if each.inpatient and each.pk != stay.pk and stay.ended < each.began <= stay.ended + WINDOW
    ]
    return Discharge(
        stay,
        stays=len(left),
        emergencies=sum(not each.inpatient for each in before),
        last=max(left, default=None),
        back=min(again, default=None),
    )


def readmission_example(each: Discharge) -> Example:
    """What is known of a discharge on the day it happens."""
    stay = each.stay
    nights = (stay.ended - stay.began).days if stay.nights is None else stay.nights
    since = None if each.last is None else max((stay.began - each.last).days, 0)
    return {
        "stays in the year before": _few(each.stays),
        "emergency visits in the year before": _few(each.emergencies),
        "days since the last stay": "none" if since is None else binned(since, (31, 91, 181)),
        "nights": binned(nights, (1, 2, 4, 7, 14)),
        "age": "not told" if stay.age is None else binned(stay.age, (18, 35, 50, 65, 75, 85)),
        "discharged to": stay.discharged_to or "not told",
        "service line": stay.line or "not told",
    }


@dataclass(frozen=True, slots=True)
class History:
    """Examples in the order of time with what happened; ``reachable``: those a call could help."""

    kind: str
    features: tuple[str, ...]
    examples: Sequence[Example]
    outcome: Sequence[bool]
    who: Sequence[str]
    groups: Mapping[str, Sequence[str]]
    reachable: Sequence[bool]
    first_day: str
    last_day: str


def shortfall(history: History) -> str:
    """Why there is too little to learn from; empty when there is enough."""
    least = use_policy()["least"]
    n, events = len(history.outcome), sum(history.outcome)
    tested = sum(history.outcome[int(n * TRAIN_SHARE) :])
    if n < least["examples"] or events < least["events"] or tested < least["events_tested"]:
        return (
            f"{n} with a known end, {events} of them with the event; needed are"
            f" {least['examples']} and {least['events']}, with {least['events_tested']} in the"
            " most recent part"
        )
    return ""
