"""From values, centre line and sigma to a finished chart; shared by every kind of chart."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import real
from wellheard.measures.errors import OutOfRange
from wellheard.measures.spc.chart import (
    ControlChart,
    Rebase,
    assurance_of,
    checked_direction,
    latest_verdict,
    point_variation,
)
from wellheard.measures.spc.rulesets import RuleSet, rule_set
from wellheard.measures.spc.signals import find_signals

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats


@dataclass(frozen=True, slots=True)
class Lines:
    """Centre line and sigma of each point, with the bounds the measure cannot leave."""

    centre: Floats
    sigma: Floats
    floor: float | None = None
    ceiling: float | None = None

    def at(self, sigmas: float) -> Floats:
        """Return the line `sigmas` above (or below) the centre, kept inside the bounds."""
        line = self.centre + sigmas * self.sigma
        if self.floor is None and self.ceiling is None:
            return line
        return np.clip(line, self.floor, self.ceiling)


@dataclass(frozen=True, slots=True)
class Question:
    """What the reader wants to know: rules, wanted direction, target, rebases."""

    rules: str
    direction: str | None
    target: float | None
    rebases: tuple[Rebase, ...] = ()


def finished_chart(
    kind: str,
    method: str,
    values: Floats,
    lines: Lines,
    question: Question,
    *,
    sizes: Floats | None = None,
) -> ControlChart:
    """Find the signals of `values` about `lines` and give the verdicts `question` asks for."""
    direction = checked_direction(question.direction)
    target = None if question.target is None else real(question.target, "target")
    rules = rule_set(question.rules)
    flags, sides = _flags(values, lines, rules, question.rebases)
    variations = tuple(
        point_variation(special=bool(flag), side=side, direction=direction)
        for flag, side in zip(flags, sides, strict=True)
    )
    lower, upper = lines.at(-3), lines.at(3)
    return ControlChart(
        kind=kind,
        method=method,
        rules=rules.name,
        n_points=len(values),
        values=_floats(values),
        centre=_floats(lines.centre),
        lower=_floats(lower),
        upper=_floats(upper),
        inner_lower=_floats(lines.at(-2)),
        inner_upper=_floats(lines.at(2)),
        sizes=None if sizes is None else _floats(sizes),
        flags=flags,
        variations=variations,
        variation=variations[-1],
        latest=latest_verdict(variations, flags, sides),
        assurance=assurance_of(target, direction, float(lower[-1]), float(upper[-1])),
        direction=direction,
        target=target,
        trial=_last_part(len(values), question.rebases) < rules.trial_below,
        rebases=question.rebases,
    )


def segments(points: int, rebases: Sequence[Rebase]) -> list[tuple[int, int]]:
    """Return the half-open parts of a chart between its rebases."""
    edges = [0, *(rebase.at for rebase in rebases), points]
    return list(itertools.pairwise(edges))


def baseline_points(baseline: int | None, points: int) -> int:
    """Return how many first points fix the limits: `baseline`, or all."""
    if baseline is None:
        return points
    if isinstance(baseline, bool) or not isinstance(baseline, int) or baseline < 2:
        raise OutOfRange("baseline", "must be a whole number of at least 2 points")
    return min(baseline, points)


def _last_part(points: int, rebases: Sequence[Rebase]) -> int:
    start, stop = segments(points, rebases)[-1]
    return stop - start


def _flags(
    values: Floats, lines: Lines, rules: RuleSet, rebases: Sequence[Rebase]
) -> tuple[tuple[frozenset[str], ...], tuple[int, ...]]:
    flags: list[frozenset[str]] = []
    sides: list[int] = []
    for start, stop in segments(len(values), rebases):
        part = slice(start, stop)
        found = find_signals(
            values[part, None], lines.centre[part, None], lines.sigma[part, None], rules
        )
        flags += [_names(int(bits), rules) for bits in found.bits[:, 0]]
        sides += [int(side) for side in found.side[:, 0]]
    return tuple(flags), tuple(sides)


def _names(bits: int, rules: RuleSet) -> frozenset[str]:
    return frozenset(rule.name for i, rule in enumerate(rules.rules) if bits >> i & 1)


def _floats(array: Floats) -> tuple[float, ...]:
    return tuple(array.tolist())
