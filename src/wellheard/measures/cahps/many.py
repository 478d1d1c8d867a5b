"""Many single-item analyses over many entities in one pass: a national file in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtrit

from wellheard.measures.arrays import finite_array, float_array
from wellheard.measures.cahps.contrast import StarRule, Test, contrasts, overall_test
from wellheard.measures.cahps.moments import entity_moments
from wellheard.measures.cahps.regression import Fit, fit_within
from wellheard.measures.errors import (
    ConstantOutcome,
    EmptyData,
    NotFinite,
    ShapeMismatch,
    TooFewPoints,
    UnknownName,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wellheard.measures.arrays import Floats


@dataclass(frozen=True, slots=True)
class ManyAnalyses:
    """Arrays over E entities and I items, in the given order of both.

    An entity with fewer than `minimum_cases` answers to an item is left out of that item's mean
    and tests; its numbers are NaN and its stars 0. `low` and `high` bound `adjusted`; `tests[i]`
    is the overall test of item i.
    """

    method: str
    items: tuple[str, ...]
    n: NDArray[np.int64]
    raw: Floats
    adjusted: Floats
    variance: Floats
    low: Floats
    high: Floats
    delta: Floats
    se: Floats
    p: Floats
    stars: NDArray[np.int64]
    coefficients: Floats
    r2: Floats
    tests: tuple[Test, ...]


def analyse_items(
    answers: ArrayLike,
    entity: ArrayLike,
    adjusters: ArrayLike,
    *,
    items: Sequence[str],
    adjuster_names: Sequence[str],
    alpha: float = 0.05,
    minimum_cases: int = 2,
    workers: int = 1,
    times: ArrayLike | None = None,
) -> ManyAnalyses:
    """Analyse each column of `answers` (n, I; NaN for missing) as its own measure.

    `entity` (n) holds integer codes from 0, `adjusters` (n, K) complete values (impute first),
    `times` (n) how many people each row stands for. Each item gives what :func:`cahps_analysis`
    gives for it alone, from sums instead of rows.
    """
    y, code, x = _checked(answers, entity, adjusters, items, adjuster_names)
    entities = int(code.max()) + 1
    counted = None if times is None else finite_array(times, "times")
    if counted is not None and counted.shape != code.shape:
        raise ShapeMismatch("times", f"needs shape {code.shape}, has {counted.shape}")
    moments = entity_moments(code, entities, y, x, weights=counted, workers=workers)
    if counted is not None:
        moments = replace(moments, n=moments.weight)
    _require_answers(moments.n, moments.yy, moments.y, items, minimum_cases)
    fit = fit_within(moments, adjuster_names)
    return _assembled(fit, moments.n, items, StarRule(alpha), max(2, minimum_cases), len(x.T))


def _checked(
    answers: ArrayLike,
    entity: ArrayLike,
    adjusters: ArrayLike,
    items: Sequence[str],
    adjuster_names: Sequence[str],
) -> tuple[Floats, NDArray[Any], Floats]:
    y, code = float_array(answers, "answers"), np.asarray(entity)
    x = finite_array(adjusters, "adjusters")
    rows = len(code)
    if not rows:
        raise EmptyData("entity", "there are no rows")
    if not np.issubdtype(code.dtype, np.integer) or code.ndim != 1 or code.min() < 0:
        raise UnknownName("entity", "needs a 1-D array of whole numbers from 0")
    if y.shape != (rows, len(items)):
        raise ShapeMismatch("answers", f"needs shape ({rows}, {len(items)}), has {y.shape}")
    if x.shape != (rows, len(adjuster_names)):
        raise ShapeMismatch(
            "adjusters", f"needs shape ({rows}, {len(adjuster_names)}), has {x.shape}"
        )
    if np.isinf(y).any():
        raise NotFinite("answers", "holds an infinite value")
    return y, code, x


def _require_answers(
    n: Floats, yy: Floats, y: Floats, items: Sequence[str], minimum_cases: int
) -> None:
    usable = (n >= max(2, minimum_cases)).sum(axis=0)
    counts = n.sum(axis=0)
    spread = yy.sum(axis=0) - y.sum(axis=0) ** 2 / np.maximum(counts, 1)
    for item, entities, total, size in zip(items, usable, spread, yy.sum(axis=0), strict=True):
        if entities < 2:
            raise TooFewPoints(item, "fewer than 2 entities have enough answers")
        if total <= 1e-13 * size:
            raise ConstantOutcome(item, "everyone gave the same answer")


def _assembled(
    fit: Fit, n: Floats, items: Sequence[str], rule: StarRule, least: int, adjusters: int
) -> ManyAnalyses:
    shape = n.shape
    adjusted, variance, half, delta, se, p = (np.full(shape, np.nan) for _ in range(6))
    stars, tests = np.zeros(shape, dtype=np.int64), []
    for item in range(shape[1]):
        spread = fit.residual_ss[:, item] / np.maximum(n[:, item], 1) ** 2
        kept = (n[:, item] >= least) & (spread > 0)
        raw, level = fit.mean[kept, item], fit.level[kept, item]
        values = level + (raw - level).mean()
        df = float(n[:, item].sum() - (n[:, item] > 0).sum() - adjusters)
        against = contrasts(values, spread[kept], df, rule)
        tests.append(overall_test(values, spread[kept], df))
        adjusted[kept, item], variance[kept, item] = values, spread[kept]
        half[kept, item] = stdtrit(df, 1 - rule.alpha / 2) * np.sqrt(spread[kept])
        delta[kept, item], se[kept, item] = against.delta, against.se
        p[kept, item], stars[kept, item] = against.p, against.stars
    return ManyAnalyses(
        "AHRQ CAHPS analysis 4.1, macro variance, from sums",
        tuple(items),
        n.astype(np.int64),
        fit.mean,
        adjusted,
        variance,
        adjusted - half,
        adjusted + half,
        delta,
        se,
        p,
        stars,
        fit.coefficients,
        fit.r2,
        tuple(tests),
    )
