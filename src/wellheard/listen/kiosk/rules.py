"""A shared screen, pure: its number to leave it, and whether another try is heard."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

State = Literal["waiting", "on", "left", "revoked"]
_STATES: dict[str, State] = {
    "made": "waiting",
    "bound": "on",
    "left": "left",
    "revoked": "revoked",
}


def new_pin(digits: int) -> str:
    """A random number to leave a kiosk with."""
    return "".join(secrets.choice("0123456789") for _ in range(digits))


def read_pin(typed: str) -> str:
    """The figures of what was typed, Arabic and Persian ones too."""
    return "".join(str(int(letter)) for letter in typed if letter.isdecimal())[:12]


def is_heard(wrong: Sequence[datetime], *, now: datetime, tries: int, within: timedelta) -> bool:
    """Whether another number is looked at after these wrong ones."""
    return sum(now - within < at <= now for at in wrong) < tries


def state_after(steps: Sequence[str]) -> State:
    """Where a kiosk is after its steps, oldest first; wrong numbers change nothing."""
    found: State = "waiting"
    for step in steps:
        found = _STATES.get(step, found)
    return found
