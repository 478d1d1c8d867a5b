"""How good predictions are: discrimination, error, calibration, by group, with intervals.

Intervals draw whole clusters (patients): rows of one person are not independent, and intervals
from rows would be too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import finite_vector, same_length
from wellheard.measures.bootstrap import expansion, percentile_interval
from wellheard.measures.errors import ConstantOutcome, OutOfRange, TooFewPoints
from wellheard.measures.intervals import normal_quantile, wilson
from wellheard.measures.risk.figures import Bin, GroupQuality, Interval, Quality
from wellheard.measures.risk.logistic import log_odds, probability

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wellheard.measures.arrays import Floats

METHOD = "bootstrap of whole clusters, expanded percentile interval"


def auc(probabilities: ArrayLike, outcome: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Area under the ROC curve; ties count half. Raises ConstantOutcome."""
    p, y = _pair(probabilities, outcome)
    _both(y)
    order = np.argsort(p, kind="stable")
    w = np.ones(len(p)) if weights is None else finite_vector(weights, "weights")
    return _ordered_auc(_ties(p[order]), y[order], w[order])


def brier(probabilities: ArrayLike, outcome: ArrayLike) -> float:
    """Mean squared distance of prediction and outcome."""
    p, y = _pair(probabilities, outcome)
    return float(((p - y) ** 2).mean())


def calibration(
    probabilities: ArrayLike, outcome: ArrayLike, weights: ArrayLike | None = None
) -> tuple[float, float]:
    """Intercept in the large (slope held at 1) and slope of the log odds (Cox 1958)."""
    p, y = _pair(probabilities, outcome)
    _both(y)
    w = np.ones(len(p)) if weights is None else finite_vector(weights, "weights")
    return _calibration(log_odds(p), y, w)


def calibration_bins(
    probabilities: ArrayLike, outcome: ArrayLike, *, bins: int = 10, level: float = 0.95
) -> tuple[Bin, ...]:
    """Rows in order of prediction, in bins of equal size, equal predictions kept together."""
    p, y = _pair(probabilities, outcome)
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1]))
    code = np.searchsorted(edges, p, side="right")
    found = []
    for number in np.unique(code):
        inside = code == number
        events, n = int(y[inside].sum()), int(inside.sum())
        rate = wilson(events, n, level=level)
        found.append(Bin(n, events, float(p[inside].mean()), rate.estimate, rate.low, rate.high))
    return tuple(found)


def assess(
    probabilities: ArrayLike,
    outcome: ArrayLike,
    clusters: ArrayLike,
    *,
    draws: int = 300,
    level: float = 0.95,
    seed: int = 0,
) -> Quality:
    """Judge predictions (n,) against outcomes (n,) with intervals over `clusters` (n,).

    Raises ConstantOutcome, TooFewPoints, OutOfRange, ShapeMismatch, NotFinite.
    """
    p, y = _pair(probabilities, outcome)
    _both(y)
    labels = np.asarray(clusters)
    same_length(probabilities=p, clusters=labels)
    code = np.unique(labels, return_inverse=True)[1]
    count = int(code.max()) + 1
    if count < 2:
        raise TooFewPoints("clusters", "needs at least 2 clusters")
    if draws < 100:
        raise OutOfRange("draws", "needs at least 100")
    estimates = _estimates(p, y, np.ones(len(p)))
    drawn = _drawn(p, y, code, count, draws, seed)
    auc_, brier_, slope, intercept = (
        _around(estimates[i], drawn[:, i], count, level) for i in range(4)
    )
    bins = calibration_bins(p, y, level=level)
    base = float(y.mean())
    return Quality(
        n=len(p),
        events=int(y.sum()),
        clusters=count,
        base=base,
        auc=auc_,
        brier=brier_,
        slope=slope,
        intercept=intercept,
        ece=sum(each.n * abs(each.predicted - each.observed) for each in bins) / len(p),
        skill=1 - brier_.estimate / (base * (1 - base)),
        bins=bins,
        level=level,
        draws=draws,
        method=METHOD,
    )


def by_group(
    probabilities: ArrayLike,
    outcome: ArrayLike,
    groups: Sequence[str],
    *,
    threshold: float,
    minimum: int = 100,
    level: float = 0.95,
) -> tuple[GroupQuality, ...]:
    """Error within each group, largest first; groups below `minimum` rows are "too_few".

    ``flagged``: share at or above `threshold`. The verdict is "over" or "under" when the mean
    prediction lies outside the interval of the group's own rate.
    """
    p, y = _pair(probabilities, outcome)
    same_length(probabilities=p, groups=groups)
    names, code = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    found = [
        _group(str(name), p[code == i], y[code == i], threshold, minimum, level)
        for i, name in enumerate(names)
    ]
    return tuple(sorted(found, key=lambda each: (-each.n, each.group)))


