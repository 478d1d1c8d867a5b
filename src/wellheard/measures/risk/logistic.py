"""Penalised logistic regression by Newton's method, and recalibration on recent outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wellheard.measures.arrays import finite_array, finite_vector, same_length
from wellheard.measures.errors import ConstantOutcome, OutOfRange, ShapeMismatch, TooFewPoints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wellheard.measures.arrays import Floats

_ROUNDS = 50
_CLOSE = 1e-6
_LARGEST_MARGIN = 35.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """Coefficients (features,) and intercept on the log-odds scale; ``rounds`` of Newton taken."""

    coefficients: Floats
    intercept: float
    penalty: float
    n: int
    events: int
    rounds: int

    def margins(self, design: ArrayLike) -> Floats:
        """Log odds (n,) of the rows of a design (n, features)."""
        return np.asarray(np.asarray(design) @ self.coefficients + self.intercept, np.float64)


def fit_logistic(design: ArrayLike, outcome: ArrayLike, *, penalty: float = 1.0) -> Fitted:
    """Fit outcome (n, of 0 and 1) on a design (n, features) with a ridge penalty on all but the
    intercept: the penalty is in units of one observation's information. Raises ShapeMismatch,
    ConstantOutcome, TooFewPoints, OutOfRange, NotFinite.
    """
    rows = _design(design)
    y = _outcome(outcome)
    same_length(outcome=y, design=rows)
    if not penalty >= 0:
        raise OutOfRange("penalty", "cannot be negative")
    n, features = rows.shape
    share = float(y.mean())
    beta = np.zeros(features + 1)
    beta[-1] = np.log(share / (1 - share))
    ridge = np.full(features + 1, float(penalty))
    ridge[-1] = 0.0
    rounds, step = 0, np.ones(1)
    while rounds < _ROUNDS and float(np.abs(step).max()) >= _CLOSE:
        rounds += 1
        step = _newton_step(rows, y, beta, ridge)
        beta += step
    return Fitted(beta[:-1], float(beta[-1]), float(penalty), n, int(y.sum()), rounds)


def _newton_step(rows: NDArray[Any], y: Floats, beta: Floats, ridge: Floats) -> Floats:
    """One Newton step, half as long as often as needed so that the likelihood never falls."""
    margins = rows @ beta[:-1].astype(rows.dtype) + beta[-1]
    p = probability(margins)
    slope = np.append(rows.T @ (y - p).astype(rows.dtype), (y - p).sum()) - ridge * beta
    weight = p * (1 - p)
    weighted = rows * weight.astype(rows.dtype)[:, None]
    curve = np.empty((len(beta), len(beta)))
    curve[:-1, :-1] = weighted.T @ rows
    curve[-1, :-1] = curve[:-1, -1] = weighted.sum(axis=0)
    curve[-1, -1] = weight.sum()
    curve[np.diag_indices_from(curve)] += ridge + 1e-9
    step = np.linalg.solve(curve, slope)
    before = _likelihood(margins, y, beta, ridge)
    change = rows @ step[:-1].astype(rows.dtype) + step[-1]
    size = 1.0
    while (
        size > 1e-4
        and _likelihood(margins + size * change, y, beta + size * step, ridge) < before - 1e-7
    ):
        size /= 2
    return np.asarray(size * step, dtype=np.float64)


def _likelihood(margins: Floats, y: Floats, beta: Floats, ridge: Floats) -> float:
    fit = y * margins - np.logaddexp(0.0, margins)
    return float(fit.sum(dtype=np.float64) - 0.5 * (ridge * beta * beta).sum())


def probability(margins: ArrayLike) -> Floats:
    """Log odds of any shape as probabilities."""
    bounded = np.clip(np.asarray(margins, np.float64), -_LARGEST_MARGIN, _LARGEST_MARGIN)
    return np.asarray(1.0 / (1.0 + np.exp(-bounded)), dtype=np.float64)


def log_odds(probabilities: ArrayLike) -> Floats:
    """Probabilities (n,) as log odds; 0 and 1 are moved inside by 1e-9."""
    p = np.clip(finite_vector(probabilities, "probabilities"), 1e-9, 1 - 1e-9)
    return np.asarray(np.log(p / (1 - p)), dtype=np.float64)


def recalibrated_intercept(probabilities: ArrayLike, outcome: ArrayLike) -> float:
    """What to add to the log odds so that the mean prediction equals the rate of the outcome
    (slope kept at 1: enough where a base rate has drifted). Raises as `fit_logistic`.
    """
    margins, y = log_odds(probabilities), _outcome(outcome)
    same_length(probabilities=margins, outcome=y)
    shift = 0.0
    for _ in range(_ROUNDS):
        p = probability(margins + shift)
        step = float((y - p).sum() / max(float((p * (1 - p)).sum()), 1e-12))
        shift += float(np.clip(step, -2.0, 2.0))
        if abs(step) < 1e-10:
            break
    return shift


def _design(design: ArrayLike) -> NDArray[Any]:
    # A large design of ones and zeros stays in single precision.
    if isinstance(design, np.ndarray) and design.dtype == np.float32:
        rows: NDArray[Any] = design
        finite_array(np.asarray([rows.min(), rows.max()]) if rows.size else rows, "design")
    else:
        rows = finite_array(design, "design")
    if rows.ndim != 2 or not rows.shape[1]:
        raise ShapeMismatch("design", "needs rows and at least one column")
    return rows


def _outcome(outcome: ArrayLike) -> Floats:
    y = finite_vector(outcome, "outcome")
    if not np.isin(y, (0.0, 1.0)).all():
        raise OutOfRange("outcome", "must be 0 or 1 everywhere")
    if y.size < 2:
        raise TooFewPoints("outcome", "needs at least 2 observations")
    if y.min() == y.max():
        raise ConstantOutcome("outcome", "never varies")
    return y
