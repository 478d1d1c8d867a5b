"""Something that is counted comes up more often lately than before, and more than elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, xlogy

from wellheard.measures.arrays import finite_vector, same_length

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Rise:
    """A share that rose at step `start` (which may be `earliest` to `latest`).

    `ratio` of the share since to the share before, beyond what the share did elsewhere, with its
    interval; `p` one-sided, counting the starts that were tried.
    """

    start: int
    earliest: int
    latest: int
    hits: int
    of: int
    hits_before: int
    of_before: int
    ratio: float
    low: float
    high: float
    p: float


def latest_rise(
    hits: ArrayLike,
    totals: ArrayLike,
    *,
    elsewhere: tuple[ArrayLike, ArrayLike] | None = None,
    shortest: int = 2,
    longest: int = 26,
    at_least: int = 5,
) -> Rise | None:
    """Find since when a share is higher than before, among the last `longest` steps (1-D, n).

    Signed root of the likelihood ratio of two binomial shares, the later above the earlier, for
    every start; what the share did `elsewhere` in the same steps moves the expectation. None when
    there are fewer than `at_least` hits since or nothing rose.
    """
    own, of = finite_vector(hits, "hits"), finite_vector(totals, "totals")
    n = same_length(hits=own, totals=of)
    others = None
    if elsewhere is not None:
        others = (finite_vector(elsewhere[0], "hits"), finite_vector(elsewhere[1], "totals"))
    starts = list(range(max(1, n - longest), n - shortest + 1))
    tried = [(start, found) for start in starts if (found := _at(own, of, others, start, at_least))]
    if not tried:
        return None
    best_start, best = max(tried, key=lambda each: each[1][0])
    z = best[0]
    close = [start for start, each in tried if each[0] ** 2 >= z**2 - 3.841]
    _, a, b, c, d, drift = best
    # Half a case added to each cell keeps the ratio finite when nothing was said before.
    ratio = ((a + 0.5) / (b + 1)) / ((c + 0.5) / (d + 1)) / drift
    spread = np.sqrt(1 / (a + 0.5) + 1 / (c + 0.5))
    return Rise(
        best_start,
        min(close),
        max(close),
        int(a),
        int(b),
        int(c),
        int(d),
        float(ratio),
        float(ratio * np.exp(-_Z * spread)),
        float(ratio * np.exp(_Z * spread)),
        float(min(1.0, ndtr(-z) * max(1.0, np.sqrt(len(starts)) * 2))),
    )


def _at(
    own: Floats,
    of: Floats,
    others: tuple[Floats, Floats] | None,
    start: int,
    at_least: int,
) -> tuple[float, float, float, float, float, float] | None:
    a, b = float(own[start:].sum()), float(of[start:].sum())
    c, d = float(own[:start].sum()), float(of[:start].sum())
    if a < at_least or b <= 0 or d <= 0:
        return None
    drift = _drift(others, start)
    before = (c + 0.5) / (d + 1)
    expected_since = min(0.99, before * drift)
    if a / b <= expected_since:
        return None
    # Both sides with one share (moved by the drift elsewhere) against two shares of their own.
    joint = (a + c) / (b * drift + d)
    one = _log(a, b, min(0.999, joint * drift)) + _log(c, d, min(0.999, joint))
    two = _log(a, b, a / b) + _log(c, d, c / d)
    return float(np.sqrt(max(0.0, 2 * (two - one)))), a, b, c, d, drift


def _drift(others: tuple[Floats, Floats] | None, start: int) -> float:
    if others is None:
        return 1.0
    hits, totals = others
    since = (hits[start:].sum() + 0.5) / (totals[start:].sum() + 1)
    before = (hits[:start].sum() + 0.5) / (totals[:start].sum() + 1)
    # Only what is known well moves the expectation: shrunk where few spoke elsewhere.
    sure = hits[start:].sum() / (hits[start:].sum() + 10)
    return float(np.exp(sure * np.log(since / before)))


def _log(count: float, n: float, share: float) -> float:
    return float(xlogy(count, share) + xlogy(n - count, 1 - share))
