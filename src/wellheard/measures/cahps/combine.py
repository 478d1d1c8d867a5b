"""Strata, scarce items and smoothed variances: the optional parts of the CAHPS analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import (
    finite_vector,
    not_negative,
    positive,
    real,
    same_length,
    sums_by,
)
from wellheard.measures.cahps.analysis import CahpsAnalysis
from wellheard.measures.cahps.contrast import Contrasts, StarRule, Test, contrasts, overall_test
from wellheard.measures.errors import EmptyData, OutOfRange, TooFewPoints, UnknownName

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats


@dataclass(frozen=True, slots=True)
class Combined:
    """Entities put together from strata: labels, adjusted means, variances, tests."""

    method: str
    entities: tuple[str, ...]
    adjusted: Floats
    variance: Floats
    contrasts: Contrasts
    test: Test


def combine_strata(
    analysis: CahpsAnalysis,
    parents: Mapping[str, str],
    sizes: Mapping[str, float],
    *,
    rule: StarRule | None = None,
) -> Combined:
    """Combine the strata that `analysis` treated as entities into their parent entities.

    `parents` maps each stratum label to its entity, `sizes` to its population (> 0). Within an
    entity shares W_s sum to 1: mean = sum W_s a_s, variance = sum W_s^2 V_s.
    """
    _require_known(analysis, parents, "parents")
    _require_known(analysis, sizes, "sizes")
    labels = sorted(set(parents.values()))
    if len(labels) < 2:
        raise TooFewPoints("parents", "the strata belong to fewer than 2 entities")
    position = np.array([labels.index(parents[row.entity]) for row in analysis.entities])
    size = positive(
        finite_vector([sizes[row.entity] for row in analysis.entities], "sizes"), "sizes"
    )
    share = size / sums_by(position, size, len(labels))[position]
    means = [row.adjusted for row in analysis.entities]
    variances = [row.variance for row in analysis.entities]
    adjusted = sums_by(position, share * means, len(labels))
    spread = sums_by(position, share**2 * variances, len(labels))
    return Combined(
        f"{analysis.method}, strata by population share",
        tuple(labels),
        adjusted,
        spread,
        contrasts(adjusted, spread, analysis.df2, rule or StarRule()),
        overall_test(adjusted, spread, analysis.df2),
    )


def scarce_item_weights(counts: ArrayLike, *, enough: float) -> Floats:
    """Return item weights min(n_i, K) / sum of min(n_i, K) for answer counts (I)."""
    n = not_negative(finite_vector(counts, "counts"), "counts")
    capped = np.minimum(n, real(enough, "enough"))
    if capped.sum() <= 0:
        raise EmptyData("counts", "no item has an answer")
    return np.asarray(capped / capped.sum())


def centred_composite(
    means: ArrayLike, grand_means: ArrayLike, counts: ArrayLike, *, enough: float
) -> float:
    """Return a composite in which an item with few answers leans on the mean of all entities.

    sum w_i (y_i - mu_i) + sum w0_i mu_i with w from :func:`scarce_item_weights` and even w0, so
    that an entity lacking a hard item gains nothing by it. `means` of items without answers may
    be any number (CAHPS instructions 4.1, "low-n items").
    """
    y, mu = finite_vector(means, "means"), finite_vector(grand_means, "grand_means")
    weight = scarce_item_weights(counts, enough=enough)
    same_length(means=y, grand_means=mu, counts=weight)
    return float(weight @ (y - mu) + mu.mean())


def smoothed_variances(variances: ArrayLike, counts: ArrayLike, *, prior: float) -> Floats:
    """Draw each entity's variance of the mean towards the pooled one.

    With S_i = n_i V_i and S_0 their average weighted by n_i - 1, the result is
    (A S_0 / n_i + (n_i - 1) V_i) / (A + n_i - 1) for prior strength `prior` = A >= 0 (Medicare
    2010 used 25 for ratings, 20 for composites, 15 for single items; 0 leaves V as it is).
    """
    v = not_negative(finite_vector(variances, "variances"), "variances")
    n = finite_vector(counts, "counts")
    same_length(variances=v, counts=n)
    if (n < 2).any():
        raise OutOfRange("counts", "every entity needs at least 2 respondents")
    strength = real(prior, "prior")
    if strength < 0:
        raise OutOfRange("prior", "is negative")
    pooled = float(((n - 1) * n * v).sum() / (n - 1).sum())
    return np.asarray((strength * pooled / n + (n - 1) * v) / (strength + n - 1))


def boxes(answers: ArrayLike, edges: Sequence[tuple[float, float]]) -> list[Floats]:
    """Return one 0/1 column per box (closed range) of `answers` (NaN stays NaN).

    Analysing such a column as an item gives the adjusted share of that box.
    """
    array = np.asarray(answers, dtype=np.float64)
    if any(low > high for low, high in edges):
        raise OutOfRange("edges", "a box ends before it begins")
    return [
        np.where(np.isnan(array), np.nan, ((array >= low) & (array <= high)).astype(float))
        for low, high in edges
    ]


def _require_known(analysis: CahpsAnalysis, table: Mapping[str, object], argument: str) -> None:
    for row in analysis.entities:
        if row.entity not in table:
            raise UnknownName(argument, f"says nothing about stratum {row.entity!r}")
