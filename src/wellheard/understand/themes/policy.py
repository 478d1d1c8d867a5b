"""When a theme counts as rising, and when reading is good enough, from versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class RisingPolicy:
    """Recent weeks are held against the weeks before them; shares are of comments."""

    recent_weeks: int
    before_weeks: int
    at_least: int
    most_chance: float
    false_discovery: float


@dataclass(frozen=True, slots=True)
class QualityPolicy:
    """How many comments a month are labelled blind, from how many on a figure is given, and the
    bars: share of tones right for routing by feeling, F1 for a theme."""

    sample_per_month: int
    fewest: int
    tone_bar: float
    theme_bar: float
    watched_months: int
    fewest_to_learn: int
    most_to_learn: int


@cache
def rising_policy() -> RisingPolicy:
    """The policy in force."""
    page = json.loads((_DATA / "rising-2026-11.json").read_text("utf-8"))
    return RisingPolicy(**{name: page[name] for name in RisingPolicy.__slots__})


@cache
def quality_policy() -> QualityPolicy:
    """The policy in force."""
    page = json.loads((_DATA / "quality-2026-11.json").read_text("utf-8"))
    return QualityPolicy(**{name: page[name] for name in QualityPolicy.__slots__})
