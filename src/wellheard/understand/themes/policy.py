"""When a theme counts as rising, from versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "rising-2026-11.json"


@dataclass(frozen=True, slots=True)
class RisingPolicy:
    """Recent weeks are held against the weeks before them; shares are of comments."""

    recent_weeks: int
    before_weeks: int
    at_least: int
    most_chance: float
    false_discovery: float


@cache
def rising_policy() -> RisingPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return RisingPolicy(**{name: page[name] for name in RisingPolicy.__slots__})
