"""Charts of counts: p (shares), u (rates), and Laney's p' and u' for large denominators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import finite_vector, not_negative, positive, same_length
from wellheard.measures.errors import OutOfRange, TooFewPoints
from wellheard.measures.spc.build import (
    Lines,
    Question,
    baseline_points,
    finished_chart,
    segments,
)
from wellheard.measures.spc.chart import ControlChart, Rebase, checked_rebases

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats

    SpreadOf = Callable[[float, Floats], Floats]

# d2 for ranges of two points.
_D2 = 1.128


def p_chart(
    counts: ArrayLike,
    sizes: ArrayLike,
    *,
    rules: str = "nhs-4",
    direction: str | None = None,
    target: float | None = None,
    baseline: int | None = None,
    rebases: Sequence[Rebase] = (),
    laney: bool = False,
) -> ControlChart:
    """Chart shares `counts` / `sizes` (values 0-1) of 1-D arrays in time order.

    Limits pbar +/- 3 sqrt(pbar (1 - pbar) / n_i), kept within 0 and 1; with `laney` sigma is
    multiplied by the between-period spread sigma_z (Laney, Qual Eng 2002; 14:531), which large
    denominators need. `target` is a share.
    """
    count, size = _counts_and_sizes(counts, sizes)
    if (count > size).any():
        raise OutOfRange("counts", f"is above its size at point {int((count > size).argmax())}")
    parts = checked_rebases(rebases, count.size)
    centre, sigma = _lines(count, size, baseline, parts, _share_spread, laney=laney)
    return finished_chart(
        "p_prime" if laney else "p",
        "Laney p'-chart" if laney else "p-chart, binomial limits",
        count / size,
        Lines(centre, sigma, 0.0, 1.0),
        Question(rules, direction, target, parts),
        sizes=size,
    )


def u_chart(
    counts: ArrayLike,
    exposures: ArrayLike,
    *,
    per: float = 1.0,
    rules: str = "nhs-4",
    direction: str | None = None,
    target: float | None = None,
    baseline: int | None = None,
    rebases: Sequence[Rebase] = (),
    laney: bool = False,
) -> ControlChart:
    """Chart rates of events per `per` units of exposure (for example 1000 patient-days).

    Limits ubar +/- 3 sqrt(ubar / a_i), never below 0; `laney` as in :func:`p_chart`. `target`
    and all lines are in events per `per`.
    """
    count, exposure = _counts_and_sizes(counts, exposures)
    units = exposure / float(positive(finite_vector([per], "per"), "per")[0])
    parts = checked_rebases(rebases, count.size)
    centre, sigma = _lines(count, units, baseline, parts, _rate_spread, laney=laney)
    return finished_chart(
        "u_prime" if laney else "u",
        "Laney u'-chart" if laney else "u-chart, Poisson limits",
        count / units,
        Lines(centre, sigma, 0.0, None),
        Question(rules, direction, target, parts),
        sizes=exposure,
    )


def _counts_and_sizes(counts: ArrayLike, sizes: ArrayLike) -> tuple[Floats, Floats]:
    count = not_negative(finite_vector(counts, "counts"), "counts")
    size = positive(finite_vector(sizes, "sizes"), "sizes")
    same_length(counts=count, sizes=size)
    if count.size < 2:
        raise TooFewPoints("counts", "a control chart needs at least 2 points, has 1")
    return count, size


def _share_spread(centre: float, size: Floats) -> Floats:
    return np.sqrt(centre * (1 - centre) / size)


def _rate_spread(centre: float, size: Floats) -> Floats:
    return np.sqrt(centre / size)


def _lines(
    count: Floats,
    size: Floats,
    baseline: int | None,
    parts: Sequence[Rebase],
    spread: SpreadOf,
    *,
    laney: bool,
) -> tuple[Floats, Floats]:
    centre, sigma = np.empty_like(count), np.empty_like(count)
    for start, stop in segments(count.size, parts):
        fixed = slice(start, start + baseline_points(baseline, stop - start))
        middle = float(count[fixed].sum() / size[fixed].sum())
        centre[start:stop] = middle
        sigma[start:stop] = spread(middle, size[start:stop])
        if laney:
            own = spread(middle, size[fixed])
            sigma[start:stop] *= _between(count[fixed] / size[fixed] - middle, own)
    return centre, sigma


def _between(distance: Floats, sigma: Floats) -> float:
    """Laney's sigma_z: the moving-range spread of the z values; 1 when nothing varies."""
    if not sigma.any():
        return 1.0
    return float(np.abs(np.diff(distance / sigma)).mean() / _D2)
