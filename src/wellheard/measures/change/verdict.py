"""One question, one of three answers: better, not better, or cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from wellheard.measures.arrays import finite_vector, real
from wellheard.measures.change.guards import MixShift
from wellheard.measures.change.interrupted import (
    ADVISED_POINTS,
    InterruptedSeries,
    interrupted_series,
)
from wellheard.measures.change.series import Estimate
from wellheard.measures.errors import OutOfRange, UnknownName

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Answer = Literal["better", "not_better", "cannot_tell"]
Reason = Literal[
    "improved",
    "improved_too_little",
    "no_worthwhile_improvement",
    "got_worse",
    "too_few_points",
    "interval_too_wide",
    "other_people_answered",
]


@dataclass(frozen=True, slots=True)
class ChangeVerdict:
    """The answer, why, and the effect with its interval (positive = in the wanted direction).

    `effect` is None only when there are too few points to compute one. `series` holds the whole
    analysis in the units and sign of the values.
    """

    answer: Answer
    reason: Reason
    effect: Estimate | None
    worthwhile: float
    n_before: int
    n_after: int
    series: InterruptedSeries | None
    method: str


def change_verdict(
    values: ArrayLike,
    change_at: int,
    *,
    direction: str,
    worthwhile: float,
    least_points: int = ADVISED_POINTS,
    phase_in: int = 0,
    selected_on: int = 0,
    trend: bool = False,
    season: int | None = None,
    control: ArrayLike | None = None,
    mix: MixShift | None = None,
    level: float = 0.95,
) -> ChangeVerdict:
    """Say whether an evenly spaced series (1-D) got better at `change_at`, declared in advance.

    `direction` is "increase" or "decrease"; `worthwhile` > 0 is the smallest improvement worth
    having, in units of the values. *Better*: the interval of the effect lies above 0 and reaches
    `worthwhile`. *Not better*: it lies below `worthwhile`. Otherwise, with fewer than
    `least_points` on a side, or when `mix` shows that other people answered: *cannot tell*.
    `selected_on` leaves out that many points just before the change, those that made people act
    (regression to the mean); `trend` allows for a slope that was there before, at a price in
    power; `phase_in`, `season`, `control` as in :func:`interrupted_series`.
    """
    array = finite_vector(values, "values")
    if direction not in ("increase", "decrease"):
        raise UnknownName("direction", f"is 'increase' or 'decrease', not {direction!r}")
    least = real(worthwhile, "worthwhile")
    if least <= 0:
        raise OutOfRange("worthwhile", "must be above 0: name the smallest useful improvement")
    if not 0 <= change_at <= len(array):
        raise OutOfRange("change_at", f"must lie inside the series of {len(array)} points")
    before, after = change_at - selected_on, len(array) - change_at - phase_in
    if min(before, after) < max(2, least_points):
        return ChangeVerdict(
            "cannot_tell", "too_few_points", None, least, max(0, before), max(0, after), None,
            f"needs {max(2, least_points)} points on each side",
        )  # fmt: skip
    series = interrupted_series(
        array,
        change_at,
        phase_in=phase_in,
        left_out_before=selected_on,
        trend=trend,
        season=season,
        control=control,
        level=level,
    )
    effect = series.effect if direction == "increase" else _turned(series.effect)
    answer, reason = _judged(effect, least, mix)
    return ChangeVerdict(
        answer, reason, effect, least, series.n_before, series.n_after, series, series.method
    )


def _judged(effect: Estimate, least: float, mix: MixShift | None) -> tuple[Answer, Reason]:
    if effect.high < 0:
        return "not_better", "got_worse"
    if effect.high < least:
        if effect.low > 0:
            return "not_better", "improved_too_little"
        return "not_better", "no_worthwhile_improvement"
    if effect.low <= 0:
        return "cannot_tell", "interval_too_wide"
    if mix is not None and mix.suspicious:
        return "cannot_tell", "other_people_answered"
    return "better", "improved"


def _turned(effect: Estimate) -> Estimate:
    return Estimate(-effect.estimate, -effect.high, -effect.low, effect.se, effect.p, effect.level)
