"""Shifts and trends: of single places and sites against all others in the same months, and of
everybody against their own past.

Sought in the sharpened series, where they are seen first; told by the plain measures that show
them too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.signals import Bend, Grid, bends, sized, whole_bend
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.findings.leads import Lead, Search, joint
from wellheard.understand.findings.rules import Claim, Finding, finding_policy, headlines
from wellheard.understand.findings.scored import OVERALL, Scored, showable, site_members
from wellheard.understand.findings.searches.level_words import Told, worded
from wellheard.understand.findings.sharpened import TOGETHER, Sharpened

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LOOSE_P = 0.05
_FEWEST_PLACES, _WIDE, _NEAR_WORDING = 3, 2 / 3, 3
_SAME_STORY = 2
# The plain measure must show it by itself (two-sided 2.5 %), and a change taken into account when
# another is sized must be rather sure.
_SEEN, _SURE_TERM = 2.24, 1e-3


@dataclass(frozen=True, slots=True)
class _Moved:
    """One series of one unit that moved; ``site`` 0 for single places."""

    scored: Scored
    bend: Bend
    members: NDArray[np.int64]
    site: int
    everywhere: bool = False

    @property
    def unit(self) -> tuple[int, int]:
        if self.everywhere:
            return (0, -1)
        return (self.site, 0 if self.site else int(self.members[0]))

    @property
    def better(self) -> bool:
        return self.bend.estimate > 0


@dataclass(frozen=True, slots=True)
class _Story:
    """Changes of one unit in one direction that began about together, the surest first."""

    moves: list[_Moved]

    @property
    def top(self) -> _Moved:
        return self.moves[0]

    def takes(self, other: _Moved) -> bool:
        top = self.top
        return (
            top.unit == other.unit
            and top.better == other.better
            and (
                "slope" in (top.bend.kind, other.bend.kind)
                or abs(top.bend.start - other.bend.start) <= _SAME_STORY
            )
        )


def search_levels(sharp: Sharpened) -> list[Search]:
    """Where and since when something stands or moves otherwise than before."""
    units, sites = _units(sharp)
    moves: list[_Moved] = []
    for scored in sharp.series:
        grid = _grid(scored, units)
        moved = bends(grid, most_p=_LOOSE_P, fewest=finding_policy().fewest_side)
        moves += [_Moved(scored, bend, units[bend.unit], sites[bend.unit]) for bend in moved]
        whole = _of_everybody(scored, grid, [units[bend.unit] for bend in moved])
        if whole is not None:
            moves.append(whole)
    stories = _stories(moves)
    plain = _Plain(sharp, units)
    leads = {True: [], False: []}  # type: dict[bool, list[Lead]]
    for story in stories:
        p = _p(sharp, story)
        tell = partial(_tell, plain, story, _beside(sharp, story, stories), p)
        leads[story.top.everywhere].append(Lead(p, tell))
    return [Search("level", len(units), leads[False]), Search("everybody", 1, leads[True])]


def _p(sharp: Sharpened, story: _Story) -> float:
    return joint(
        {
            each.scored.measure.code: (each.bend.p, sharp.share(each.scored))
            for each in reversed(story.moves)
        }
    )


def _units(sharp: Sharpened) -> tuple[list[NDArray[np.int64]], list[int]]:
    """Single places, then sites; with each its site, 0 for single places."""
    if not sharp.series:
        return [], []
    places = np.unique(np.concatenate([np.unique(each.place) for each in sharp.series]))
    sites = site_members(sharp.series[0].answers)
    singles = [np.array([position]) for position in places]
    return [*singles, *sites.values()], [0] * len(singles) + list(sites)


def _grid(scored: Scored, units: list[NDArray[np.int64]]) -> Grid:
    means, sizes = scored.adjusted_cells()
    counted, begins = showable(sizes, scored.answers.first_month, load_policy().minimum_group)
    return Grid(means, np.where(counted, sizes, 0), scored.by_mix.sd, units, begins)


def _stories(moves: list[_Moved]) -> list[_Story]:
    stories: list[_Story] = []
    for each in sorted(moves, key=lambda move: -abs(move.bend.z)):
        own = next((story for story in stories if story.takes(each)), None)
        if own is None:
            stories.append(_Story([each]))
        else:
            own.moves.append(each)
    return stories


def _beside(sharp: Sharpened, story: _Story, stories: list[_Story]) -> list[Bend]:
    """Changes elsewhere that are sure enough to be held equal when this one is sized."""
    return [
        other.top.bend
        for other in stories
        if other.top.unit != story.top.unit
        and not other.top.everywhere
        and _p(sharp, other) < _SURE_TERM
    ]


class _Plain:
    """Plain measures, their grids made when first asked for."""

    def __init__(self, sharp: Sharpened, units: list[NDArray[np.int64]]) -> None:
        self.sharp = sharp
        self.grid = cache(lambda code: _grid(sharp.plain[code], units))

    def tellers(self, story: _Story) -> list[Scored]:
        codes = {each.scored.measure.code for each in story.moves}
        if TOGETHER in codes:
            return list(self.sharp.plain.values())
        return [each for code, each in self.sharp.plain.items() if code in codes]

    def sized(self, scored: Scored, move: _Moved, beside: list[Bend]) -> Bend | None:
        """What was found, in this measure's points, where enough answered on both sides."""
        grid = self.grid(scored.measure.code)
        if move.everywhere:
            places = [int(place) for place in move.members]
            means, sizes = _together(grid, places)
            bend = whole_bend(means, sizes, scored.by_mix.sd, most_p=1.0, only=move.bend)
        else:
            bend = sized(grid, [move.bend, *beside])[0]
        return bend if bend and _enough(bend) else None


