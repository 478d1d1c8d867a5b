"""The AHRQ CAHPS analysis (program version 4.1): adjusted means, tests and stars.

Source: "Instructions for Analyzing Data from CAHPS Surveys: Using the CAHPS Analysis Program
Version 4.1", updated June 2017, and the program's macro of 21 October 2016.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.special import stdtrit

from wellheard.measures.arrays import sums_by
from wellheard.measures.cahps.contrast import StarRule, contrasts, overall_test
from wellheard.measures.cahps.moments import entity_moments
from wellheard.measures.cahps.regression import Fit, fit_within
from wellheard.measures.cahps.table import Table, read_table
from wellheard.measures.errors import TooFewPoints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wellheard.measures.arrays import Floats

# The program warns below this many respondents in an entity.
FEW_CASES = 100


@dataclass(frozen=True, slots=True)
class EntityResult:
    """One entity. `raw`, `adjusted`, `delta`, `se` in units of the scale; `n` usable of `n_all`.

    `low` and `high` bound `adjusted`; `stars` is 1 worse, 2 not shown to differ, 3 better.
    """

    entity: str
    n: int
    n_all: int
    raw: float
    adjusted: float
    delta: float
    se: float
    variance: float
    t: float
    p: float
    low: float
    high: float
    stars: int


@dataclass(frozen=True, slots=True)
class CahpsAnalysis:
    """The whole analysis. `coefficients[item][adjuster]`, `r2[item]`, `item_weights[item]`."""

    method: str
    items: tuple[str, ...]
    n: int
    overall_mean: float
    grand_mean: float
    f: float
    df1: int
    df2: float
    p: float
    reliability: float
    coefficients: dict[str, dict[str, float]]
    r2: dict[str, float]
    adjusted_r2: dict[str, float]
    item_weights: dict[str, float]
    entities: tuple[EntityResult, ...]
    few_cases: tuple[str, ...]


def cahps_analysis(
    answers: Mapping[str, ArrayLike],
    entity: Sequence[object] | NDArray[Any],
    adjusters: Mapping[str, ArrayLike] | None = None,
    *,
    weights: ArrayLike | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    impute: bool = True,
    even_weights: bool = True,
    alpha: float = 0.05,
    change: float = 0.0,
    mean_difference: float = 0.0,
    variance: Literal["macro", "manual"] = "macro",
) -> CahpsAnalysis:
    """Analyse one item, or a composite of several, over entities.

    `answers` and `adjusters` map names to 1-D arrays with one entry per respondent (NaN for
    missing), `entity` holds their labels, `weights` case weights above 0. Answers outside
    `minimum`..`maximum` count as missing. `impute` fills a missing adjuster with its entity's
    mean, otherwise such respondents are dropped. Items weigh the same with `even_weights`, else
    by their number of answers. `variance` "macro" is the program's sum of squares, "manual" the
    manual's n/(n-1) times that. Raises a named error for every kind of unusable input.
    """
    rule = StarRule(alpha, change, mean_difference, minimum, maximum)
    table = read_table(
        answers,
        entity,
        adjusters or {},
        weights=weights,
        minimum=minimum,
        maximum=maximum,
        impute=impute,
    )
    fit = _fit(table)
    share = _item_weights(table, even=even_weights)
    adjusted = _adjusted_means(fit) @ share
    spread = _variances(table, fit, share, variance)
    return _result(table, fit, share, adjusted, spread, rule, variance)


def _fit(table: Table) -> Fit:
    moments = entity_moments(
        table.code, len(table.entities), table.answers, table.adjusters, weights=table.weights
    )
    return fit_within(moments, table.adjuster_names)


def _item_weights(table: Table, *, even: bool) -> Floats:
    if even:
        return np.full(len(table.items), 1 / len(table.items))
    counts = (~np.isnan(table.answers)).sum(axis=0)
    return np.asarray(counts / counts.sum())


def _adjusted_means(fit: Fit) -> Floats:
    """Shift each item so that entities keep their unweighted average of raw means."""
    return np.asarray(fit.level + (fit.mean - fit.level).mean(axis=0))


def _variances(table: Table, fit: Fit, share: Floats, kind: str) -> Floats:
    """Sum over respondents of the squared influence on the composite mean, per entity."""
    count = len(table.entities)
    influence = np.zeros(len(table.code))
    for item in range(len(table.items)):
        y = table.answers[:, item]
        here = ~np.isnan(y)
        code = table.code[here]
        residual = y[here] - table.adjusters[here] @ fit.coefficients[item] - fit.level[code, item]
        weight = np.ones(len(code)) if table.weights is None else table.weights[here]
        total = sums_by(code, weight, count)
        influence[here] += share[item] * weight * residual / total[code]
    spread = sums_by(table.code, influence**2, count)
    used = np.bincount(table.code, minlength=count)
    _require_variation(table, spread, used, influence)
    return spread if kind == "macro" else spread * used / (used - 1)


def _require_variation(
    table: Table, spread: Floats, used: NDArray[np.int64], influence: Floats
) -> None:
    flat = (used < 2) | (spread <= 1e-24 * (influence**2).max())
    if flat.any():
        label = table.entities[int(flat.argmax())]
        raise TooFewPoints(
            "entity", f"{label!r} has no variation left to judge it by; merge it or leave it out"
        )


def _result(
    table: Table,
    fit: Fit,
    share: Floats,
    adjusted: Floats,
    spread: Floats,
    rule: StarRule,
    kind: str,
) -> CahpsAnalysis:
    df2 = len(table.code) - len(table.entities) - len(table.adjuster_names)
    against = contrasts(adjusted, spread, df2, rule)
    test = overall_test(adjusted, spread, df2)
    half = stdtrit(df2, 1 - rule.alpha / 2) * np.sqrt(spread)
    used = np.bincount(table.code, minlength=len(table.entities))
    columns = zip(
        table.entities,
        used.tolist(),
        table.n_all.tolist(),
        (fit.mean @ share).tolist(),
        adjusted.tolist(),
        against.delta.tolist(),
        against.se.tolist(),
        spread.tolist(),
        against.t.tolist(),
        against.p.tolist(),
        (adjusted - half).tolist(),
        (adjusted + half).tolist(),
        against.stars.tolist(),
        strict=True,
    )
    return CahpsAnalysis(
        method=f"AHRQ CAHPS analysis 4.1, {kind} variance",
        items=table.items,
        n=len(table.code),
        overall_mean=float(adjusted.mean()),
        grand_mean=test.grand_mean,
        f=test.f,
        df1=test.df1,
        df2=test.df2,
        p=test.p,
        reliability=1 - 1 / test.f if test.f > 1 else 0.0,
        coefficients={
            item: dict(zip(table.adjuster_names, row.tolist(), strict=True))
            for item, row in zip(table.items, fit.coefficients, strict=True)
        },
        r2=_named(table.items, fit.r2),
        adjusted_r2=_named(table.items, fit.adjusted_r2),
        item_weights=_named(table.items, share),
        entities=tuple(EntityResult(*column) for column in columns),
        few_cases=tuple(
            label for label, n in zip(table.entities, used, strict=True) if n < FEW_CASES
        ),
    )


def _named(names: Sequence[str], values: Floats) -> dict[str, float]:
    return dict(zip(names, values.tolist(), strict=True))
