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
    usual: tuple[float, float] | None = None,
    exposure: ArrayLike | None = None,
    shortest: int = 2,
    longest: int = 26,
    at_least: int = 5,
) -> Rise | None:
    """Find since when a share is higher than before, among the last `longest` steps (1-D, n).

    Signed root of the likelihood ratio of two binomial shares, the later above the earlier, for
    every start; what the share did `elsewhere` in the same steps moves the expectation. `usual`:
    hits and totals at other places, had those who speak here spoken there; where the share before
    is below theirs, theirs is what must be exceeded, for a place that comes to the level of all is
    no news. `exposure` (n): the hits that who spoke in each step would make anyhow, so that other
    people speaking is no rise. None when there are fewer than `at_least` hits since or nothing
    rose.
    """
    own, of = finite_vector(hits, "hits"), finite_vector(totals, "totals")
    n = same_length(hits=own, totals=of)
    others = None
    if elsewhere is not None:
        others = (finite_vector(elsewhere[0], "hits"), finite_vector(elsewhere[1], "totals"))
    starts = list(range(max(1, n - longest), n - shortest + 1))
    expected = None if exposure is None else finite_vector(exposure, "exposure")
    tried = []
    for start in starts:
        drift = _drift(others, start) * _mix(expected, of, slice(start, n), slice(0, start))
        level = None
        if usual is not None:
            level = usual[0] * _mix(expected, of, slice(0, start), slice(0, n)), usual[1]
        found = _at(own, of, (drift, level), start, at_least)
        if found:
            tried.append((start, found))
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
        int(own[:best_start].sum()),
        int(of[:best_start].sum()),
        float(ratio),
        float(ratio * np.exp(-_Z * spread)),
        float(ratio * np.exp(_Z * spread)),
        float(min(1.0, ndtr(-z) * max(1.0, np.sqrt(len(starts)) * 2))),
    )


def _at(
    own: Floats,
    of: Floats,
    beside: tuple[float, tuple[float, float] | None],
    start: int,
    at_least: int,
) -> tuple[float, float, float, float, float, float] | None:
    drift, usual = beside
    a, b = float(own[start:].sum()), float(of[start:].sum())
    c, d = float(own[:start].sum()), float(of[:start].sum())
    if a < at_least or b <= 0 or d <= 0:
        return None
    if usual is not None and usual[1] > 0 and c * usual[1] < usual[0] * d:
        c, d = usual
    before = (c + 0.5) / (d + 1)
    expected_since = min(0.99, before * drift)
    if a / b <= expected_since:
        return None
    # Both sides with one share (moved by the drift elsewhere) against two shares of their own.
    joint = (a + c) / (b * drift + d)
    one = _log(a, b, min(0.999, joint * drift)) + _log(c, d, min(0.999, joint))
    two = _log(a, b, a / b) + _log(c, d, c / d)
    return float(np.sqrt(max(0.0, 2 * (two - one)))), a, b, c, d, drift


def _mix(expected: Floats | None, of: Floats, part: slice, against: slice) -> float:
    """How many more hits a voice makes in one part of the time than in another, by who speaks."""
    if expected is None:
        return 1.0
    sums = [float(row[when].sum()) for when in (part, against) for row in (expected, of)]
    if min(sums) <= 0:
        return 1.0
    return (sums[0] / sums[1]) / (sums[2] / sums[3])


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
