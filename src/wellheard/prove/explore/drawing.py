"""Where each figure and its interval stand, in percent of the frame; the template draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wellheard.prove.explore.queries import Figure

_ROOM = 0.06


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: its interval from ``low`` to ``high`` and its estimate, as percent of the width."""

    low: str
    high: str
    at: str
    says: str
    few: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """Lines on one scale, with labelled ticks (place, words)."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[str, str], ...]


def bars_of(figures: Sequence[Figure], says: Sequence[str]) -> Bars | None:
    """The figures on one scale from the lowest bound to the highest; None for none."""
    if not figures:
        return None
    low = min(each.score.low for each in figures)
    high = max(each.score.high for each in figures)
    room = max((high - low) * _ROOM, 1.0)
    bottom, top = low - room, high + room

    def place(value: float) -> str:
        return f"{100 * (value - bottom) / (top - bottom):.2f}%"

    drawn = tuple(
        Bar(
            place(each.score.low),
            place(each.score.high),
            place(each.score.estimate),
            said,
            each.score.is_low,
        )
        for each, said in zip(figures, says, strict=True)
    )
    return Bars(drawn, tuple((place(value), f"{value:g}") for value in _ticks(bottom, top)))


def _ticks(bottom: float, top: float) -> list[float]:
    step = next((size for size in (1, 2, 5, 10, 20, 25, 50) if size >= (top - bottom) / 5), 100)
    first = -(-bottom // step) * step
    found = []
    while first <= top:
        found.append(first)
        first += step
    return found
