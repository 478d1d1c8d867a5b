"""Difference in differences over units, with errors clustered by unit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtr, stdtrit

from wellheard.measures.arrays import finite_vector, same_length, sums_by, within
from wellheard.measures.change.series import Estimate
from wellheard.measures.errors import OutOfRange, TooFewPoints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wellheard.measures.arrays import Booleans

# Clustered errors from fewer units of one kind are known to be too small.
FEW_CLUSTERS = 10


@dataclass(frozen=True, slots=True)
class DifferenceInDifferences:
    """Change in the treated units minus change in the others, in units of the values."""

    effect: Estimate
    change_treated: float
    change_others: float
    n: int
    treated_units: int
    other_units: int
    few_units: bool
    method: str


def difference_in_differences(
    values: ArrayLike,
    units: Sequence[object] | NDArray[Any],
    treated: ArrayLike,
    after: ArrayLike,
    *,
    level: float = 0.95,
) -> DifferenceInDifferences:
    """Compare rows (all 1-D): value, unit label, whether the unit was treated, whether after.

    y = b0 + b1 treated + b2 after + b3 treated x after; errors clustered by unit with the
    G / (G - 1) x (n - 1) / (n - 4) correction and t on G - 1 degrees of freedom.
    """
    y = finite_vector(values, "values")
    labels, code = np.unique(np.asarray(units), return_inverse=True)
    by, later = _flags(treated, "treated"), _flags(after, "after")
    same_length(values=y, units=code, treated=by, after=later)
    clusters = len(labels)
    _require_units(code, by, clusters)
    if (
        min((by & later).sum(), (by & ~later).sum(), (~by & later).sum()) == 0
        or not (~by & ~later).any()
    ):
        raise TooFewPoints("after", "both kinds of unit need values before and after")
    design = np.column_stack([np.ones(len(y)), by, later, by & later]).astype(np.float64)
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ (design.T @ y)
    score = design * (y - design @ coefficients)[:, None]
    sums = np.column_stack([sums_by(code, column, clusters) for column in score.T])
    small = clusters / (clusters - 1) * (len(y) - 1) / (len(y) - 4)
    covariance = small * bread @ (sums.T @ sums) @ bread
    treated_units = len(np.unique(code[by]))
    return DifferenceInDifferences(
        _estimate(coefficients[3], covariance[3, 3], clusters - 1, level),
        float(coefficients[2] + coefficients[3]),
        float(coefficients[2]),
        len(y),
        treated_units,
        clusters - treated_units,
        min(treated_units, clusters - treated_units) < FEW_CLUSTERS,
        "difference in differences, errors clustered by unit",
    )


def _flags(flags: ArrayLike, argument: str) -> Booleans:
    array = finite_vector(flags, argument)
    if not np.isin(array, [0, 1]).all():
        raise OutOfRange(argument, "must be 0 or 1 (False or True)")
    return array.astype(bool)


def _require_units(code: NDArray[np.intp], treated: Booleans, clusters: int) -> None:
    shares = sums_by(code, treated, clusters) / np.bincount(code, minlength=clusters)
    if not np.isin(shares, [0, 1]).all():
        raise OutOfRange("treated", "a unit is both treated and not")
    if (shares == 1).sum() < 2 or (shares == 0).sum() < 2:
        raise TooFewPoints("units", "needs at least 2 treated and 2 other units")


def _estimate(estimate: float, variance: float, df: int, level: float) -> Estimate:
    se = math.sqrt(max(0.0, float(variance)))
    half = float(stdtrit(df, 0.5 + within(level, "level", 0, 1) / 2)) * se
    centre = float(estimate)
    p = 1.0 if se == 0 else float(2 * stdtr(df, -abs(centre) / se))
    return Estimate(centre, centre - half, centre + half, se, p, level)
