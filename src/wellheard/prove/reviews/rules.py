"""Pure: when a week's analysis is due, what counts as new, and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("data") / "reviews-2026-11.json"
Key = tuple[int | None, str, str]


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """When the analysis is made (local weekday and hour) and by when somebody signs it."""

    weekday: int
    hour: int
    sign_within_hours: int
    digest_roles: tuple[str, ...]


@cache
def review_policy() -> ReviewPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return ReviewPolicy(
        weekday=page["weekday"],
        hour=page["hour"],
        sign_within_hours=page["sign_within_hours"],
        digest_roles=tuple(page["digest_roles"]),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """One finding before it is kept."""

    place_id: int | None
    kind: str
    subject: str
    says: str
    data: Mapping[str, Any]

    @property
    def key(self) -> Key:
        return (self.place_id, self.kind, self.subject)


def week_due(local_now: datetime, policy: ReviewPolicy) -> date:
    """The week whose analysis should exist at this local moment, by its first day."""
    day = local_now.date() - timedelta(days=(local_now.weekday() - policy.weekday) % 7)
    begins = datetime.combine(day, datetime.min.time(), local_now.tzinfo)
    due = begins + timedelta(hours=policy.hour)
    return day if local_now >= due else day - timedelta(weeks=1)


def new_among(found: Iterable[Found], before: Collection[Key]) -> set[Key]:
    """What the week before had not found."""
    return {each.key for each in found} - set(before)


def digest_of(found: Iterable[Found]) -> str:
    """A hash of the findings' data, the same for the same findings in any order."""
    lines = sorted(
        json.dumps([each.place_id or 0, each.kind, each.subject, each.data], sort_keys=True)
        for each in found
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
