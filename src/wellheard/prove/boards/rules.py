"""Pure: what stands on whose page, and when a visit is a new one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "homes-2026-11.json"


@dataclass(frozen=True, slots=True)
class HomePolicy:
    """What the pages hold, from versioned data. Measures by code; lengths in their units."""

    first_measure: str
    overview: tuple[str, ...]
    place: tuple[str, ...]
    praise_days: int
    recent_months: int
    coverage_days: int
    visit_minutes: int


@cache
def home_policy() -> HomePolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return HomePolicy(
        first_measure=page["first_measure"],
        overview=tuple(page["overview"]),
        place=tuple(page["place"]),
        praise_days=page["praise_days"],
        recent_months=page["recent_months"],
        coverage_days=page["coverage_days"],
        visit_minutes=page["visit_minutes"],
    )


def is_new_visit(seen_at: datetime, now: datetime, policy: HomePolicy) -> bool:
    """Whether somebody comes back, rather than goes on looking."""
    return now - seen_at > timedelta(minutes=policy.visit_minutes)
