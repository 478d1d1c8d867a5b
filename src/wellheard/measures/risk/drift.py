"""Whether a model still fits: shifts in who is scored, and in how often it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from wellheard.measures.arrays import finite_vector
from wellheard.measures.errors import EmptyData, OutOfRange, ShapeMismatch
from wellheard.measures.risk.quality import brier, calibration

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats

Verdict = Literal["steady", "watch", "alarm", "too_few"]
# Siddiqi 2006, Credit Risk Scorecards: below 0.10 no shift, from 0.25 a marked one.
WATCH, ALARM = 0.10, 0.25
# Fewer predictions or outcomes are not judged.
FEWEST = 100
_FLOOR = 1e-4


@dataclass(frozen=True, slots=True)
class Drift:
    """A population stability index with the share of each bin then and now."""

    psi: float
    verdict: Verdict
    n_then: int
    n_now: int
    then: tuple[float, ...]
    now: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OutcomeDrift:
    """Predictions against what happened lately: expected and observed events, with the z of
    their difference, the slope and the Brier score."""

    n: int
    events: int
    expected: float
    z: float
    slope: float | None
    brier: float | None
    verdict: Verdict


def psi(then: ArrayLike, now: ArrayLike) -> float:
    """Population stability index of two sets of counts over the same bins (k,).

    Sum of (share now - share then) x ln(share now / share then); a bin without anybody counts
    as 0.0001. Raises EmptyData, ShapeMismatch, OutOfRange.
    """
    first, second = _shares(then, "then"), _shares(now, "now")
    if first.shape != second.shape:
        raise ShapeMismatch("now", f"has {second.size} bins, then has {first.size}")
    return float(((second - first) * np.log(second / first)).sum())


def edges_of(probabilities: ArrayLike, *, bins: int = 10) -> tuple[float, ...]:
    """Inner edges that cut predictions into bins of about equal size (equal ones together)."""
    p = finite_vector(probabilities, "probabilities")
    cuts = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1]))
    return tuple(float(cut) for cut in cuts)


def counts_within(probabilities: ArrayLike, edges: Sequence[float]) -> tuple[int, ...]:
    """How many predictions lie in each bin of `edges` (one more than there are edges)."""
    p = finite_vector(probabilities, "probabilities")
    code = np.searchsorted(np.asarray(edges), p, side="right")
    return tuple(int(n) for n in np.bincount(code, minlength=len(edges) + 1))


def score_drift(then: Sequence[int], now: Sequence[int]) -> Drift:
    """Compare counts per bin; below 100 predictions now there is no verdict."""
    index = psi(then, now)
    n = sum(now)
    verdict: Verdict = "too_few"
    if n >= FEWEST:
        verdict = "alarm" if index >= ALARM else "watch" if index >= WATCH else "steady"
    return Drift(
        index,
        verdict,
        sum(then),
        n,
        tuple(each / sum(then) for each in then),
        tuple(each / n for each in now),
    )


def level_drift(then: Mapping[str, int], now: Mapping[str, int]) -> Drift:
    """The same for the levels of one feature; a level new or gone counts as an empty bin."""
    names = sorted({*then, *now})
    return score_drift([then.get(n, 0) for n in names], [now.get(n, 0) for n in names])


def outcome_drift(probabilities: ArrayLike, outcome: ArrayLike) -> OutcomeDrift:
    """Expected against observed events: alarm from |z| 3 (Spiegelhalter's z of the mean), watch
    from 2; no verdict below 100 outcomes."""
    p, y = finite_vector(probabilities, "probabilities"), finite_vector(outcome, "outcome")
    if p.size != y.size:
        raise ShapeMismatch("outcome", f"has {y.size} value(s), but probabilities {p.size}")
    spread = float(np.sqrt((p * (1 - p)).sum()))
    z = float((y - p).sum()) / spread if spread else 0.0
    varies = 0 < y.sum() < y.size
    verdict: Verdict = "too_few"
    if p.size >= FEWEST:
        verdict = "alarm" if abs(z) >= 3 else "watch" if abs(z) >= 2 else "steady"
    return OutcomeDrift(
        int(p.size),
        int(y.sum()),
        float(p.sum()),
        z,
        calibration(p, y)[1] if varies else None,
        brier(p, y),
        verdict,
    )


def _shares(counts: ArrayLike, argument: str) -> Floats:
    values = finite_vector(counts, argument)
    if values.min() < 0:
        raise OutOfRange(argument, "counts cannot be negative")
    if values.sum() == 0:
        raise EmptyData(argument, "counts nobody")
    shares = np.maximum(values / values.sum(), _FLOOR)
    return np.asarray(shares / shares.sum(), dtype=np.float64)
