"""Pure: our share of an area, its rivals, and how it moved over the years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from wellheard.measures.errors import EmptyData
from wellheard.measures.market import BoundedShare, Counted, bounded_share, moved, primary_area

METHOD = "share of published cases; bounds from the cells not published, not a confidence interval"


@dataclass(frozen=True, slots=True)
class Cell:
    """Cases of one hospital from one area in one year; None: not published."""

    hospital: str
    area: str
    cases: int | None
    days: int | None = None

    @property
    def counted(self) -> Counted:
        return Counted(0, 1) if self.cases is None else Counted(self.cases)


@dataclass(frozen=True, slots=True)
class Room:
    """What a cell that is not published may hold."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class AreaShare:
    """One area: our share, and the largest other hospital there."""

    area: str
    share: BoundedShare
    largest: str


@dataclass(frozen=True, slots=True)
class YearShare:
    """One year: our share over the same areas as every other year; ``change``: since the year
    listed before it."""

    year: int
    share: BoundedShare
    change: str


@dataclass(frozen=True, slots=True)
class Market:
    """The newest year's primary service area and what became of it."""

    year: int
    areas: tuple[AreaShare, ...]
    whole: BoundedShare
    years: tuple[YearShare, ...]
    followed: int
    rivals: tuple[tuple[str, BoundedShare], ...]


def market_of(
    cells: Mapping[int, Sequence[Cell]],
    ours: Mapping[int, Collection[str]],
    *,
    part: float,
    room: Room,
) -> Market | None:
    """Our market by the newest year in ``cells``; None while no case of ours is published.

    Years are compared over those areas of it that every year's file holds, so that the share
    moves because cases did and not because the area did.
    """
    if not cells:
        return None
    newest = max(cells)
    mine = _summed(c for c in cells[newest] if c.hospital in ours[newest])
    home = primary_area(mine, part=part)
    if not home:
        return None
    held = set(home).intersection(*({c.area for c in each} for each in cells.values()))
    inside = [c for c in cells[newest] if c.area in home]
    return Market(
        year=newest,
        areas=tuple(_area(area, inside, ours[newest], room) for area in home),
        whole=share_in(inside, ours[newest], room),
        years=tuple(_years(cells, ours, held, room)),
        followed=len(held),
        rivals=tuple(_rivals(inside, ours[newest], room)),
    )


def share_in(cells: Iterable[Cell], ours: Collection[str], room: Room) -> BoundedShare:
    """Our share of the cases in these cells. Raises EmptyData when there can be none."""
    mine, theirs = Counted(0), Counted(0)
    for cell in cells:
        if cell.hospital in ours:
            mine += cell.counted
        else:
            theirs += cell.counted
    return bounded_share(mine, theirs, least=room.least, most=room.most)


def _summed(cells: Iterable[Cell]) -> dict[str, int]:
    """Published cases by area."""
    found: dict[str, int] = defaultdict(int)
    for cell in cells:
        found[cell.area] += cell.cases or 0
    return dict(found)


def _area(area: str, cells: Iterable[Cell], ours: Collection[str], room: Room) -> AreaShare:
    here = [cell for cell in cells if cell.area == area]
    others = [cell for cell in here if cell.hospital not in ours and cell.cases]
    largest = max(others, key=lambda cell: (cell.cases or 0, cell.hospital), default=None)
    return AreaShare(area, share_in(here, ours, room), largest.hospital if largest else "")


def _years(
    cells: Mapping[int, Sequence[Cell]],
    ours: Mapping[int, Collection[str]],
    held: Collection[str],
    room: Room,
) -> Iterable[YearShare]:
    before: BoundedShare | None = None
    for year in sorted(cells):
        try:
            share = share_in((c for c in cells[year] if c.area in held), ours[year], room)
        except EmptyData:
            continue
        yield YearShare(year, share, moved(share, before) if before else "")
        before = share


def _rivals(
    cells: Sequence[Cell], ours: Collection[str], room: Room
) -> Iterable[tuple[str, BoundedShare]]:
    """Every other hospital with published cases in the area, the largest first."""
    totals: dict[str, int] = defaultdict(int)
    for cell in cells:
        if cell.hospital not in ours:
            totals[cell.hospital] += cell.cases or 0
    for hospital in sorted(totals, key=lambda each: (-totals[each], each)):
        if totals[hospital]:
            yield hospital, share_in(cells, {hospital}, room)
