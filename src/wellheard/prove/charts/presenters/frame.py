"""The frame of a chart: from values and positions to percent, so that it follows the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wellheard.prove.charts.presenters.sentences import unit_value
from wellheard.prove.charts.rules import Series

if TYPE_CHECKING:
    from wellheard.measures.spc import ControlChart

_INSET = 2.5
_ROOM = 0.12


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis; `anchor`: start, middle or end."""

    at: str
    label: str
    anchor: str = "middle"
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Scaled:
    """A chart's lines in the units people read (shares as percent)."""

    values: tuple[float, ...]
    centre: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]

    @classmethod
    def of(cls, chart: ControlChart) -> Scaled:
        times = 100 if chart.kind in ("p", "p_prime") else 1
        lines = (chart.values, chart.centre, chart.lower, chart.upper)
        return cls(*(tuple(times * value for value in line) for line in lines))


@dataclass(frozen=True, slots=True)
class Frame:
    """From values and positions to percent of the frame."""

    bottom: float
    top: float
    points: int

    @classmethod
    def around(cls, scaled: Scaled, points: int) -> Frame:
        seen = (*scaled.values, *scaled.lower, *scaled.upper)
        low, high = min(seen), max(seen)
        room = max((high - low) * _ROOM, 1.0)
        return cls(low - room, high + room, points)

    def x(self, position: float) -> float:
        return _INSET + position * (100 - 2 * _INSET) / max(1, self.points - 1)

    def y(self, value: float) -> float:
        return 100 * (self.top - value) / (self.top - self.bottom)

    def path(self, values: Sequence[float]) -> str:
        spots = (f"{self.x(i):.2f} {self.y(v):.2f}" for i, v in enumerate(values))
        return "M" + "L".join(spots)

    def steps(self, values: Sequence[float]) -> str:
        """A line that keeps its height around each point, as limits of varying size do."""
        parts = []
        for i, value in enumerate(values):
            start = 0.0 if i == 0 else self.x(i - 0.5)
            stop = 100.0 if i == len(values) - 1 else self.x(i + 0.5)
            height = f"{self.y(value):.2f}"
            parts.append(f"{start:.2f} {height}L{stop:.2f} {height}")
        return "M" + "L".join(parts)

    def band(self, lower: Sequence[float], upper: Sequence[float]) -> str:
        there = self.steps(upper)
        back = self.steps(lower).removeprefix("M").split("L")
        return there + "L" + "L".join(reversed(back)) + "Z"

    def across(self, series: Series) -> tuple[Tick, ...]:
        """Labels of the value axis at round numbers."""
        size = _round_step((self.top - self.bottom) / 4)
        first = -(-self.bottom // size) * size
        found = []
        value = first
        while value <= self.top:
            found.append(Tick(f"{self.y(value):.2f}%", unit_value(series.measure, value)))
            value += size
        return tuple(found)


def _round_step(rough: float) -> float:
    for size in (1, 2, 5, 10, 20, 25, 50):
        if size >= rough:
            return float(size)
    return 100.0
