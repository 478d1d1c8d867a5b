"""Case-mix regression: one least-squares fit per item with a level for every entity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.errors import CollinearColumns

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats
    from wellheard.measures.cahps.moments import Moments

# Below this share of its own variation left by the others, an adjuster cannot be told apart.
_TOLERANCE = 1e-9
# Variation that is only the rounding of equal numbers.
_TINY = 1e-13


@dataclass(frozen=True, slots=True)
class Fit:
    """For E entities, I items, K adjusters: the regression y = x b + mu_entity + e.

    `coefficients` (I, K); `mean` (E, I) raw means, NaN where nobody answered; `level` (E, I)
    the entity's mean at the adjusters' values 0 (mu); `r2`, `adjusted_r2` (I) within entities;
    `residual_ss` (E, I) weighted residual sums of squares.
    """

    coefficients: Floats
    mean: Floats
    level: Floats
    r2: Floats
    adjusted_r2: Floats
    residual_ss: Floats


def fit_within(moments: Moments, adjuster_names: Sequence[str]) -> Fit:
    """Fit every item. Raises CollinearColumns naming an adjuster the others determine."""
    weight = np.maximum(moments.weight, np.finfo(float).tiny)
    xx = moments.xx - moments.x[..., :, None] * (moments.x / weight[..., None])[..., None, :]
    xy = moments.xy - moments.x * (moments.y / weight)[..., None]
    yy = np.maximum(moments.yy - moments.y**2 / weight, 0.0)
    floor = _TINY * (np.einsum("eikk->ik", moments.xx) + _shift_size(moments))
    coefficients = np.stack(
        [
            _solve(gram, right, least, adjuster_names)
            for gram, right, least in zip(xx.sum(axis=0), xy.sum(axis=0), floor, strict=True)
        ]
    )
    residual = np.maximum(_residual_ss(xx, xy, yy, coefficients), 0.0)
    r2 = _explained(yy.sum(axis=0), residual.sum(axis=0))
    n, k = moments.n.sum(axis=0), len(adjuster_names)
    shifted_mean = np.where(moments.weight > 0, moments.y / weight, np.nan)
    mean = shifted_mean + moments.item_shift
    mean_x = moments.x / weight[..., None] + moments.adjuster_shift
    return Fit(
        coefficients=coefficients,
        mean=mean,
        level=mean - np.einsum("eik,ik->ei", mean_x, coefficients),
        r2=r2,
        adjusted_r2=1 - (1 - r2) * (n - 1) / np.maximum(n - k - 1, 1),
        residual_ss=residual,
    )


def _shift_size(moments: Moments) -> Floats:
    return np.asarray(moments.weight.sum(axis=0)[:, None] * moments.adjuster_shift**2)


def _solve(gram: Floats, right: Floats, floor: Floats, names: Sequence[str]) -> Floats:
    """Solve the normal equations of one item after scaling each adjuster to unit variation."""
    if not len(right):
        return right
    for name, size, least in zip(names, np.diag(gram), floor, strict=True):
        if size <= least:
            raise CollinearColumns(name, "does not vary within any entity")
    size = np.sqrt(np.diag(gram))
    scaled = gram / np.outer(size, size)
    if np.linalg.eigvalsh(scaled)[0] < _TOLERANCE:
        raise _culprit(scaled, names)
    return np.asarray(np.linalg.solve(scaled, right / size) / size)


def _culprit(scaled: Floats, names: Sequence[str]) -> CollinearColumns:
    """Name the first adjuster that the ones before it determine."""
    for count in range(2, len(names) + 1):
        if np.linalg.eigvalsh(scaled[:count, :count])[0] < _TOLERANCE:
            before = ", ".join(names[: count - 1])
            return CollinearColumns(names[count - 1], f"is a combination of {before}")
    return CollinearColumns(names[-1], "is a combination of the other adjusters")


def _residual_ss(xx: Floats, xy: Floats, yy: Floats, coefficients: Floats) -> Floats:
    explained = np.einsum("eik,ik->ei", xy, coefficients)
    quadratic = np.einsum("eikl,ik,il->ei", xx, coefficients, coefficients)
    return np.asarray(yy - 2 * explained + quadratic)


def _explained(total: Floats, residual: Floats) -> Floats:
    return np.where(total > 0, 1 - residual / np.where(total > 0, total, 1), np.nan)
