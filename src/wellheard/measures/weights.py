"""Survey weights: design weights, raking to known margins, trimming, and what they cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wellheard.measures.arrays import finite_vector, positive, real, same_length, sums_by
from wellheard.measures.errors import (
    EmptyData,
    MeasureError,
    OutOfRange,
    TooFewPoints,
    UnknownName,
)
from wellheard.measures.intervals import Mean, normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wellheard.measures.arrays import Floats


@dataclass(frozen=True, slots=True)
class Weighted:
    """Weights (n) with their design effect 1 + CV^2 and effective sample size (Kish)."""

    weights: Floats
    design_effect: float
    effective_n: float
    rounds: int
    method: str


def design_weights(probabilities: ArrayLike) -> Weighted:
    """Return 1 / probability of selection (1-D, each above 0 and at most 1)."""
    chance = positive(finite_vector(probabilities, "probabilities"), "probabilities")
    if (chance > 1).any():
        raise OutOfRange("probabilities", "must not exceed 1")
    return _weighted(1 / chance, 0, "inverse probability of selection")


def rake(
    weights: ArrayLike,
    margins: Mapping[str, Sequence[object] | NDArray[Any]],
    targets: Mapping[str, Mapping[str, float]],
    *,
    tolerance: float = 1e-8,
    most_rounds: int = 1000,
) -> Weighted:
    """Scale `weights` (n) until each margin's weighted shares equal its target shares.

    `margins` maps a name (age, language) to labels (n), `targets` the name to label: share or
    total. The sum of weights is kept. Raises UnknownName for a label without target or a target
    without respondents, MeasureError when the margins contradict each other.
    """
    weight = positive(finite_vector(weights, "weights"), "weights").copy()
    total = weight.sum()
    prepared = [_margin(name, labels, targets, len(weight)) for name, labels in margins.items()]
    if not prepared:
        raise EmptyData("margins", "name at least one")
    for rounds in range(1, most_rounds + 1):
        worst = 0.0
        for code, share in prepared:
            now = sums_by(code, weight, len(share)) / total
            worst = max(worst, float(np.abs(now / share - 1).max()))
            weight *= (share / now)[code]
        if worst < tolerance:
            return _weighted(weight, rounds, f"raked to {', '.join(margins)}")
    raise MeasureError("margins", f"do not fit together after {most_rounds} rounds of raking")


def trim(weights: ArrayLike, *, largest: float) -> Weighted:
    """Cut weights at `largest` times their median and spread the excess over the others.

    Repeated until nothing exceeds the cut; the sum is kept.
    """
    weight = positive(finite_vector(weights, "weights"), "weights").copy()
    if real(largest, "largest") <= 1:
        raise OutOfRange("largest", "must be above 1 median weight")
    total, cap = weight.sum(), largest * float(np.median(weight))
    if cap * len(weight) < total:
        raise OutOfRange("largest", "is too small to keep the sum of weights")
    cut = np.zeros(len(weight), dtype=bool)
    for rounds in range(1, len(weight) + 2):
        over = weight > cap * (1 + 1e-12)
        if not over.any():
            return _weighted(weight, rounds, f"trimmed at {largest:g} times the median")
        cut |= over
        weight[cut] = cap
        weight[~cut] *= (total - cap * cut.sum()) / weight[~cut].sum()
    raise MeasureError("weights", "cannot be trimmed")


def kish(weights: ArrayLike) -> tuple[float, float]:
    """Return the design effect n sum w^2 / (sum w)^2 and the effective sample size."""
    weight = positive(finite_vector(weights, "weights"), "weights")
    effect = float(len(weight) * (weight**2).sum() / weight.sum() ** 2)
    return effect, len(weight) / effect


def weighted_mean(values: ArrayLike, weights: ArrayLike, *, level: float = 0.95) -> Mean:
    """Return the weighted mean with a linearised (Taylor) standard error and normal interval."""
    y = finite_vector(values, "values")
    weight = positive(finite_vector(weights, "weights"), "weights")
    n = same_length(values=y, weights=weight)
    if n < 2:
        raise TooFewPoints("values", "an interval for a mean needs at least 2 values")
    share = weight / weight.sum()
    centre = float(share @ y)
    se = math.sqrt(n / (n - 1) * float((share**2) @ (y - centre) ** 2))
    half = normal_quantile(level) * se
    sd = math.sqrt(float(share @ (y - centre) ** 2))
    return Mean(n, centre, centre - half, centre + half, sd, se, level, "weighted, linearised")


def _margin(
    name: str,
    labels: Sequence[object] | NDArray[Any],
    targets: Mapping[str, Mapping[str, float]],
    n: int,
) -> tuple[NDArray[np.intp], Floats]:
    if name not in targets:
        raise UnknownName("targets", f"has nothing for margin {name!r}")
    same_length(weights=range(n), **{name: labels})
    seen, code = np.unique(np.asarray(labels, dtype=np.str_), return_inverse=True)
    target = targets[name]
    without = sorted(set(seen.tolist()) - set(target))
    empty = sorted(label for label in target if target[label] > 0 and label not in set(seen))
    if without or empty:
        label = (without or empty)[0]
        fault = "has no target" if without else "has a target but no respondent"
        raise UnknownName(name, f"{label!r} {fault}; merge it with another")
    share = np.array([real(target[label], name) for label in seen.tolist()])
    return code, positive(share, name) / share.sum()


def _weighted(weights: Floats, rounds: int, method: str) -> Weighted:
    effect, effective = kish(weights)
    return Weighted(weights, effect, effective, rounds, method)
