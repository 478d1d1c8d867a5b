"""How much of what distinguishes units is real: F-based and unit reliability, alpha."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import finite_array, finite_vector, positive, real, same_length
from wellheard.measures.errors import (
    ConstantOutcome,
    OutOfRange,
    ShapeMismatch,
    TooFewPoints,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats


@dataclass(frozen=True, slots=True)
class UnitReliability:
    """Variance between units and within them, and each unit's reliability (D), 0 to 1.

    `typical` is the reliability at the average number of respondents.
    """

    between: float
    within: float
    units: Floats
    typical: float
    method: str


def reliability_from_f(f: float) -> float:
    """Return 1 - 1/F, and 0 for F below 1 (CAHPS instructions 4.1: under .70 poor, over .90
    high).
    """
    value = real(f, "f")
    if value < 0:
        raise OutOfRange("f", "is negative")
    return max(0.0, 1 - 1 / value) if value > 0 else 0.0


def unit_reliability(means: ArrayLike, variances: ArrayLike, counts: ArrayLike) -> UnitReliability:
    """Return the reliability of each unit's mean from 1-D means, variances of the means, counts.

    R_i = b / (b + s_i^2). The between variance is
    b = sum n_i (m_i - m)^2 / (N (1 - 1/D)) - v D / N, at least 0. The manual prints "- v" there,
    which by its own expectations is D / N times too large and would nearly always give 0.
    """
    m = finite_vector(means, "means")
    s2 = positive(finite_vector(variances, "variances"), "variances")
    n = positive(finite_vector(counts, "counts"), "counts")
    same_length(means=m, variances=s2, counts=n)
    units = len(m)
    if units < 2:
        raise TooFewPoints("means", "needs at least 2 units")
    total = n.sum()
    grand = (n * m).sum() / total
    within = float((n * (n * s2)).sum() / total)
    spread = (n * (m - grand) ** 2).sum() / (total * (1 - 1 / units))
    between = max(0.0, float(spread - within * units / total))
    typical = between / (between + within * units / total)
    return UnitReliability(
        between,
        within,
        between / (between + s2),
        float(typical),
        "unit reliability, between variance by moments",
    )


def respondents_for(reliability: float, between: float, within: float) -> int:
    """Return how many respondents a unit needs to reach `reliability` (Spearman-Brown)."""
    wanted = real(reliability, "reliability")
    if not 0 < wanted < 1:
        raise OutOfRange("reliability", "must lie between 0 and 1")
    if real(between, "between") <= 0:
        raise ConstantOutcome("between", "units do not differ; no number of answers would do")
    return max(1, math.ceil(wanted / (1 - wanted) * real(within, "within") / between - 1e-9))


def cronbach_alpha(answers: ArrayLike) -> float:
    """Return the internal consistency of a composite: `answers` (respondents, items), complete."""
    table = finite_array(answers, "answers")
    if table.ndim != 2 or table.shape[1] < 2:
        raise ShapeMismatch("answers", "needs a (respondents, items) array with 2 or more items")
    if len(table) < 3:
        raise TooFewPoints("answers", "needs at least 3 respondents")
    total = float(table.sum(axis=1).var(ddof=1))
    if total <= 1e-12 * float(np.abs(table).max()) ** 2:
        raise ConstantOutcome("answers", "the sum never varies")
    items = table.shape[1]
    return float(items / (items - 1) * (1 - table.var(axis=0, ddof=1).sum() / total))
