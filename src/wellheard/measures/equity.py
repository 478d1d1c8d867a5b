"""Gaps between groups: rate, difference, ratio, intervals, and who is too few to judge."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wellheard.measures.arrays import within
from wellheard.measures.errors import EmptyData, NotFinite, OutOfRange, TooFewPoints, UnknownName
from wellheard.measures.intervals import (
    Difference,
    Proportion,
    newcombe,
    normal_quantile,
    wilson,
)

GapVerdict = Literal["better", "worse", "no_difference_shown", "too_few", "reference"]
# Below this many people a rate is not shown, and no gap is judged.
SMALLEST_GROUP = 11


@dataclass(frozen=True, slots=True)
class Ratio:
    """Rate of the group over rate of the reference, with the interval of its logarithm.

    None where either rate is 0: the ratio then has no finite interval.
    """

    estimate: float
    low: float
    high: float
    method: str


@dataclass(frozen=True, slots=True)
class GroupGap:
    """One group against the reference. Everything is None for a group that is too small."""

    group: str
    n: int
    rate: Proportion | None
    gap: Difference | None
    ratio: Ratio | None
    p: float | None
    p_adjusted: float | None
    verdict: GapVerdict


@dataclass(frozen=True, slots=True)
class EquityGaps:
    """All groups in the given order, the declared reference, and how many were judged."""

    reference: str
    groups: tuple[GroupGap, ...]
    judged: int
    false_discovery_rate: float
    level: float
    method: str


def equity_gaps(
    counts: Mapping[str, tuple[int, int]],
    *,
    reference: str,
    higher_is_better: bool = True,
    minimum: int = SMALLEST_GROUP,
    level: float = 0.95,
    false_discovery_rate: float = 0.05,
) -> EquityGaps:
    """Compare groups, given as name to (count, n), with a reference declared in advance.

    Intervals: Wilson for rates, Newcombe for differences, log (Katz) for ratios. Tests: the
    N - 1 chi-square (Campbell, Stat Med 2007; 26:3661), corrected for many comparisons by
    Benjamini and Hochberg; a group counts as different only when its corrected p is at most
    `false_discovery_rate`. Groups below `minimum` are "too_few", never "no gap".
    """
    if not counts:
        raise EmptyData("counts", "there are no groups")
    if reference not in counts:
        raise UnknownName("reference", f"no group is called {reference!r}")
    rate = within(false_discovery_rate, "false_discovery_rate", 0, 1)
    checked = {group: _checked(group, *pair) for group, pair in counts.items()}
    base = checked[reference]
    if base[1] < minimum:
        raise TooFewPoints("reference", f"has {base[1]} people, needs {minimum}")
    judged = [name for name in checked if name != reference and checked[name][1] >= minimum]
    tests = [chi_square_p(*checked[name], *base) for name in judged]
    adjusted = dict(zip(judged, benjamini_hochberg(tests) if tests else [], strict=True))
    plain = dict(zip(judged, tests, strict=True))
    groups = tuple(
        _too_few(name, pair[1])
        if pair[1] < minimum
        else _gap(
            name, pair, base, plain.get(name), adjusted.get(name), level, rate, higher_is_better
        )
        for name, pair in checked.items()
    )
    return EquityGaps(
        reference,
        groups,
        len(judged),
        rate,
        level,
        "Wilson, Newcombe, Katz log ratio, N-1 chi-square with Benjamini-Hochberg",
    )


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return p values corrected for the false discovery rate (JRSS B 1995; 57:289)."""
    if any(math.isnan(p) or not 0 <= p <= 1 for p in p_values):
        raise NotFinite("p_values", "must lie between 0 and 1")
    count = len(p_values)
    order = sorted(range(count), key=lambda i: p_values[i], reverse=True)
    adjusted, running = [0.0] * count, 1.0
    for rank, position in zip(range(count, 0, -1), order, strict=True):
        running = min(running, p_values[position] * count / rank)
        adjusted[position] = running
    return adjusted


def chi_square_p(count: int, n: int, other_count: int, other_n: int) -> float:
    """Return the two-sided p value of the N - 1 chi-square for two shares."""
    total, hits = n + other_n, count + other_count
    if hits in (0, total):
        return 1.0
    cross = count * (other_n - other_count) - other_count * (n - count)
    statistic = (total - 1) * cross**2 / (n * other_n * hits * (total - hits))
    return math.erfc(math.sqrt(statistic / 2))


def rate_ratio(first: Proportion, second: Proportion, *, level: float = 0.95) -> Ratio | None:
    """Return first share over second with Katz's log interval, None when either is 0."""
    if first.count == 0 or second.count == 0:
        return None
    estimate = first.estimate / second.estimate
    variance = 1 / first.count - 1 / first.n + 1 / second.count - 1 / second.n
    spread = math.exp(normal_quantile(level) * math.sqrt(max(0.0, variance)))
    return Ratio(estimate, estimate / spread, estimate * spread, "Katz log interval")


def _checked(group: str, count: int, n: int) -> tuple[int, int]:
    if n < 0 or not 0 <= count <= n:
        raise OutOfRange(group, f"needs 0 <= count <= n, has {count} of {n}")
    return count, n


def _too_few(name: str, n: int) -> GroupGap:
    return GroupGap(name, n, None, None, None, None, None, "too_few")


def _gap(
    name: str,
    pair: tuple[int, int],
    base: tuple[int, int],
    p: float | None,
    adjusted: float | None,
    level: float,
    rate: float,
    higher_is_better: bool,
) -> GroupGap:
    own = wilson(*pair, level=level)
    if p is None or adjusted is None:
        return GroupGap(name, pair[1], own, None, None, None, None, "reference")
    gap = newcombe(*pair, *base, level=level)
    verdict: GapVerdict = "no_difference_shown"
    if adjusted <= rate and gap.estimate != 0:
        verdict = "better" if (gap.estimate > 0) == higher_is_better else "worse"
    ratio = rate_ratio(own, gap.second, level=level)
    return GroupGap(name, pair[1], own, gap, ratio, p, adjusted, verdict)
