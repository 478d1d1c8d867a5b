"""Pure: did what patients say change after a change?"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.scores.rules import Score

Verdict = Literal["better", "worse", "not_better", "cannot_tell", "too_early"]
_FILE = Path(__file__).with_name("data") / "effects-2026-11.json"


@dataclass(frozen=True, slots=True)
class EffectPolicy:
    """Lengths in whole months; `worthwhile_points`: the smallest gain worth having."""

    months_before: int
    months_after: int
    fewest_months: int
    worthwhile_points: float


@cache
def effect_policy() -> EffectPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return EffectPolicy(**{name: page[name] for name in EffectPolicy.__slots__})


@dataclass(frozen=True, slots=True)
class Effect:
    """Before and after with their difference (after minus before) in points.

    Without scores or too early after the change there is no difference yet.
    """

    verdict: Verdict
    before: Score | None
    after: Score | None
    gap: float = 0.0
    low: float = 0.0
    high: float = 0.0


def windows(started_on: date, until: date, policy: EffectPolicy) -> tuple[Period, Period | None]:
    """Whole months before the month of the change, and after it until ``until``.

    The month of the change is in neither. None when no whole month has passed since.
    """
    month = Month.containing(started_on)
    before = Period.ending(month, policy.months_before)
    start = month.plus(1)
    stop = min(Month.containing(until), start.plus(policy.months_after))
    return before, Period(start, stop) if start < stop else None


def effect_of(
    before: Score | None, after: Score | None, *, months_after: int, policy: EffectPolicy
) -> Effect:
    """Compare two scores of one measure.

    better/worse: the interval of the difference leaves out zero; not_better: it leaves out a
    worthwhile gain; cannot_tell: it holds both.
    """
    if months_after < policy.fewest_months:
        return Effect("too_early", before, after)
    if before is None or after is None:
        return Effect("cannot_tell", before, after)
    gap, low, high = difference(after, before)
    good, bad = (low, high) if before.measure.direction == "increase" else (-high, -low)
    verdict: Verdict = "cannot_tell"
    if good > 0:
        verdict = "better"
    elif bad < 0:
        verdict = "worse"
    elif bad < policy.worthwhile_points:
        verdict = "not_better"
    return Effect(verdict, before, after, gap, low, high)


def difference(first: Score, second: Score) -> tuple[float, float, float]:
    """First minus second with an interval made of both intervals (MOVER).

    With two Wilson intervals this is Newcombe's method 10.
    """
    gap = first.estimate - second.estimate
    down = math.hypot(first.estimate - first.low, second.high - second.estimate)
    up = math.hypot(first.high - first.estimate, second.estimate - second.low)
    return gap, gap - down, gap + up
