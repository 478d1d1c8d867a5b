"""The versioned defaults: what holds where a patient said nothing."""

import json
from dataclasses import dataclass
from datetime import time
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Defaults:
    """One jurisdiction's usual way. `most_weekly` is the highest cap a patient may choose."""

    quiet_from: time
    quiet_until: time
    weekly_cap: int
    most_weekly: int
    strictest_zones: tuple[str, ...]


@cache
def defaults(jurisdiction: str) -> Defaults:
    """The usual way in a jurisdiction ("us-hospital", "england")."""
    row = _data()["jurisdictions"][jurisdiction]
    return Defaults(
        quiet_from=time.fromisoformat(row["quiet_from"]),
        quiet_until=time.fromisoformat(row["quiet_until"]),
        weekly_cap=row["weekly_cap"],
        most_weekly=row["most_weekly"],
        strictest_zones=tuple(row["strictest_zones"]),
    )


@dataclass(frozen=True)
class Window:
    """A part of the day in which a patient may choose to hear from us."""

    code: str
    speak_from: time
    speak_until: time


@cache
def windows() -> tuple[Window, ...]:
    """The parts of the day that can be chosen, in the order shown."""
    return tuple(
        Window(
            row["code"],
            time.fromisoformat(row["speak_from"]),
            time.fromisoformat(row["speak_until"]),
        )
        for row in _data()["windows"]
    )


def weekly_caps() -> tuple[int, ...]:
    """How many messages a week a patient can choose as the most."""
    return tuple(_data()["weekly_caps"])


@cache
def zones(country: str) -> tuple[str, ...]:
    """The time zones a patient of a country can choose."""
    return tuple(_data()["zones"].get(country, ()))


@cache
def _data() -> dict[str, Any]:
    text = files(__package__).joinpath("defaults-2026-11.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
