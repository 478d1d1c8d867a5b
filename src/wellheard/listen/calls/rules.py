"""When somebody may be called and what follows from how a call ended. Pure but for its data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

_STEP = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended. ``then``: "again" or "end"; ``ended_as``: what a sample is told."""

    code: str
    aapor: str
    then: str
    ended_as: str


@dataclass(frozen=True, slots=True)
class Calling:
    """The rules in force; hours are of the patient's wall clock, [from, until)."""

    version: str
    from_hour: int
    until_hour: int
    most_attempts: int
    hours_between: int
    held_minutes: int
    window_days: int
    outcomes: Mapping[str, Outcome]


@cache
def calling() -> Calling:
    """The rules in force."""
    text = files(__package__).joinpath("data", "calling-2026-11.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    names = [name for name in Calling.__dataclass_fields__ if name != "outcomes"]
    outcomes = {row["code"]: Outcome(**row) for row in data["outcomes"]}
    return Calling(**{name: data[name] for name in names}, outcomes=outcomes)


def opening(language: str, *, house: str, place: str) -> str:
    """What is said first, word for word, in the language of the call; English where there is none
    of it."""
    spoken = _openings()
    words = spoken.get(language, spoken["en"])["words"]
    return words.replace("{house}", house).replace("{place}", place)


@cache
def _openings() -> dict[str, dict[str, str]]:
    text = files(__package__).joinpath("data", "opening-1.json").read_text(encoding="utf-8")
    languages: dict[str, dict[str, str]] = json.loads(text)["languages"]
    return languages


def may_call(at: datetime, zones: Sequence[str]) -> bool:
    """Whether it is a decent hour in every zone the person may be in."""
    limits = calling()
    return all(
        limits.from_hour <= at.astimezone(ZoneInfo(zone)).hour < limits.until_hour for zone in zones
    )


def next_call(after: datetime, zones: Sequence[str]) -> datetime:
    """The first moment from ``after`` on at which the person may be called, to a quarter hour."""
    moment = after
    for _ in range(4 * 24 * 3):
        if may_call(moment, zones):
            return moment
        moment = moment.replace(second=0, microsecond=0) + _STEP
    return after


def is_over(outcome: Outcome, attempts: int) -> bool:
    """Whether nobody calls again: by how it ended, or because it was tried often enough."""
    return outcome.then == "end" or attempts >= calling().most_attempts
