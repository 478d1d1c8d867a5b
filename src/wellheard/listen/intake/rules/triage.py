"""By when somebody must have decided, and what needs no decision at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from wellheard.measures.clocks import working_days_after


@dataclass(frozen=True, slots=True)
class Closeness:
    """How near two comments must be to count as one thing said twice."""

    within_days: int
    alike_at_least: float
    fewest_words: int


@dataclass(frozen=True, slots=True)
class Policy:
    """The house's rules for taking in comments; read from versioned data."""

    version: str
    decide_within_working_days: int
    owned_within_minutes: int
    history_after_days: int
    owner_roles: tuple[str, ...]
    same_person: Closeness
    same_words: Closeness

    @classmethod
    def read(cls, data: dict[str, Any]) -> Policy:
        return cls(
            version=data["version"],
            decide_within_working_days=data["decide_within_working_days"],
            owned_within_minutes=data["owned_within_minutes"],
            history_after_days=data["history_after_days"],
            owner_roles=tuple(data["owner_roles"]),
            same_person=Closeness(**data["same_person"]),
            same_words=Closeness(**data["same_words"]),
        )


@lru_cache(maxsize=256)
def decide_by(
    recorded_at: datetime, *, zone: str, holidays_in: str | None, policy: Policy
) -> datetime:
    """The first moment that is too late to decide what happens with a comment.

    It counts from when we had the comment in hand, not from when it was written.
    """
    return working_days_after(
        recorded_at, policy.decide_within_working_days, zone=zone, holidays_in=holidays_in
    )


def decided_already(
    *, text: str, rating: float | None, received_at: datetime, recorded_at: datetime, policy: Policy
) -> str:
    """The disposition a comment brings along: "history", "counted" or none ("").

    Words that are older than the policy's limit when they reach us (an import of past years) are
    kept and counted; a mark without words is counted: there is nothing in it to answer.
    """
    if recorded_at - received_at > timedelta(days=policy.history_after_days):
        return "history"
    return "counted" if not text and rating is not None else ""


def first_owner(candidates: dict[str, list[int]], policy: Policy) -> int | None:
    """The user who answers for a comment: of the first role that has anybody, the first."""
    for role in policy.owner_roles:
        if candidates.get(role):
            return candidates[role][0]
    return None
