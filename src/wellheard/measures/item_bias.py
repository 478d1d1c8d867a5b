"""Does an item work the same in two groups (languages, modes) at equal overall experience?

Mantel-Haenszel for a yes/no form of the item, logistic regression for uniform and non-uniform
differences (Holland and Thayer, 1988; Swaminathan and Rogers, J Educ Meas 1990; 27:361).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import chdtrc, expit

from wellheard.measures.arrays import finite_vector, same_length
from wellheard.measures.errors import ConstantOutcome, NotFinite, OutOfRange, TooFewPoints
from wellheard.measures.intervals import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Booleans, Floats

Size = Literal["negligible", "moderate", "large"]


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """Common odds ratio (reference over focal group) with interval; `delta` on the ETS scale.

    `size` follows the ETS classes A, B, C: |delta| below 1 or not significant is negligible,
    from 1.5 and significantly above 1 large.
    """

    odds_ratio: float
    low: float
    high: float
    chi_square: float
    p: float
    delta: float
    size: Size
    n: int
    strata_used: int
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class LogisticBias:
    """Likelihood-ratio tests: `uniform` (same shift everywhere), `non_uniform` (interaction).

    `log_odds` is the focal group's shift at equal score; `r2_change` the gain in Nagelkerke R^2
    of both terms (Jodoin and Gierl 2001: below .035 negligible, from .070 large).
    """

    log_odds: float
    uniform_p: float
    non_uniform_p: float
    both_p: float
    r2_change: float
    size: Size
    n: int
    method: str


def mantel_haenszel(
    answers: ArrayLike,
    focal: ArrayLike,
    score: ArrayLike,
    *,
    level: float = 0.95,
) -> MantelHaenszel:
    """Compare 0/1 `answers` of the focal (1) and reference (0) group within equal `score`.

    All 1-D and complete; `score` is the matching variable, such as the rest of the scale, rounded
    to as few values as will do. Interval of the log odds ratio: Robins, Breslow and Greenland
    (Biometrics 1986; 42:311); test with continuity correction.
    """
    y, group, match = _columns(answers, focal, score)
    _, stratum = np.unique(match, return_inverse=True)
    cells = np.zeros((stratum.max() + 1, 2, 2))
    np.add.at(cells, (stratum, group.astype(int), y.astype(int)), 1)
    used = (cells.sum(axis=2) > 0).all(axis=1) & (cells.sum(axis=1) > 0).all(axis=1)
    cells = cells[used]
    if not len(cells):
        raise TooFewPoints("score", "no value of the score holds both groups and both answers")
    # a: reference yes, b: reference no, c: focal yes, d: focal no.
    a, b, c, d = cells[:, 0, 1], cells[:, 0, 0], cells[:, 1, 1], cells[:, 1, 0]
    total = a + b + c + d
    r, s = a * d / total, b * c / total
    if r.sum() == 0 or s.sum() == 0:
        raise ConstantOutcome("answers", "the groups never overlap; the odds ratio is infinite")
    ratio = float(r.sum() / s.sum())
    spread = math.sqrt(_log_variance(a, b, c, d))
    chi, p = _chi_square(a, b, c, d)
    reach = normal_quantile(level) * spread
    delta = -2.35 * math.log(ratio)
    return MantelHaenszel(
        ratio,
        ratio * math.exp(-reach),
        ratio * math.exp(reach),
        chi,
        p,
        delta,
        _ets_size(delta, 2.35 * spread, p),
        int(total.sum()),
        len(cells),
        level,
        "Mantel-Haenszel, Robins-Breslow-Greenland interval, ETS classes",
    )


def logistic_bias(answers: ArrayLike, focal: ArrayLike, score: ArrayLike) -> LogisticBias:
    """Test 0/1 `answers` for a group effect at equal `score` (1-D, complete, any numbers)."""
    y, group, match = _columns(answers, focal, score)
    spread = match.std()
    if spread == 0:
        raise ConstantOutcome("score", "never varies")
    z = (match - match.mean()) / spread
    base = np.column_stack([np.ones_like(y), z])
    uniform = np.column_stack([base, group])
    both = np.column_stack([uniform, group * z])
    _, empty = _logistic(np.ones((len(y), 1)), y)
    _, first = _logistic(base, y)
    coefficients, second = _logistic(uniform, y)
    _, third = _logistic(both, y)
    gain = _nagelkerke(third, empty, len(y)) - _nagelkerke(first, empty, len(y))
    size: Size = "negligible" if gain < 0.035 else "moderate" if gain < 0.07 else "large"
    return LogisticBias(
        float(coefficients[2]),
        float(chdtrc(1, max(0.0, 2 * (second - first)))),
        float(chdtrc(1, max(0.0, 2 * (third - second)))),
        float(chdtrc(2, max(0.0, 2 * (third - first)))),
        gain,
        size,
        len(y),
        "logistic regression, likelihood-ratio tests",
    )


def _columns(
    answers: ArrayLike, focal: ArrayLike, score: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    y, group = finite_vector(answers, "answers"), finite_vector(focal, "focal")
    match = finite_vector(score, "score")
    same_length(answers=y, focal=group, score=match)
    for name, column in (("answers", y), ("focal", group)):
        if not np.isin(column, [0, 1]).all():
            raise OutOfRange(name, "must be 0 or 1")
        if column.min() == column.max():
            raise ConstantOutcome(name, "holds only one value")
    return y, group, match


def _log_variance(a: Floats, b: Floats, c: Floats, d: Floats) -> float:
    total = a + b + c + d
    r, s = a * d / total, b * c / total
    p, q = (a + d) / total, (b + c) / total
    first = (p * r).sum() / (2 * r.sum() ** 2)
    middle = (p * s + q * r).sum() / (2 * r.sum() * s.sum())
    return float(first + middle + (q * s).sum() / (2 * s.sum() ** 2))


def _chi_square(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[float, float]:
    total = a + b + c + d
    # A stratum of one cannot occur: both groups are in each.
    expected = (a + b) * (a + c) / total
    variance = (a + b) * (c + d) * (a + c) * (b + d) / (total**2 * (total - 1))
    gap = max(0.0, abs(float((a - expected).sum())) - 0.5)
    chi = gap**2 / float(variance.sum())
    return chi, float(chdtrc(1, chi))


def _ets_size(delta: float, se: float, p: float) -> Size:
    if abs(delta) < 1 or p >= 0.05:
        return "negligible"
    # Class C: at least 1.5 and significantly above 1 (one-sided, 5 %).
    if abs(delta) >= 1.5 and (abs(delta) - 1) / se > 1.645:
        return "large"
    return "moderate"


def _logistic(design: Floats, y: Floats) -> tuple[Floats, float]:
    """Fit by Newton's method; return coefficients and log-likelihood."""
    coefficients = np.zeros(design.shape[1])
    for _ in range(50):
        p = expit(design @ coefficients)
        gram = design.T @ (design * (p * (1 - p))[:, None])
        try:
            step = np.linalg.solve(gram, design.T @ (y - p))
        except np.linalg.LinAlgError:
            raise NotFinite("score", "separates the answers perfectly") from None
        coefficients = coefficients + step
        if np.abs(coefficients).max() > 30:
            raise NotFinite("score", "separates the answers perfectly")
        if np.abs(step).max() < 1e-10:
            break
    line = design @ coefficients
    return coefficients, float((y * line - np.logaddexp(0, line)).sum())


def _nagelkerke(fitted: float, empty: float, n: int) -> float:
    return (1 - math.exp(2 * (empty - fitted) / n)) / (1 - math.exp(2 * empty / n))


def rest_score(answers: Floats, item: int, *, levels: int = 5) -> Floats:
    """Return a matching score for `item`: the mean of the other items (n, I) in equal groups.

    NaN answers are ignored; respondents without any other answer get NaN.
    """
    others = np.delete(answers, item, axis=1)
    known: Booleans = ~np.isnan(others)
    count = known.sum(axis=1)
    mean = np.where(known, others, 0).sum(axis=1) / np.maximum(count, 1)
    mean = np.where(count > 0, mean, np.nan)
    usable = mean[~np.isnan(mean)]
    if not len(usable):
        raise TooFewPoints("answers", "nobody answered another item")
    edges = np.unique(np.quantile(usable, np.linspace(0, 1, levels + 1)[1:-1]))
    return np.where(np.isnan(mean), np.nan, np.searchsorted(edges, mean, side="right"))
