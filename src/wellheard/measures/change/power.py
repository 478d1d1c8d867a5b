"""Before starting: how large a change could be seen, and how long must we measure?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtrit

from wellheard.measures.arrays import real, within
from wellheard.measures.change.interrupted import ADVISED_POINTS
from wellheard.measures.change.series import POINTS_FOR_AUTOCORRELATION, whitened
from wellheard.measures.errors import OutOfRange

_LONGEST = 240


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned before-after comparison and the chance that it shows `effect`."""

    effect: float
    point_sd: float
    points_before: int
    points_after: int
    autocorrelation: float
    power: float
    detectable: float
    method: str


def plan_change(
    *,
    effect: float,
    point_sd: float,
    points_before: int,
    points_after: int,
    autocorrelation: float = 0.0,
    trend: bool = False,
    level: float = 0.95,
) -> Plan:
    """Return the power to see a step of `effect` when single points vary by `point_sd`.

    Both in units of the values; `autocorrelation` 0 to 0.95; `trend` as in
    :func:`wellheard.measures.change.verdict.change_verdict`. `detectable` is the effect seen
    with 80 % power.
    """
    step, sd = abs(real(effect, "effect")), real(point_sd, "point_sd")
    if sd <= 0:
        raise OutOfRange("point_sd", "must be above 0")
    if min(points_before, points_after) < 2:
        raise OutOfRange("points_before", "needs at least 2 points on each side")
    if not 0 <= autocorrelation <= 0.95:
        raise OutOfRange("autocorrelation", "must lie between 0 and 0.95")
    se = sd * _unit_se(points_before, points_after, autocorrelation, trend)
    df = points_before + points_after - (3 if trend else 2)
    needed = float(stdtrit(max(1, df), 0.5 + within(level, "level", 0, 1) / 2))
    return Plan(
        step,
        sd,
        points_before,
        points_after,
        autocorrelation,
        float(ndtr(step / se - needed)),
        (needed + 0.8416212335729143) * se,
        "step change, known autocorrelation, normal approximation",
    )


def points_needed(
    *,
    effect: float,
    point_sd: float,
    points_before: int,
    autocorrelation: float = 0.0,
    trend: bool = False,
    power: float = 0.8,
    level: float = 0.95,
) -> Plan | None:
    """Return the plan with the fewest points after that reaches `power`, None if none does."""
    wanted = within(power, "power", 0, 1)
    for points_after in range(ADVISED_POINTS, _LONGEST + 1):
        plan = plan_change(
            effect=effect,
            point_sd=point_sd,
            points_before=points_before,
            points_after=points_after,
            autocorrelation=autocorrelation,
            trend=trend,
            level=level,
        )
        if plan.power >= wanted:
            return plan
    return None


def share_point_sd(share: float, answers_per_point: float, *, overdispersion: float = 1.0) -> float:
    """Return the standard deviation of one point that is a share of `answers_per_point`."""
    p, n = within(share, "share", 0, 1), real(answers_per_point, "answers_per_point")
    if n <= 0 or overdispersion < 1:
        raise OutOfRange("answers_per_point", "must be above 0, and overdispersion at least 1")
    return math.sqrt(overdispersion * p * (1 - p) / n)


def detectable_difference(
    n: int, entities: int, *, power: float = 0.8, level: float = 0.95
) -> float:
    """Return the difference of one entity from all others, in standard deviations of an answer.

    For `entities` of `n` respondents each (CAHPS instructions 4.1, power table): variance
    P / ((P - 1) n).
    """
    if n < 2 or entities < 2:
        raise OutOfRange("n", "needs at least 2 respondents and 2 entities")
    df = n * entities - entities
    reach = stdtrit(df, 0.5 + within(level, "level", 0, 1) / 2)
    reach += stdtrit(df, within(power, "power", 0, 1))
    return float(reach * math.sqrt(entities / ((entities - 1) * n)))


def _unit_se(before: int, after: int, rho: float, trend: bool) -> float:
    times = np.arange(before + after, dtype=np.float64)
    columns = [np.ones_like(times), (times >= before).astype(np.float64)]
    if trend:
        columns.append(times - times.mean())
    known = rho if before + after >= POINTS_FOR_AUTOCORRELATION else 0.0
    white = whitened(np.array([known]), times, np.column_stack(columns))[0][0]
    return float(math.sqrt(np.linalg.inv(white.T @ white)[1, 1]))
