"""Interrupted time series: did level or slope change at a date declared in advance?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import finite_vector, same_length, within
from wellheard.measures.change.series import Estimate, SeriesFit, fit_series
from wellheard.measures.errors import OutOfRange, TooFewPoints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats

# The usual advice for a trustworthy interrupted series, on each side.
ADVISED_POINTS = 8


@dataclass(frozen=True, slots=True)
class InterruptedSeries:
    """The change at the first point after, in units of the values.

    `level` is the step at the first point after the change (time since the change starts at 0
    there), `slope` the change of slope per point (None when not asked for), `effect` the mean
    difference, over the points after, from what would have come without the change.
    """

    level: Estimate
    slope: Estimate | None
    effect: Estimate
    trend_before: Estimate | None
    n_before: int
    n_after: int
    left_out: int
    autocorrelation: float
    short: bool
    method: str


def interrupted_series(
    values: ArrayLike,
    change_at: int,
    *,
    phase_in: int = 0,
    left_out_before: int = 0,
    trend: bool = True,
    slope_change: bool = False,
    season: int | None = None,
    harmonics: int = 1,
    control: ArrayLike | None = None,
    level: float = 0.95,
) -> InterruptedSeries:
    """Fit a segmented regression to evenly spaced `values` (1-D) in time order.

    y = b0 + b1 time + b2 after + b3 time-after + season. `change_at` is the position of the
    first point after the change, `phase_in` that many points from there are left out, and
    `left_out_before` that many points just before (those that made people act, which would
    otherwise regress to the mean). `season` is the number of points in a cycle, modelled by
    `harmonics` sine pairs. With `control` the difference from that series is analysed, so that
    what happens to both cancels. Errors: see :mod:`wellheard.measures.change.series`.
    """
    y = finite_vector(values, "values")
    if control is not None:
        other = finite_vector(control, "control")
        same_length(values=y, control=other)
        y = y - other
    confidence = within(level, "level", 0, 1)
    kept = _kept(len(y), change_at, phase_in, left_out_before)
    times = np.arange(len(y), dtype=np.float64)[kept]
    first_after = change_at + phase_in
    design, names = _design(times, first_after, trend, slope_change, season, harmonics)
    fit = fit_series(y[kept], times, design, names)
    n_after = int((times >= first_after).sum())
    n_before = len(times) - n_after
    return InterruptedSeries(
        fit.combination(_pick(names, "level"), confidence),
        fit.combination(_pick(names, "slope"), confidence) if slope_change else None,
        fit.combination(_mean_effect(design, names, n_after), confidence),
        fit.combination(_pick(names, "trend"), confidence) if trend else None,
        n_before,
        n_after,
        len(y) - len(times),
        fit.rho,
        min(n_before, n_after) < ADVISED_POINTS,
        _method(fit, control is not None),
    )


def _kept(points: int, change_at: int, phase_in: int, left_out_before: int) -> Floats:
    if phase_in < 0 or left_out_before < 0:
        raise OutOfRange("phase_in", "neither it nor left_out_before may be negative")
    if not 0 < change_at < points:
        raise OutOfRange("change_at", f"must lie inside the series of {points} points")
    places = np.arange(points)
    inside = (places >= change_at - left_out_before) & (places < change_at + phase_in)
    if change_at - left_out_before < 2 or change_at + phase_in > points - 2:
        raise TooFewPoints("values", "needs at least 2 points on each side of the change")
    return np.asarray(~inside)


def _design(
    times: Floats,
    first_after: int,
    trend: bool,
    slope_change: bool,
    season: int | None,
    harmonics: int,
) -> tuple[Floats, tuple[str, ...]]:
    after = (times >= first_after).astype(np.float64)
    columns, names = [np.ones_like(times), after], ["constant", "level"]
    if trend:
        columns.append(times - times.mean())
        names.append("trend")
    if slope_change:
        columns.append(after * (times - first_after))
        names.append("slope")
    if season is not None:
        if season < 2 or not 1 <= harmonics <= season // 2:
            raise OutOfRange("season", "needs a cycle of 2 or more and fitting harmonics")
        for wave in range(1, harmonics + 1):
            angle = 2 * np.pi * wave * times / season
            columns.append(np.cos(angle))
            names.append(f"season cosine {wave}")
            if 2 * wave < season:
                columns.append(np.sin(angle))
                names.append(f"season sine {wave}")
    return np.column_stack(columns), tuple(names)


def _pick(names: tuple[str, ...], name: str) -> Floats:
    return np.array([float(each == name) for each in names])


def _mean_effect(design: Floats, names: tuple[str, ...], n_after: int) -> Floats:
    contrast = np.zeros(len(names))
    for name in ("level", "slope"):
        if name in names:
            place = names.index(name)
            contrast[place] = design[:, place].sum() / n_after
    return contrast


def _method(fit: SeriesFit, controlled: bool) -> str:
    series = "controlled interrupted time series" if controlled else "interrupted time series"
    return f"{series}, {fit.method}"
