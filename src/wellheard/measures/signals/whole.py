"""A step or a slope of everybody: one series against its own past, a season taken out.

Nobody else is there to be judged against. So the year's wave is part of the model, months that
follow each other alike widen the error, few months widen it more (Student), and less than a year
and a half is not judged at all: a season could not be told from a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr, stdtrit

from wellheard.measures.arrays import finite_vector, same_length
from wellheard.measures.signals.levels import Bend

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Booleans, Floats

FEWEST_MONTHS = 18
_YEAR = 12
# A level must hold for a quarter to be one; a slope shorter than this is a step.
_FEWEST_SIDE, _SHORTEST_SLOPE = 3, 9
_START_SET = 5.991


@dataclass(frozen=True, slots=True)
class _Fit:
    slope: bool
    start: int
    estimate: float
    error: float
    reach: int

    @property
    def t(self) -> float:
        return self.estimate / self.error if self.error > 0 else 0.0


def whole_bend(
    means: ArrayLike, sizes: ArrayLike, sd: float, *, most_p: float, only: Bend | None = None
) -> Bend | None:
    """The surest step or slope of a series (M months: means, and how many answered), if any.

    `only`: nothing is sought, this one's kind and start are sized in the series.

    Weighted least squares with a yearly wave; `sd` of a single answer. The variance is that of
    the answers, or of what is left where that is more, times (1 + r) / (1 - r) for months that
    follow each other alike (r, the first autocorrelation). p: Student, times the starts tried.
    """
    values, counts = finite_vector(means, "means"), finite_vector(sizes, "sizes")
    same_length(means=values, sizes=counts)
    filled = counts > 0
    if filled.sum() < FEWEST_MONTHS:
        return None
    months = np.arange(values.size, dtype=np.float64)
    columns = _columns(months, filled)
    if only is not None:
        same = only.kind == "slope", only.start
        columns = [each for each in columns if each[:2] == same]
    fits = [_fitted(values, counts, sd, filled, column) for column in columns]
    if not fits:
        return None
    best = max(fits, key=lambda fit: abs(fit.t))
    df = int(filled.sum()) - 4
    p = float(min(1.0, 2 * stdtr(df, -abs(best.t)) * len(fits)))
    if p > most_p:
        return None
    close = [
        fit.start
        for fit in fits
        if fit.slope == best.slope and fit.t * best.t > 0 and fit.t**2 >= best.t**2 - _START_SET
    ]
    size = best.estimate * best.reach
    half = float(stdtrit(df, 0.975)) * best.error * best.reach
    return Bend(
        0, "slope" if best.slope else "step", best.start, min(close), max(close), size,
        size - half, size + half, best.t, p, int(counts[: best.start].sum()),
        int(counts[best.start :].sum()),
    )  # fmt: skip


def _columns(months: Floats, filled: Booleans) -> list[tuple[bool, int, int, Floats]]:
    """(slope, start, how far it reaches, column) of everything that may have happened."""
    seen = np.flatnonzero(filled)
    found = []
    for start in range(int(seen[_FEWEST_SIDE]), int(seen[-_FEWEST_SIDE]) + 1):
        found.append((False, start, 1, (months >= start).astype(np.float64)))
    last = int(seen[-1])
    for start in range(int(seen[0]), last - _SHORTEST_SLOPE + 2):
        found.append((True, start, last - start, np.clip(months - start, 0, None) * 1.0))
    return found


def _fitted(
    values: Floats,
    counts: Floats,
    sd: float,
    filled: Booleans,
    candidate: tuple[bool, int, int, Floats],
) -> _Fit:
    slope, start, reach, column = candidate
    months = np.arange(values.size)
    wave = 2 * np.pi * months / _YEAR
    design = np.column_stack([np.ones(values.size), np.sin(wave), np.cos(wave), column])[filled]
    root = np.sqrt(counts[filled]) / max(sd, 1e-12)
    turned, triangle = np.linalg.qr(design * root[:, None])
    if abs(triangle[-1, -1]) < 1e-9:
        return _Fit(slope, start, 0.0, 0.0, reach)
    y = values[filled] * root
    left = y - turned @ (turned.T @ y)
    estimate = float(turned[:, -1] @ y / triangle[-1, -1])
    more = max(1.0, float(left @ left) / max(1, left.size - design.shape[1]))
    alike = float(left[1:] @ left[:-1] / (left @ left)) if left @ left > 0 else 0.0
    alike = min(0.9, max(0.0, alike))
    error = np.sqrt(more * (1 + alike) / (1 - alike)) / abs(float(triangle[-1, -1]))
    return _Fit(slope, start, estimate, float(error), reach)
