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
from wellheard.measures.bootstrap import clustered_bootstrap
from wellheard.measures.errors import NotFinite, OutOfRange, ShapeMismatch, TooFewPoints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats

LEAST_CLUSTERS = 8
# A correlation this near to 1 is kept off the end, where its transform is infinite.
_ALMOST = 0.999999


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
    count = len(np.unique(labels))
    if count < LEAST_CLUSTERS:
        raise TooFewPoints("clusters", f"needs at least {LEAST_CLUSTERS} places, has {count}")
    if n < adjusted + 4:
        raise TooFewPoints("x", f"needs at least {adjusted + 4} units, has {n}")
    ranked = kind == "spearman"
    if not math.isfinite(_z(rows, ranked=ranked)):
        raise OutOfRange("x, y", "one side does not vary once the covariates are taken out")
    try:
        found = clustered_bootstrap(
            lambda drawn: _z(drawn, ranked=ranked), rows, labels, draws=draws, level=level,
            seed=seed,
        )  # fmt: skip
    except NotFinite as error:
        raise TooFewPoints("clusters", "too few places for an interval") from error
    estimate, low, high = (math.tanh(z) for z in (found.estimate, found.low, found.high))
    name = f"{'partial ' if adjusted else ''}{kind.capitalize()}"
    method = f"{name}, clustered bootstrap of Fisher's z ({draws} draws)"
    return Association(estimate, low, high, n, count, adjusted, kind, level, method)


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


def _z(rows: Floats, *, ranked: bool) -> float:
    """Fisher's z of the (partial) correlation of the first two columns; NaN without variation."""
    columns = _ranks(rows) if ranked else rows
    x, y = columns[:, 0], columns[:, 1]
    design = np.column_stack([np.ones(len(columns)), columns[:, 2:]])
    left = np.column_stack([x, y])
    left = left - design @ np.linalg.lstsq(design, left, rcond=None)[0]
    spread = np.sqrt((left**2).sum(axis=0))
    size = np.sqrt((columns[:, :2] ** 2).sum(axis=0))
    if (spread <= 1e-9 * size).any():
        return math.nan
    r = float(left[:, 0] @ left[:, 1] / spread.prod())
    return math.atanh(min(max(r, -_ALMOST), _ALMOST))


def _ranks(rows: Floats) -> Floats:
    from scipy.stats import rankdata

    return np.asarray(rankdata(rows, axis=0), dtype=np.float64)
