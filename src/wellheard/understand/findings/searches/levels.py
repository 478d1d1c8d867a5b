"""Shifts and trends: of single places and sites against all others in the same months, and of
everybody against their own past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.signals import Bend, Grid, bends, whole_bend
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.findings import sentences
from wellheard.understand.findings.answers import days_since_epoch, plus_months
from wellheard.understand.findings.rules import (
    Claim,
    Finding,
    finding_policy,
    headlines,
    passing,
    weight,
)
from wellheard.understand.findings.scored import OVERALL, Scored, showable, site_members

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LOOSE_P = 0.05
_FEWEST_PLACES, _WIDE, _NEAR_WORDING = 3, 2 / 3, 3
_SAME_STORY = 2
_STEP = "weighted least squares of months against all other places, adjusted for who answered"
_OF_ALL = (
    "weighted least squares of months with a yearly wave, against the organisation's own past, "
    "adjusted for who answered; autocorrelation counted"
)
_SLOPE = "weighted least squares slope against all other places, adjusted for who answered"


@dataclass(frozen=True, slots=True)
class _Found:
    scored: Scored
    bend: Bend
    members: NDArray[np.int64]
    site: int
    everywhere: bool = False


def find_levels(all_scored: list[Scored]) -> Iterator[Finding]:
    """Where and since when a measure stands or moves otherwise than before."""
    found: list[_Found] = []
    tests = 0
    for scored in all_scored:
        units, sites = _units(scored)
        tests += len(units)
        grid = _grid(scored, units)
        moved = bends(grid, most_p=_LOOSE_P, fewest=finding_policy().fewest_side)
        for bend in moved:
            found.append(_Found(scored, bend, units[bend.unit], sites[bend.unit]))
        tests += 1
        whole = _of_everybody(scored, grid, [units[bend.unit] for bend in moved])
        if whole is not None:
            found.append(whole)
    kept = passing([each.bend.p for each in found], tests, finding_policy().false_discovery)
    sure = [each for each, holds in zip(found, kept, strict=True) if holds and _matters(each)]
    claims = _claims(sure)
    for claim, also in headlines(claims, OVERALL, finding_policy().headline_share):
        yield _finding(claim.body, also)


def _units(scored: Scored) -> tuple[list[NDArray[np.int64]], list[int]]:
    """Single places, then sites; with each its site, 0 for single places."""
    places = np.unique(scored.place)
    sites = site_members(scored.answers)
    singles = [np.array([position]) for position in places]
    return [*singles, *sites.values()], [0] * len(singles) + list(sites)


def _grid(scored: Scored, units: list[NDArray[np.int64]]) -> Grid:
    means, sizes = scored.adjusted_cells()
    counted, begins = showable(sizes, scored.answers.first_month, load_policy().minimum_group)
    return Grid(means, np.where(counted, sizes, 0), scored.by_mix.sd, units, begins)


def _of_everybody(scored: Scored, grid: Grid, moved: list[NDArray[np.int64]]) -> _Found | None:
    """What changed nearly everywhere, told once: places that changed by themselves are told by
    their own finding and left out here, and no single place makes a change of everybody."""
    alone = {int(place) for members in moved for place in members}
    places = [int(p) for p in np.unique(scored.place) if int(p) not in alone]
    if len(places) < _FEWEST_PLACES:
        return None
    means, sizes = _together(grid, places)
    bend = whole_bend(means, sizes, scored.by_mix.sd, most_p=_LOOSE_P)
    if bend is None or min(bend.n_before, bend.n_after) < finding_policy().fewest_side:
        return None
    if _wording_changed(scored, bend) or not _is_wide(grid, places, bend):
        return None
    return _Found(scored, bend, np.array(places), 0, everywhere=True)


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
    for place in places:
        sizes, means = grid.sizes[place], grid.means[place]
        early, late = sizes[: bend.start].sum(), sizes[bend.start :].sum()
        if early and late:
            before = (means[: bend.start] * sizes[: bend.start]).sum() / early
            after = (means[bend.start :] * sizes[bend.start :]).sum() / late
            told += 1
            same += (after - before) * bend.estimate > 0
    return told >= _FEWEST_PLACES and same >= _WIDE * told


def _matters(found: _Found) -> bool:
    kind = "shift" if found.bend.kind == "step" else "trend"
    return abs(found.bend.estimate) >= finding_policy().worth[kind] * found.scored.stretch


def _claims(found: list[_Found]) -> list[Claim]:
    """Changes of one unit in one direction that began about together are one story."""
    claims: list[Claim] = []
    seen: list[tuple[int, int, bool, str, int]] = []
    for each in sorted(found, key=lambda f: -abs(f.bend.z)):
        unit = (each.site, int(each.members[0]) if not each.site else 0)
        if each.everywhere:
            unit = (0, -1)
        better = (each.bend.estimate > 0) == each.scored.up_is_better
        about = next(
            (
                story
                for story in seen
                if story[:2] == unit
                and story[2] == better
                and (story[3] == "slope" or each.bend.kind == "slope"
                     or abs(story[4] - each.bend.start) <= _SAME_STORY)
            ),
            None,
        )  # fmt: skip
        if about is None:
            about = (*unit, better, each.bend.kind, each.bend.start)
            seen.append(about)
        claims.append(Claim(about, each.scored.measure.code, each.bend.z, each))
    return claims


def _finding(found: _Found, also: tuple[str, ...]) -> Finding:
    scored, bend = found.scored, found.bend
    answers, measure = scored.answers, scored.measure
    where = None if found.everywhere else answers.places[int(found.members[0])]
    name = None if where is None else where.site if found.site else where.name
    better = (bend.estimate > 0) == scored.up_is_better
    kind = "shift" if bend.kind == "step" else "trend"
    start = _start_day(found)
    sides = _sides(found)
    mine = float(np.isin(scored.place, found.members).mean())
    ago = (answers.until - start).days / 30.4
    return Finding(
        kind="shift" if kind == "shift" else "trend",
        place=name,
        measure=measure.code,
        group="",
        direction="better" if better else "worse",
        start_on=start,
        estimate=bend.estimate,
        low=bend.low,
        high=bend.high,
        n=bend.n_before + bend.n_after,
        method=_OF_ALL if found.everywhere else _STEP if kind == "shift" else _SLOPE,
        verdict="better" if better else "worse",
        sentence=sentences.level(kind, name, measure, start, sides, bend, also),
        site=where.site if where else None,
        place_id=None if where is None or found.site else where.pk,
        site_id=where.site_pk if where else None,
        start_low=answers.month_start(bend.earliest),
        start_high=answers.month_start(min(bend.latest, answers.months - 1)),
        also=also,
        rank=weight(
            bend.estimate / scored.stretch,
            finding_policy().worth[kind],
            reach=mine,
            months_ago=ago if kind == "shift" else 0,
            good=better,
        ),
        p=bend.p,
        details={"before": sides[0], "after": sides[1], "n_before": bend.n_before,
                 "n_after": bend.n_after},
    )  # fmt: skip


def _sides(found: _Found) -> tuple[float, float]:
    """The plain scores before and since; for a slope of its first and last third."""
    scored, bend = found.scored, found.bend
    mine = np.isin(scored.place, found.members)
    if bend.kind == "step":
        early, late = scored.month < bend.start, scored.month >= bend.start
    else:
        third = max(1, (scored.answers.months - bend.start) // 3)
        early = (scored.month >= bend.start) & (scored.month < bend.start + third)
        late = scored.month >= scored.answers.months - third
    return (_mean(scored.score[mine & early]), _mean(scored.score[mine & late]))


def _mean(values: NDArray[np.float64]) -> float:
    return round(float(values.mean()), 1) if values.size else 0.0


def _start_day(found: _Found) -> date:
    """The day the answers changed most, within the months in which the change began."""
    scored, bend = found.scored, found.bend
    answers = scored.answers
    month_day = answers.month_start(bend.start)
    if bend.kind == "slope" or found.everywhere:
        return month_day
    mine = np.isin(scored.place, found.members)
    day = answers.day[scored.rows[mine]]
    left = (scored.by_mix.left + scored.by_mix.effects[0][scored.place])[mine]
    order = np.argsort(day, kind="stable")
    day, left = day[order], left[order]
    low = (plus_months(month_day, -1) - date(1970, 1, 1)).days
    high = (plus_months(month_day, 1) - date(1970, 1, 1)).days
    sums = np.concatenate([[0.0], np.cumsum(left)])
    total, n = sums[-1], left.size
    edges = np.arange(max(low, int(day[0]) + 1), min(high, int(day[-1])))
    cuts = np.searchsorted(day, edges)
    inside = (cuts >= 10) & (cuts <= n - 10)
    if not inside.any():
        return month_day
    cuts, edges = cuts[inside], edges[inside]
    gap = (total - sums[cuts]) / (n - cuts) - sums[cuts] / cuts
    gain = gap**2 * cuts * (n - cuts) / n
    gain = np.where(gap * bend.estimate > 0, gain, -1.0)
    best = edges[gain >= gain.max() - 1e-9 * abs(gain.max())]
    # Days without answers cannot be told apart: of equal ones that nearest to the month's first.
    nearest = np.abs(best - days_since_epoch(month_day)).argmin()
    return answers.day_of(int(best[int(nearest)]))
