"""How a review and its reply stand, pure: the tone, when an answer is due, what may happen next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Tone = Literal["positive", "mixed", "negative"]
TONES: tuple[Tone, ...] = ("positive", "mixed", "negative")
State = Literal[
    "unanswered",
    "drafted",
    "withdrawn",
    "to_post",
    "publishing",
    "failed",
    "uncertain",
    "published",
]


def tone_of(
    rating: float | None, most: int | None, feeling: int | None, *, positive_from: float,
    negative_to: float,
) -> Tone:  # fmt: skip
    """Praise, criticism or both: by the stars as a share of the most that can be given; without
    stars by how the words were read (1 very negative to 5 very positive); else both."""
    if rating is not None and most:
        share = rating / most
    elif feeling is not None:
        share = feeling / 5
    else:
        return "mixed"
    if share >= positive_from:
        return "positive"
    return "negative" if share <= negative_to else "mixed"


def due_at(seen_at: datetime, tone: str, *, is_safety: bool, days: Mapping[str, int]) -> datetime:
    """When a reply is due, counted from when the review was first seen here."""
    return seen_at + timedelta(days=days["safety" if is_safety else tone])


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rows of one reply say. ``outcomes``: of the tries at the newest draft, in order
    ("" for one that never came back); ``open_elsewhere``: a try at an older draft never came
    back."""

    has_draft: bool
    approved: bool
    withdrawn: bool
    by_hand: bool
    waits: bool
    outcomes: Sequence[str] = ()
    open_elsewhere: bool = False
    published: bool = False


def state_of(facts: Facts) -> State:
    """How a reply stands."""
    if facts.published:
        return "published"
    last = facts.outcomes[-1] if facts.outcomes else None
    unsure = last in ("", "unknown")
    if facts.open_elsewhere or (unsure and (facts.withdrawn or not facts.waits)):
        return "uncertain"
    if not facts.has_draft:
        return "unanswered"
    if facts.withdrawn:
        return "withdrawn"
    if not facts.approved:
        return "drafted"
    if facts.by_hand:
        return "to_post"
    return "publishing" if facts.waits else "failed"


def wait_after(tries: int, waits: Sequence[int], most_tries: int) -> timedelta | None:
    """How long to wait after so many tries; None: no more."""
    if tries >= most_tries:
        return None
    return timedelta(seconds=waits[min(tries, len(waits)) - 1])
