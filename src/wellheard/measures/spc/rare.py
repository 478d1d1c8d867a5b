"""Charts of rare events: time between (t) and cases between (g)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import finite_vector, not_negative, positive, real
from wellheard.measures.errors import OutOfRange, TooFewPoints
from wellheard.measures.spc.build import (
    Lines,
    Question,
    baseline_points,
    finished_chart,
    segments,
)
from wellheard.measures.spc.chart import ControlChart, Rebase, checked_rebases
from wellheard.measures.spc.individuals import centre_and_sigma

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats

# Makes exponential waiting times nearly normal (Nelson, J Qual Technol 1994; 26:114).
_POWER = 1 / 3.6


def t_chart(
    times: ArrayLike,
    *,
    rules: str = "nhs-4",
    direction: str | None = None,
    target: float | None = None,
    baseline: int | None = None,
    rebases: Sequence[Rebase] = (),
) -> ControlChart:
    """Chart the time between one rare event and the next (1-D, all above 0, any unit).

    Limits are set on times to the power 1/3.6, without screening, and shown in the unit of the
    times; a longer time is better when the event is harm (`direction` "increase").
    """
    array = positive(finite_vector(times, "times"), "times")
    if array.size < 2:
        raise TooFewPoints("times", "a control chart needs at least 2 points, has 1")
    aim = None if target is None else _powered_target(target)
    parts = checked_rebases(rebases, array.size)
    straight = array**_POWER
    centre, sigma = np.empty_like(array), np.empty_like(array)
    for start, stop in segments(array.size, parts):
        fixed = straight[start : start + baseline_points(baseline, stop - start), None]
        middle, spread = centre_and_sigma(fixed, screen=False)
        centre[start:stop], sigma[start:stop] = middle[0], spread[0]
    chart = finished_chart(
        "t",
        "t-chart, XmR of times to the power 1/3.6",
        straight,
        Lines(centre, sigma, 0.0, None),
        Question(rules, direction, aim, parts),
    )
    return _unpowered(chart, array, target)


def g_chart(
    counts: ArrayLike,
    *,
    rules: str = "nhs-4",
    direction: str | None = None,
    target: float | None = None,
    baseline: int | None = None,
    rebases: Sequence[Rebase] = (),
) -> ControlChart:
    """Chart how many cases lie between one rare event and the next (1-D whole numbers >= 0).

    Centre gbar, limits gbar +/- 3 sqrt(gbar (gbar + 1)), never below 0 (Benneyan, Health Care
    Manag Sci 2001; 4:305).
    """
    array = not_negative(finite_vector(counts, "counts"), "counts")
    if (array != array.round()).any():
        raise OutOfRange("counts", "must be whole numbers")
    if array.size < 2:
        raise TooFewPoints("counts", "a control chart needs at least 2 points, has 1")
    parts = checked_rebases(rebases, array.size)
    centre, sigma = np.empty_like(array), np.empty_like(array)
    for start, stop in segments(array.size, parts):
        middle = float(array[start : start + baseline_points(baseline, stop - start)].mean())
        centre[start:stop], sigma[start:stop] = middle, np.sqrt(middle * (middle + 1))
    return finished_chart(
        "g",
        "g-chart, geometric limits",
        array,
        Lines(centre, sigma, 0.0, None),
        Question(rules, direction, target, parts),
    )


def _powered_target(target: float) -> float:
    number = real(target, "target")
    if number < 0:
        raise OutOfRange("target", "a time is not negative")
    return float(number**_POWER)


def _unpowered(chart: ControlChart, times: Floats, target: float | None) -> ControlChart:
    def back(line: Sequence[float]) -> tuple[float, ...]:
        return tuple((np.asarray(line) ** (1 / _POWER)).tolist())

    return replace(
        chart,
        values=tuple(times.tolist()),
        centre=back(chart.centre),
        lower=back(chart.lower),
        upper=back(chart.upper),
        inner_lower=back(chart.inner_lower),
        inner_upper=back(chart.inner_upper),
        target=target,
    )
