"""Where everything lies on a sheet, in millimetres from its upper left corner. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

VERSION = 1
PAPERS: Mapping[str, tuple[float, float]] = {"a4": (210, 297), "letter": (215.9, 279.4)}
SIZES = (12, 18)
MARK = 5.0
CODE = 22.0
_EDGE = 9.0
_CODE_EDGE = 17.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """One box to cross ("tick", with the value it stands for) or one field to write in ("area")."""

    code: str
    value: int
    kind: str
    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """One version of one sheet. ``spots`` come back from the typesetter."""

    width: float
    height: float
    pages: int
    spots: tuple[Spot, ...]

    @property
    def marks(self) -> tuple[Point, ...]:
        """Upper left corners of the eight registration marks."""
        return mark_places(self.width, self.height)

    @property
    def codes(self) -> tuple[Point, Point]:
        """Upper left corners of the codes A (above) and B (below)."""
        return code_places(self.width, self.height)

    def on(self, page: int) -> list[Spot]:
        return [spot for spot in self.spots if spot.page == page]

    def kept(self) -> dict[str, Any]:
        """As data, to be kept with the print run."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Layout:
        return cls(
            data["width"],
            data["height"],
            data["pages"],
            tuple(Spot(**spot) for spot in data["spots"]),
        )


def mark_places(width: float, height: float) -> tuple[Point, ...]:
    """Four corners and the middle of each side: a page may lose one side and still be placed."""
    right, low = width - _EDGE - MARK, height - _EDGE - MARK
    middle, half = (width - MARK) / 2, (height - MARK) / 2
    return (
        (_EDGE, _EDGE),
        (middle, _EDGE),
        (right, _EDGE),
        (_EDGE, half),
        (right, half),
        (_EDGE, low),
        (middle, low),
        (right, low),
    )


def code_places(width: float, height: float) -> tuple[Point, Point]:
    """Above on the left, below on the right: turned by half, each lies where the other was."""
    return (_CODE_EDGE, _CODE_EDGE), (width - _CODE_EDGE - CODE, height - _CODE_EDGE - CODE)


def spots_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Spot, ...]:
    """The spots as the typesetter told them."""
    return tuple(
        Spot(
            code=row["code"],
            value=int(row["value"]),
            kind=row["kind"],
            page=int(row["page"]),
            **{name: round(float(row[name]), 3) for name in ("x", "y", "width", "height")},
        )
        for row in rows
    )
