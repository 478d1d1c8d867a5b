"""One kind of answers against the others, each place compared with itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Contrast:
    """One level against all others within strata: difference, interval, z, two-sided p."""

    level: int
    estimate: float
    low: float
    high: float
    z: float
    p: float
    n: int
    n_others: int


def contrasts_within(sums: Floats, sizes: Floats, sd: float, *, fewest: int = 30) -> list[Contrast]:
    """Contrast of each level (column) with the others, strata (rows) held fixed.

    `sums` and `sizes` (S, L): sums and numbers of values; `sd` of a single value. Strata are
    weighted by what they can tell, n1 n2 / (n1 + n2) (Cochran, Biometrics 1954; 10:417): a
    stratum without one of the two tells nothing. Levels with fewer than `fewest` values, or
    whose others are fewer, are left out.
    """
    found = [
        contrast_within(sums[:, level], sizes[:, level], sums, sizes, sd, level=level)
        for level in range(sizes.shape[1])
    ]
    return [one for one in found if one and min(one.n, one.n_others) >= fewest]


def contrast_within(
    own_sums: Floats, own_sizes: Floats, sums: Floats, sizes: Floats, sd: float, *, level: int
) -> Contrast | None:
    """One part (S) of what all levels hold (S, L) against the rest; None when nothing compares."""
    own, others = own_sizes, sizes.sum(axis=1) - own_sizes
    both = (own > 0) & (others > 0)
    if not both.any() or sd <= 0:
        return None
    own, others = own[both], others[both]
    gap = own_sums[both] / own - (sums.sum(axis=1)[both] - own_sums[both]) / others
    weight = own * others / (own + others)
    total = float(weight.sum())
    estimate = float(weight @ gap) / total
    se = sd / np.sqrt(total)
    z = estimate / se
    return Contrast(
        level,
        estimate,
        float(estimate - _Z * se),
        float(estimate + _Z * se),
        float(z),
        float(2 * ndtr(-abs(z))),
        int(own.sum()),
        int(others.sum()),
    )
