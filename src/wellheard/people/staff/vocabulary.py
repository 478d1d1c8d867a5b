"""The versioned limits of staff sessions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

from wellheard.people.staff.rules import SessionLimits


@dataclass(frozen=True)
class LimitsInForce:
    """Limits by role, and those of a person without a role."""

    by_role: Mapping[str, SessionLimits]
    default: SessionLimits


@cache
def session_limits() -> LimitsInForce:
    """The limits in force."""
    text = files(__package__).joinpath("session-limits-2026-11.json").read_text("utf-8")
    data = json.loads(text)
    by_role = {role: _limits(row) for role, row in data["roles"].items()}
    return LimitsInForce(by_role, _limits(data["default"]))


def _limits(row: Mapping[str, int]) -> SessionLimits:
    return SessionLimits(
        timedelta(minutes=row["idle_minutes"]), timedelta(hours=row["absolute_hours"])
    )
