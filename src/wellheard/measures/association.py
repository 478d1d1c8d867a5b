"""Whether two things go along with each other over places and months: never whether one causes
the other.

Units are places in a period, so n is small and the months of one place hang together. The
interval therefore comes from drawing whole places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from wellheard.measures.arrays import finite_array, finite_vector, same_length
from wellheard.measures.bootstrap import cluster_draws, expansion, percentile_interval
from wellheard.measures.errors import OutOfRange, ShapeMismatch, TooFewPoints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats

LEAST_CLUSTERS = 8
# A correlation this near to 1 is kept off the end, where its transform is infinite.
_ALMOST = 0.999999
_MOST_RANKED = 600
# At least so many of the draws must tell something.
_LEAST_TOLD = 0.95


@dataclass(frozen=True, slots=True)
class Association:
    """A correlation between -1 and 1 with its interval over drawn clusters.

    `n`: units; `clusters`: places they come from; `adjusted_for`: how many covariates were taken
    out of both sides.
    """

    estimate: float
    low: float
    high: float
    n: int
    clusters: int
    adjusted_for: int
    kind: Literal["spearman", "pearson"]
    level: float
    method: str

    @property
    def is_clear(self) -> bool:
        """Whether the whole interval lies on one side of zero."""
        return self.low > 0 or self.high < 0


def association(
    x: ArrayLike,
    y: ArrayLike,
    clusters: ArrayLike,
    *,
    covariates: ArrayLike | None = None,
    kind: Literal["spearman", "pearson"] = "spearman",
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Association:
    """Correlate `x` (n) with `y` (n); `clusters` (n) labels the place of each unit.

    With `covariates` (n, k) the partial correlation: both sides less what the covariates explain
    linearly (of ranks, for Spearman). The interval is an expanded percentile interval of Fisher's
    z over drawn clusters. Raises TooFewPoints below 8 clusters or k + 4 units, OutOfRange when a
    side does not vary.
    """
    rows = _rows(x, y, covariates)
    n, width = rows.shape
    adjusted = width - 2
    labels = np.asarray(clusters)
    same_length(x=rows, clusters=labels)
    names, code = np.unique(labels, return_inverse=True)
    count = len(names)
    if count < LEAST_CLUSTERS:
        raise TooFewPoints("clusters", f"needs at least {LEAST_CLUSTERS} places, has {count}")
    if n < adjusted + 4:
        raise TooFewPoints("x", f"needs at least {adjusted + 4} units, has {n}")
    ranked = kind == "spearman"
    once = _z(rows, np.ones((1, n)), ranked=ranked)
    if not np.isfinite(once).all():
        raise OutOfRange("x, y", "one side does not vary once the covariates are taken out")
    z = float(once[0])
    drawn = _z(rows, cluster_draws(count, draws, seed)[:, code], ranked=ranked)
    # A draw of two or three places only, in which one side follows the covariates, says nothing.
    told = drawn[np.isfinite(drawn)]
    if len(told) < _LEAST_TOLD * draws:
        raise TooFewPoints("clusters", "too few places that differ for an interval")
    low, high = percentile_interval(told, level)
    wider = expansion(count, level)
    low, high = z - wider * (z - low), z + wider * (high - z)
    name = f"{'partial ' if adjusted else ''}{kind.capitalize()}"
    method = f"{name}, clustered bootstrap of Fisher's z ({draws} draws)"
    return Association(
        math.tanh(z), math.tanh(low), math.tanh(high), n, count, adjusted, kind, level, method
    )


def _rows(x: ArrayLike, y: ArrayLike, covariates: ArrayLike | None) -> Floats:
    first, second = finite_vector(x, "x"), finite_vector(y, "y")
    same_length(x=first, y=second)
    if covariates is None:
        return np.column_stack([first, second])
    others = finite_array(covariates, "covariates")
    if others.ndim != 2:
        raise ShapeMismatch("covariates", f"needs two dimensions, has {others.ndim}")
    same_length(x=first, covariates=others)
    return np.column_stack([first, second, others])


def _z(rows: Floats, weights: Floats, *, ranked: bool) -> Floats:
    """Fisher's z of the (partial) correlation of the first two columns of `rows` (n, c), once for
    each row of `weights` (draws, n): how often each unit was drawn. NaN without variation."""
    columns = (
        _ranks(rows, weights) if ranked else np.broadcast_to(rows, (len(weights), *rows.shape))
    )
    total = weights.sum(axis=1)
    means = np.einsum("dn,dnc->dc", weights, columns) / total[:, None]
    centred = columns - means[:, None, :]
    spread = np.einsum("dn,dnb,dnc->dbc", weights, centred, centred, optimize=True)
    both, cross, others = spread[:, :2, :2], spread[:, :2, 2:], spread[:, 2:, 2:]
    if rows.shape[1] > 2:
        explained = cross @ np.linalg.pinv(others, hermitian=True) @ cross.transpose(0, 2, 1)
        both = both - explained
    left = both[:, [0, 1], [0, 1]]
    size = np.einsum("dn,dnc->dc", weights, columns[:, :, :2] ** 2)
    flat = (left <= 1e-12 * size).any(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = both[:, 0, 1] / np.sqrt(left.prod(axis=1))
        z = np.arctanh(np.clip(r, -_ALMOST, _ALMOST))
    z[flat] = np.nan
    return np.asarray(z, dtype=np.float64)


def _ranks(rows: Floats, weights: Floats) -> Floats:
    """Mean ranks (draws, n, c) of each draw, ties shared. Beyond 600 units those of all units, as
    drawing hardly moves them any more."""
    if len(rows) > _MOST_RANKED:
        from scipy.stats import rankdata

        fixed = np.asarray(rankdata(rows, axis=0), dtype=np.float64)
        return np.broadcast_to(fixed, (len(weights), *rows.shape))
    ranks = np.empty((len(weights), *rows.shape))
    for at in range(rows.shape[1]):
        column = rows[:, at]
        below = (column[:, None] < column[None, :]).astype(np.float64)
        level = (column[:, None] == column[None, :]).astype(np.float64)
        ranks[:, :, at] = weights @ below + (weights @ level + 1) / 2
    return ranks