def _enough(bend: Bend) -> bool:
    """Whether enough answered on both sides; a slope may be there from the first month on."""
    fewest = finding_policy().fewest_side
    if bend.kind == "slope":
        return bend.n_before + bend.n_after >= 2 * fewest
    return min(bend.n_before, bend.n_after) >= fewest


def _tell(plain: _Plain, story: _Story, beside: list[Bend], p: float, sure: bool) -> Finding | None:
    """The story by the plain measure that shows it best; None where none shows it."""
    move = story.top
    kind = "shift" if move.bend.kind == "step" else "trend"
    worth = finding_policy().worth[kind]
    claims = [
        Claim((), scored.measure.code, bend.z, Told(scored, move.scored, bend, move.members,
                                                   move.site, move.everywhere))
        for scored in plain.tellers(story)
        if (bend := plain.sized(scored, move, beside)) is not None
        and ((bend.estimate > 0) == scored.up_is_better) == move.better
        and abs(bend.z) >= _SEEN
        and abs(bend.estimate) >= worth * scored.stretch
    ]  # fmt: skip
    for claim, also in headlines(claims, OVERALL, finding_policy().headline_share):
        return worded(claim.body, also, p=p, sure=sure)
    return None


def _of_everybody(scored: Scored, grid: Grid, moved: list[NDArray[np.int64]]) -> _Moved | None:
    """What changed nearly everywhere, told once: places that changed by themselves are told by
    their own finding and left out here, and no single place makes a change of everybody."""
    alone = {int(place) for members in moved for place in members}
    places = [int(p) for p in np.unique(scored.place) if int(p) not in alone]
    if len(places) < _FEWEST_PLACES:
        return None
    means, sizes = _together(grid, places)
    bend = whole_bend(means, sizes, scored.by_mix.sd, most_p=_LOOSE_P)
    if bend is None or not _enough(bend):
        return None
    if _wording_changed(scored, bend) or not _is_wide(grid, places, bend):
        return None
    return _Moved(scored, bend, np.array(places), 0, everywhere=True)


def _together(grid: Grid, places: list[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Months of these places together, as if each place had the same share of every month."""
    sizes = grid.sizes[places]
    level = np.divide(
        (grid.means[places] * sizes).sum(axis=1),
        sizes.sum(axis=1),
        out=np.zeros(len(places)),
        where=sizes.sum(axis=1) > 0,
    )
    total = sizes.sum(axis=0)
    left = ((grid.means[places] - level[:, None]) * sizes).sum(axis=0)
    means = np.divide(left, total, out=np.zeros_like(left), where=total > 0)
    return means, total


def _wording_changed(scored: Scored, bend: Bend) -> bool:
    """Whether another wording of the questions began about then: its effect and a change of
    everybody cannot be told apart."""
    version = scored.answers.version[scored.rows]
    begins = [int(scored.month[version == each].min()) for each in np.unique(version)]
    later = [month for month in begins if month > 0]
    if bend.kind == "slope":
        return any(month > bend.start for month in later)
    near = _NEAR_WORDING
    return any(bend.earliest - near <= month <= bend.latest + near for month in later)


def _is_wide(grid: Grid, places: list[int], bend: Bend) -> bool:
    """Whether two of three places with answers on both sides moved the same way."""
    same = told = 0
    # A slope that was there from the first month on has no months before it.
    cut = bend.start if bend.kind == "step" else (bend.start + grid.sizes.shape[1]) // 2
    for place in places:
        sizes, means = grid.sizes[place], grid.means[place]
        early, late = sizes[:cut].sum(), sizes[cut:].sum()
        if early and late:
            before = (means[:cut] * sizes[:cut]).sum() / early
            after = (means[cut:] * sizes[cut:]).sum() / late
            told += 1
            same += (after - before) * bend.estimate > 0
    return told >= _FEWEST_PLACES and same >= _WIDE * told
