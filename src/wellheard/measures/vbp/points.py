"""Achievement, improvement, consistency and domain points of Hospital VBP.

Rates are Decimals in per cent, as published (four decimals); floating point would move scores
that fall on a rounding edge. Rounding is half up. Source: 42 CFR 412.165; every rule reproduces
the published fiscal year 2024 file without exception.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from wellheard.measures.errors import EmptyData, OutOfRange, UnknownName
from wellheard.measures.vbp.standards import Dimension, Standards

_HALF = Decimal("0.5")
_WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """Points of one dimension: achievement 0-10, improvement 0-9 or None, score the larger."""

    achievement: int
    improvement: int | None
    score: int


@dataclass(frozen=True, slots=True)
class DomainScore:
    """A hospital's domain: base 0-80, consistency 0-20, their sum, and the sum times weight."""

    dimensions: dict[str, DimensionScore]
    base: int
    consistency: int
    domain: int
    weight: Decimal
    weighted: Decimal


def domain_score(
    performance: Mapping[str, Decimal],
    baseline: Mapping[str, Decimal],
    year: Standards,
    *,
    weight: Decimal | None = None,
) -> DomainScore:
    """Score one hospital. `performance` needs every dimension, `baseline` those it has.

    `weight` is the domain's share of the total score (:func:`redistributed_weight`), by default
    that of the standards.
    """
    for dimension in year.dimensions:
        if dimension.name not in performance:
            raise UnknownName(dimension.name, "has no performance rate")
    scores = {
        dimension.name: dimension_score(
            performance[dimension.name], baseline.get(dimension.name), dimension
        )
        for dimension in year.dimensions
    }
    base = sum(score.score for score in scores.values())
    consistency = consistency_points(performance, year.dimensions)
    share = year.domain_weight if weight is None else weight
    total = base + consistency
    return DomainScore(scores, base, consistency, total, share, total * share)


def dimension_score(
    performance: Decimal, baseline: Decimal | None, dimension: Dimension
) -> DimensionScore:
    """Score one dimension from its two rates."""
    achieved = achievement_points(performance, dimension)
    improved = None if baseline is None else improvement_points(performance, baseline, dimension)
    return DimensionScore(achieved, improved, max(achieved, improved or 0))


def achievement_points(performance: Decimal, dimension: Dimension) -> int:
    """Return 10 at the benchmark, 0 below the threshold, 1-9 between."""
    rate = _rate(performance, dimension.name)
    if rate >= dimension.benchmark:
        return 10
    if rate < dimension.threshold:
        return 0
    span = dimension.benchmark - dimension.threshold
    return _rounded(9 * (rate - dimension.threshold) / span + _HALF)


def improvement_points(performance: Decimal, baseline: Decimal, dimension: Dimension) -> int:
    """Return 0-9 for the way covered from the baseline to the benchmark.

    A hospital already past the benchmark that still improves gets 9.
    """
    rate, before = _rate(performance, dimension.name), _rate(baseline, dimension.name)
    if rate <= before:
        return 0
    if before >= dimension.benchmark:
        return 9
    way = 10 * (rate - before) / (dimension.benchmark - before) - _HALF
    return min(9, max(0, _rounded(way)))


def consistency_points(performance: Mapping[str, Decimal], dimensions: Sequence[Dimension]) -> int:
    """Return 0-20 from the weakest dimension's place between floor and threshold."""
    lowest = min(
        (_rate(performance[each.name], each.name) - each.floor) / (each.threshold - each.floor)
        for each in dimensions
    )
    if lowest >= 1:
        return 20
    if lowest <= 0:
        return 0
    return min(20, max(0, _rounded(20 * lowest - _HALF)))


def redistributed_weight(weight: Decimal, scored: Sequence[Decimal]) -> Decimal:
    """Return a domain's weight when only the domains with weights `scored` have scores."""
    if weight not in scored:
        raise EmptyData("scored", "the domain itself is not among the scored ones")
    return weight / sum(scored)


def _rate(rate: Decimal, name: str) -> Decimal:
    if not rate.is_finite() or not 0 <= rate <= 100:
        raise OutOfRange(name, "a rate lies between 0 and 100 per cent")
    return rate


def _rounded(number: Decimal) -> int:
    return int(number.quantize(_WHOLE, rounding=ROUND_HALF_UP))