def _group(
    name: str, p: Floats, y: Floats, threshold: float, minimum: int, level: float
) -> GroupQuality:
    n, events = len(p), int(y.sum())
    if n < minimum:
        return GroupQuality(name, n, events, None, None, None, None, None, "too_few")
    rate = wilson(events, n, level=level)
    mean = float(p.mean())
    verdict = "over" if mean > rate.high else "under" if mean < rate.low else "fits"
    return GroupQuality(
        group=name,
        n=n,
        events=events,
        predicted=mean,
        observed=Interval(rate.estimate, rate.low, rate.high),
        gap=mean - rate.estimate,
        auc=_hanley(p, y, level) if 0 < events < n else None,
        flagged=float((p >= threshold).mean()),
        verdict=verdict,
    )


def _hanley(p: Floats, y: Floats, level: float) -> Interval:
    a = auc(p, y)
    yes, no = float(y.sum()), float(len(y) - y.sum())
    first, second = a / (2 - a), 2 * a * a / (1 + a)
    spread = a * (1 - a) + (yes - 1) * (first - a * a) + (no - 1) * (second - a * a)
    half = normal_quantile(level) * float(np.sqrt(max(spread, 0.0) / (yes * no)))
    return Interval(a, max(0.0, a - half), min(1.0, a + half))


def _drawn(
    p: Floats, y: Floats, code: NDArray[np.intp], count: int, draws: int, seed: int
) -> Floats:
    random = np.random.default_rng(seed)
    kept = []
    for _ in range(draws):
        times = np.bincount(random.integers(0, count, count), minlength=count)
        w = times[code].astype(np.float64)
        if 0 < (w * y).sum() < w.sum():
            kept.append(_estimates(p, y, w))
    if len(kept) < draws / 2:
        raise ConstantOutcome("outcome", "never varies in most draws: too few events")
    return np.asarray(kept)


def _estimates(p: Floats, y: Floats, w: Floats) -> tuple[float, float, float, float]:
    order = np.argsort(p, kind="stable")
    area = _ordered_auc(_ties(p[order]), y[order], w[order])
    error = float((w * (p - y) ** 2).sum() / w.sum())
    intercept, slope = _calibration(log_odds(p), y, w)
    return area, error, slope, intercept


def _around(estimate: float, drawn: Floats, clusters: int, level: float) -> Interval:
    low, high = percentile_interval(drawn, level)
    wider = expansion(clusters, level)
    return Interval(
        estimate, estimate - wider * (estimate - low), estimate + wider * (high - estimate)
    )


def _ties(ordered: Floats) -> NDArray[np.intp]:
    """Number of the distinct value at each place of an ordered array."""
    return np.concatenate(([0], np.cumsum(np.diff(ordered) > 0)))


def _ordered_auc(code: NDArray[np.intp], y: Floats, w: Floats) -> float:
    yes = np.bincount(code, weights=w * y)
    no = np.bincount(code, weights=w * (1 - y))
    below = np.cumsum(no) - no
    return float((yes * (below + no / 2)).sum() / (yes.sum() * no.sum()))


def _calibration(margins: Floats, y: Floats, w: Floats) -> tuple[float, float]:
    shift = 0.0
    for _ in range(25):
        q = probability(margins + shift)
        step = float((w * (y - q)).sum() / max((w * q * (1 - q)).sum(), 1e-12))
        shift += float(np.clip(step, -3, 3))
        if abs(step) < 1e-9:
            break
    spread = float((w * (margins - (w * margins).sum() / w.sum()) ** 2).sum())
    if spread < 1e-12:
        return shift, 0.0  # one prediction for everybody tells nobody apart
    return shift, _slope(margins, y, w, shift)


def _slope(margins: Floats, y: Floats, w: Floats, shift: float) -> float:
    """Newton's method, each step halved until the likelihood does not fall."""
    a, b, best = shift, 1.0, -np.inf
    da = db = 0.0
    for _ in range(40):
        line = (a + da) + (b + db) * margins
        reached = float((w * (y * line - np.logaddexp(0.0, line))).sum())
        if reached < best - 1e-9:
            da, db = da / 2, db / 2
            continue
        a, b, best = a + da, b + db, reached
        q = probability(line)
        v, r = w * q * (1 - q), w * (y - q)
        h00, h01, h11 = v.sum(), (v * margins).sum(), (v * margins * margins).sum()
        g0, g1 = r.sum(), (r * margins).sum()
        determinant = h00 * h11 - h01 * h01 + 1e-12
        da, db = (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant
        if max(abs(da), abs(db)) < 1e-8:
            break
    return float(b + db)


def _both(y: Floats) -> None:
    if y.min() == y.max():
        raise ConstantOutcome("outcome", "never varies")


def _pair(probabilities: ArrayLike, outcome: ArrayLike) -> tuple[Floats, Floats]:
    p, y = finite_vector(probabilities, "probabilities"), finite_vector(outcome, "outcome")
    same_length(probabilities=p, outcome=y)
    if p.min() < 0 or p.max() > 1:
        raise OutOfRange("probabilities", "must lie between 0 and 1")
    if not np.isin(y, (0.0, 1.0)).all():
        raise OutOfRange("outcome", "must be 0 or 1 everywhere")
    return p, y
