"""How long a shared screen waits, and how it is left, from versioned data."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _data() -> dict[str, Any]:
    text = files(__package__).joinpath("data", "kiosk-2026-11.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def idle_seconds(kind: str) -> int:
    """After how long without a touch a screen of this kind asks whether somebody is there."""
    return int(_data()["kinds"][kind]["idle_seconds"])


def longest(kind: str) -> timedelta:
    """After how long what was begun is over, whatever the screen says (it may be switched off)."""
    return timedelta(minutes=_data()["kinds"][kind]["longest_minutes"])


def setup_lasts() -> timedelta:
    """For how long a device can become a kiosk."""
    return timedelta(minutes=_data()["setup_minutes"])


def pin_digits() -> int:
    """How many figures the number to leave a kiosk has."""
    return int(_data()["pin_digits"])


def pin_tries() -> tuple[int, timedelta]:
    """How many wrong numbers are heard in which time."""
    return int(_data()["pin_tries"]), timedelta(minutes=_data()["pin_minutes"])
