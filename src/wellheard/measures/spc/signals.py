"""Special-cause signals for many charts at once. Arrays have shape (points, charts).

Points run down the first axis so that every step works on contiguous rows, one per moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Booleans, Floats
    from wellheard.measures.spc.rulesets import Rule, RuleSet

    Sides = NDArray[np.int8]
    Bits = NDArray[np.uint8]

# A point that equals its line up to rounding lies on the line, not beyond it.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Signals:
    """Per point: one bit per rule (in the order of the set), and the side (-1, 0, 1).

    `side` is the side of the centre line; for a point of a trend, where the rule set says so or
    the point lies on the centre line, it is the direction of the trend.
    """

    bits: Bits
    side: Sides


@dataclass(frozen=True, slots=True)
class _Zones:
    distance: Floats
    sigma: Floats
    slack: Floats
    side: Sides
    steps: Sides
    outside: Booleans

    def beyond(self, sigma: float) -> Booleans:
        return np.asarray(np.abs(self.distance) > sigma * self.sigma + self.slack)


def find_signals(values: Floats, centre: Floats, sigma: Floats, rules: RuleSet) -> Signals:
    """Mark every point that belongs to a pattern of `rules`.

    `centre` and `sigma` broadcast against `values`; sigma is a third of the distance from the
    centre line to a limit.
    """
    zones = _zones(values, centre, sigma)
    bits: Bits = np.zeros(values.shape, dtype=np.uint8)
    side = zones.side.copy()
    for position, rule in enumerate(rules.rules):
        marks = _MARK[rule.kind](zones, rule)
        bits |= (marks != 0).astype(np.uint8) << np.uint8(position)
        if rule.kind == "trend":
            instead = marks != 0 if rules.trend_side == "trend" else (marks != 0) & (side == 0)
            side = np.where(instead, marks, side)
    return Signals(bits, side)


def _zones(values: Floats, centre: Floats, sigma: Floats) -> _Zones:
    slack = _ROUNDING * np.abs(values).max(axis=0, keepdims=True)
    distance = values - centre
    steps = np.diff(values, axis=0)
    wide = np.broadcast_to(sigma, values.shape)
    return _Zones(
        distance=distance,
        sigma=wide,
        slack=slack,
        side=_signs(distance, slack),
        steps=_signs(steps, slack),
        outside=np.abs(distance) > 3 * wide + slack,
    )


def _signs(array: Floats, slack: Floats) -> Sides:
    return (array > slack).astype(np.int8) - (array < -slack).astype(np.int8)


def _mark_outside(zones: _Zones, rule: Rule) -> Sides:
    return zones.outside * zones.side


def _mark_shift(zones: _Zones, rule: Rule) -> Sides:
    return _runs(zones.side, rule.points)


def _mark_trend(zones: _Zones, rule: Rule) -> Sides:
    steps = _window_sums(zones.steps, rule.points - 1)
    full = rule.points - 1
    rising = _spread(steps == full, rule.points, zones.side.shape[0])
    falling = _spread(steps == -full, rule.points, zones.side.shape[0])
    # Where a rise meets a fall the shared turning point belongs to the rise.
    return np.where(rising, 1, -falling.astype(np.int8)).astype(np.int8)


def _mark_beyond(zones: _Zones, rule: Rule) -> Sides:
    near = zones.beyond(rule.sigma)
    if not rule.counts_outside:
        near &= ~zones.outside
    marks = np.zeros(zones.side.shape, dtype=np.int8)
    for sign in (1, -1):
        here = near & (zones.side == sign)
        hit = _window_sums(here, rule.of) >= rule.need
        if rule.whole_window_one_side:
            hit &= _window_sums(zones.side == sign, rule.of) == rule.of
        marks[_spread(hit, rule.of, len(marks)) & here] = sign
    return marks


def _mark_within(zones: _Zones, rule: Rule) -> Sides:
    hit = _window_sums(~zones.beyond(rule.sigma), rule.points) == rule.points
    hit &= np.any(zones.sigma > 0, axis=0)
    marked = _spread(hit, rule.points, zones.side.shape[0])
    return np.where(marked & (zones.side == 0), 1, marked * zones.side).astype(np.int8)


_MARK = {
    "outside": _mark_outside,
    "shift": _mark_shift,
    "trend": _mark_trend,
    "beyond": _mark_beyond,
    "within": _mark_within,
}


def _runs(side: Sides, points: int) -> Sides:
    sums = _window_sums(side, points)
    above = _spread(sums == points, points, len(side))
    below = _spread(sums == -points, points, len(side))
    return above.astype(np.int8) - below.astype(np.int8)


def _window_sums(array: Sides | Booleans, length: int) -> NDArray[np.int8]:
    """Sum every window of `length` rows; the result has `length - 1` fewer rows."""
    count = array.shape[0] - length + 1
    if count <= 0:
        return np.zeros((0, *array.shape[1:]), dtype=np.int8)
    small = array.view(np.int8)
    total = small[:count].copy()
    for offset in range(1, length):
        total += small[offset : offset + count]
    return total


def _spread(hits: Booleans, length: int, points: int) -> Booleans:
    """Mark all `length` points of every window that hit."""
    marked = np.zeros((points, *hits.shape[1:]), dtype=np.bool_)
    if len(hits):
        for offset in range(length):
            marked[offset : offset + len(hits)] |= hits
    return marked
