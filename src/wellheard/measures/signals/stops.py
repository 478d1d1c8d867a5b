"""Nobody is heard any more: since when, and could it be chance?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import finite_vector, same_length

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Stop:
    """Answers that ended or nearly so at step `start`.

    `expected` since then by its earlier share of all answers, `got` in truth; `p` the chance of
    so few (Poisson with extra variance), counting the starts that were tried.
    """

    start: int
    got: int
    expected: float
    before: int
    p: float

    @property
    def share(self) -> float:
        """What came, of what was expected."""
        return self.got / self.expected


def latest_stop(
    counts: ArrayLike,
    all_counts: ArrayLike,
    *,
    shortest: int = 1,
    at_most: float = 0.2,
    spread: float = 1.0,
) -> Stop | None:
    """Find since when nearly nothing comes, steps counted from the oldest (1-D, n each).

    `all_counts` includes `counts`; expectations follow what the others did, so a holiday or the
    end of the data is no silence. `spread`: variance over mean of a step. None unless at most
    `at_most` of what was expected came.
    """
    own, everything = finite_vector(counts, "counts"), finite_vector(all_counts, "all_counts")
    n = same_length(counts=own, all_counts=everything)
    others = everything - own
    seen = np.flatnonzero(own)
    if seen.size < 3:
        return None
    first = int(seen[0])
    best: Stop | None = None
    most = -math.inf
    # The earliest start at which the silence explains most is where it began.
    for start in range(first + 3, n - shortest + 1):
        before, before_of = float(own[first:start].sum()), float(others[first:start].sum())
        since, since_of = float(own[start:].sum()), float(others[start:].sum())
        if before_of <= 0 or since_of <= 0:
            continue
        expected = before * since_of / before_of
        if expected <= 0 or since > at_most * expected:
            continue
        gain = _gain(before, before_of, since, since_of)
        if gain > most:
            most = gain
            # Few on the earlier side make the expectation unsure: its variance is added.
            wide = spread * (1 + expected / max(before, 1.0))
            chance = math.exp(-_poisson_distance(since, expected) / wide)
            p = min(1.0, chance * max(1, n - first - 3))
            best = Stop(start, int(since), float(expected), int(before), p)
    return best


def _gain(before: float, before_of: float, since: float, since_of: float) -> float:
    """Log-likelihood ratio of two rates against one."""
    rate = (before + since) / (before_of + since_of)
    found = before * math.log(before / before_of / rate)
    if since:
        found += since * math.log(since / since_of / rate)
    return found


def _poisson_distance(got: float, expected: float) -> float:
    """Chernoff bound of the lower Poisson tail, as minus its logarithm."""
    return expected - got + (got * math.log(got / expected) if got else 0.0)
