"""Least squares for a short time series whose errors follow one another.

Errors are first-order autoregressive with rho between 0 and 0.95. Instead of plugging one guess
of rho into the interval, which in short series is far too sure of itself, the interval averages
over rho with the restricted likelihood as weight: a mixture of Student t distributions. Below 12
points rho cannot be learned and ordinary least squares is used, as Turner et al. (BMC Med Res
Methodol 2021; 21:134) found best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtr, stdtrit

from wellheard.measures.errors import CollinearColumns, ConstantOutcome, TooFewPoints

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats

# From this many points the autocorrelation is estimated.
POINTS_FOR_AUTOCORRELATION = 12
_RHO = np.linspace(0, 0.95, 20)
# Prior (1 - rho)^k: most monthly series are weakly autocorrelated; chosen by coverage.
_PRIOR = 1.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """One quantity with its interval and two-sided p value."""

    estimate: float
    low: float
    high: float
    se: float
    p: float
    level: float


@dataclass(frozen=True, slots=True)
class SeriesFit:
    """Fits on a grid of rho: `weight` (G), `coefficients` (G, P), `covariance` (G, P, P)."""

    weight: Floats
    coefficients: Floats
    covariance: Floats
    df: int
    rho: float
    method: str

    def combination(self, contrast: Floats, level: float) -> Estimate:
        """Return the interval of a linear combination (P) of the coefficients."""
        centre = self.coefficients @ contrast
        spread = np.sqrt(np.einsum("p,gpq,q->g", contrast, self.covariance, contrast))
        estimate = float(self.weight @ centre)
        low, high = (
            _quantile(share, self.weight, centre, spread, self.df)
            for share in ((1 - level) / 2, (1 + level) / 2)
        )
        below = float(self.weight @ stdtr(self.df, -centre / spread))
        variance = self.weight @ (spread**2 + (centre - estimate) ** 2)
        p = min(1.0, 2 * min(below, 1 - below))
        return Estimate(estimate, low, high, float(np.sqrt(variance)), p, level)


def fit_series(values: Floats, times: Floats, design: Floats, names: tuple[str, ...]) -> SeriesFit:
    """Fit values (n) observed at ascending whole `times` (n) on `design` (n, P).

    Times may skip (left-out points); the correlation then falls with the gap.
    """
    n, columns = design.shape
    if n - columns < 2:
        raise TooFewPoints("values", f"{n} points cannot carry {columns} terms")
    _require_full_rank(design, names)
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        raise ConstantOutcome("values", "never change")
    grid = _RHO if n >= POINTS_FOR_AUTOCORRELATION else _RHO[:1]
    coefficients, covariance, likelihood = _fit_grid(grid, values, times, design)
    likelihood = likelihood + _PRIOR * np.log1p(-grid)
    weight = np.exp(likelihood - likelihood.max())
    weight /= weight.sum()
    method = "least squares" if len(grid) == 1 else "REML averaged over AR(1) autocorrelation"
    return SeriesFit(
        weight,
        coefficients,
        covariance,
        n - columns,
        float(weight @ grid),
        method,
    )


def whitened(rho: Floats, times: Floats, columns: Floats) -> tuple[Floats, Floats]:
    """Return for each rho (G) `columns` (n, P) with uncorrelated rows (G, n, P), and log |V| (G)
    of the correlation matrix.
    """
    link = rho[:, None] ** np.diff(times)
    room = np.sqrt(1 - link**2)
    rest = (columns[1:] - link[..., None] * columns[:-1]) / room[..., None]
    first = np.broadcast_to(columns[:1], (len(rho), 1, columns.shape[1]))
    return np.concatenate([first, rest], axis=1), 2 * np.log(room).sum(axis=1)


def _fit_grid(
    rho: Floats, values: Floats, times: Floats, design: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return coefficients (G, P), covariance (G, P, P) and restricted log-likelihood (G)."""
    both, log_v = whitened(rho, times, np.column_stack([values, design]))
    y, x = both[..., 0], both[..., 1:]
    turned = x.transpose(0, 2, 1)
    inverse = np.linalg.inv(turned @ x)
    coefficients = (inverse @ (turned @ y[..., None]))[..., 0]
    df = x.shape[1] - x.shape[2]
    left = y - (x @ coefficients[..., None])[..., 0]
    # A perfect fit would make the likelihood infinite; the floor is the rounding of the data.
    residual = np.maximum((left**2).sum(axis=1), 1e-24 * (y**2).sum(axis=1))
    log_gram = -np.linalg.slogdet(inverse)[1]
    likelihood = -0.5 * (df * np.log(residual) + log_gram + log_v)
    return coefficients, inverse * (residual / df)[:, None, None], likelihood


def _require_full_rank(design: Floats, names: tuple[str, ...]) -> None:
    size = np.linalg.norm(design, axis=0)
    for position, name in enumerate(names):
        if size[position] == 0:
            raise CollinearColumns(name, "has no points to be estimated from")
        if np.linalg.matrix_rank(design[:, : position + 1] / size[: position + 1]) <= position:
            raise CollinearColumns(name, "cannot be told apart from the terms before it")


def _quantile(share: float, weight: Floats, centre: Floats, spread: Floats, df: int) -> float:
    """Solve for the quantile of a mixture of t distributions."""
    told = weight > 1e-9
    weight, centre, spread = weight[told] / weight[told].sum(), centre[told], spread[told]
    # The quantile of a mixture lies between the extreme quantiles of its parts.
    each = centre + stdtrit(df, share) * spread
    low, high = float(each.min()), float(each.max())
    if high - low <= 1e-12 * (abs(low) + abs(high)):
        return low

    def surplus(point: float) -> float:
        return float(weight @ stdtr(df, (point - centre) / spread)) - share

    return float(brentq(surplus, low, high, xtol=1e-10 * (high - low)))
