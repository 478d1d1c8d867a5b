"""The gap map, pure: which stage is heard, which only waits, and where nobody asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["heard", "quiet", "gap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One way by which people at a stage can tell us something.

    ``kind`` and ``code`` say what it is; ``voices``: how many came within the days looked at;
    ``stage`` "": nobody has said where it belongs.
    """

    kind: str
    code: str
    name: str = ""
    stage: str
    voices: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage with its listening points."""

    stage: str
    state: State
    points: tuple[Point, ...]

    @property
    def voices(self) -> int:
        return sum(point.voices for point in self.points)


def gap_map(stages: Sequence[str], points: Iterable[Point]) -> list[StageLine]:
    """Every stage in order: "gap" without any listening point, "quiet" when nobody spoke there."""
    known = list(points)
    return [_line(stage, [point for point in known if point.stage == stage]) for stage in stages]


def unplaced(stages: Sequence[str], points: Iterable[Point]) -> list[Point]:
    """Points that belong to no stage we know: they close no gap."""
    return [point for point in points if point.stage not in stages]


def _line(stage: str, points: Sequence[Point]) -> StageLine:
    loudest = tuple(sorted(points, key=lambda point: (-point.voices, point.kind, point.code)))
    state: State = "gap" if not points else "heard" if any(p.voices for p in points) else "quiet"
    return StageLine(stage, state, loudest)
