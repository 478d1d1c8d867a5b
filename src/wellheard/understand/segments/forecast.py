"""Pure: how large a segment will be in the coming quarters, with a back-test against the past."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wellheard.measures.intervals import normal_quantile

LEVEL = 0.9
_ALPHA, _BETA, _DAMPING = 0.5, 0.2, 0.85
_SHORTEST = 4
Method = Callable[[Sequence[float], int], list[float]]


@dataclass(frozen=True, slots=True)
class Ahead:
    """One coming quarter: the forecast with its 90 % prediction interval, never below 0."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """``error``: mean absolute error one quarter ahead in the back-test; ``naive_error``: of
    saying "as last quarter". ``tests``: how many quarters were forecast from those before."""

    method: str
    ahead: tuple[Ahead, ...]
    error: float
    naive_error: float
    tests: int

    @property
    def beats_naive(self) -> bool:
        return self.error < self.naive_error


def forecast(series: Sequence[float], steps: int) -> Forecast:
    """The method that did best one quarter ahead from each point of the past.

    Needs six quarters at least (ValueError). Intervals widen with the root of the distance, from
    the back-test's own errors.
    """
    if len(series) < _SHORTEST + 2:
        raise ValueError(f"series: needs {_SHORTEST + 2} quarters, has {len(series)}")
    tested = {name: _back_test(series, method) for name, method in METHODS.items()}
    errors = {name: _mean([abs(x) for x in each]) for name, each in tested.items()}
    # In doubt the plainest method, which comes first.
    best = min(METHODS, key=lambda name: (round(errors[name], 9), list(METHODS).index(name)))
    spread = math.sqrt(_mean([x * x for x in tested[best]]))
    half = normal_quantile(LEVEL) * spread
    ahead = tuple(
        Ahead(value, max(0.0, value - half * math.sqrt(i + 1)), value + half * math.sqrt(i + 1))
        for i, value in enumerate(METHODS[best](series, steps))
    )
    return Forecast(best, ahead, errors[best], errors["as last quarter"], len(tested[best]))


def _back_test(series: Sequence[float], method: Method) -> list[float]:
    """Errors of forecasting each quarter from those before it."""
    return [series[at] - method(series[:at], 1)[0] for at in range(_SHORTEST, len(series))]


def _last(series: Sequence[float], steps: int) -> list[float]:
    return [series[-1]] * steps


def _same_quarter(series: Sequence[float], steps: int) -> list[float]:
    return [series[len(series) - 4 + step % 4] for step in range(steps)]


def _level(series: Sequence[float], steps: int) -> list[float]:
    return [_mean(series[-4:])] * steps


def _damped(series: Sequence[float], steps: int) -> list[float]:
    level, trend = series[0], series[1] - series[0]
    for value in series[1:]:
        before = level
        level = _ALPHA * value + (1 - _ALPHA) * (level + _DAMPING * trend)
        trend = _BETA * (level - before) + (1 - _BETA) * _DAMPING * trend
    found, reach = [], 0.0
    for step in range(steps):
        reach += _DAMPING ** (step + 1)
        found.append(max(0.0, level + reach * trend))
    return found


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


METHODS: dict[str, Method] = {
    "as last quarter": _last,
    "mean of four quarters": _level,
    "same quarter of last year": _same_quarter,
    "damped trend": _damped,
}
