"""What a control chart says, and the words it says it with."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wellheard.measures.errors import OutOfRange, UnknownName

Direction = Literal["increase", "decrease"]
Variation = Literal["common_cause", "improvement", "concern", "neutral_high", "neutral_low"]
Assurance = Literal["pass", "fail", "hit_or_miss"]


@dataclass(frozen=True, slots=True)
class Rebase:
    """New limits from point `at` on, and the recorded reason why."""

    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Latest:
    """The verdict that stands at the last point, since which point, by which rules."""

    variation: Variation
    since: int
    rules: frozenset[str]
    side: Literal["high", "low"] | None


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A control chart. All tuples have one entry per point, in the order of the values.

    `flags` holds the names of the rules each point belongs to; `variations` each point's
    verdict; `variation` is the verdict at the last point. `assurance` is None without a target
    and a direction. `trial` says that there are too few points for settled limits.
    """

    kind: str
    method: str
    rules: str
    n_points: int
    values: tuple[float, ...]
    centre: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    inner_lower: tuple[float, ...]
    inner_upper: tuple[float, ...]
    sizes: tuple[float, ...] | None
    flags: tuple[frozenset[str], ...]
    variations: tuple[Variation, ...]
    variation: Variation
    latest: Latest
    assurance: Assurance | None
    direction: Direction | None
    target: float | None
    trial: bool
    rebases: tuple[Rebase, ...]


def checked_direction(direction: str | None) -> Direction | None:
    """Return `direction`; raise UnknownName for anything but increase, decrease or None."""
    if direction is None or direction == "increase" or direction == "decrease":
        return direction  # type: ignore[return-value]  # mypy keeps the wider str after "=="
    raise UnknownName("direction", f"is 'increase', 'decrease' or None, not {direction!r}")


def checked_rebases(rebases: Sequence[Rebase], points: int) -> tuple[Rebase, ...]:
    """Return `rebases` in order; raise OutOfRange for a missing reason or a bad position."""
    ordered = tuple(sorted(rebases, key=lambda rebase: rebase.at))
    for rebase in ordered:
        if not rebase.reason.strip():
            raise OutOfRange("rebases", f"the rebase at point {rebase.at} records no reason")
    starts = [0, *(rebase.at for rebase in ordered), points]
    if any(after - before < 2 for before, after in itertools.pairwise(starts)):
        raise OutOfRange("rebases", "every part of the chart needs at least 2 points")
    return ordered


def point_variation(*, special: bool, side: int, direction: Direction | None) -> Variation:
    """Return the verdict on one point from its side (-1, 1) and the wanted direction."""
    if not special:
        return "common_cause"
    if direction is None:
        return "neutral_high" if side > 0 else "neutral_low"
    return "improvement" if (side > 0) == (direction == "increase") else "concern"


def latest_verdict(
    variations: Sequence[Variation], flags: Sequence[frozenset[str]], sides: Sequence[int]
) -> Latest:
    """Return the verdict at the last point and how far back it reaches without a break."""
    last = variations[-1]
    since = len(variations) - 1
    while since > 0 and variations[since - 1] == last:
        since -= 1
    if last == "common_cause":
        return Latest(last, since, frozenset(), None)
    return Latest(last, since, flags[-1], "high" if sides[-1] > 0 else "low")


def assurance_of(
    target: float | None, direction: Direction | None, lower: float, upper: float
) -> Assurance | None:
    """Return whether limits `lower` to `upper` will consistently meet `target`."""
    if target is None or direction is None:
        return None
    if lower <= target <= upper:
        return "hit_or_miss"
    too_high = target > upper
    return "fail" if too_high == (direction == "increase") else "pass"
