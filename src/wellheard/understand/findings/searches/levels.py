"""Shifts and trends of single places and sites, each against all others in the same months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.signals import Bend, Grid, bends
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
_SAME_STORY = 2
_STEP = "weighted least squares of months against all other places, adjusted for who answered"
_SLOPE = "weighted least squares slope against all other places, adjusted for who answered"


@dataclass(frozen=True, slots=True)
class _Found:
    scored: Scored
    bend: Bend
    members: NDArray[np.int64]
    site: int


def find_levels(all_scored: list[Scored]) -> Iterator[Finding]:
    """Where and since when a measure stands or moves otherwise than before."""
    found: list[_Found] = []
    tests = 0
    for scored in all_scored:
        units, sites = _units(scored)
        tests += len(units)
        grid = _grid(scored, units)
        for bend in bends(grid, most_p=_LOOSE_P, fewest=finding_policy().fewest_side):
            found.append(_Found(scored, bend, units[bend.unit], sites[bend.unit]))
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


def _matters(found: _Found) -> bool:
    kind = "shift" if found.bend.kind == "step" else "trend"
    return abs(found.bend.estimate) >= finding_policy().worth[kind] * found.scored.stretch


def _claims(found: list[_Found]) -> list[Claim]:
    """Changes of one unit in one direction that began about together are one story."""
    claims: list[Claim] = []
    seen: list[tuple[int, int, bool, str, int]] = []
    for each in sorted(found, key=lambda f: -abs(f.bend.z)):
        unit = (each.site, int(each.members[0]) if not each.site else 0)
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
    where = answers.places[int(found.members[0])]
    better = (bend.estimate > 0) == scored.up_is_better
    kind = "shift" if bend.kind == "step" else "trend"
    start = _start_day(found)
    sides = _sides(found)
    mine = float(np.isin(scored.place, found.members).mean())
    ago = (answers.until - start).days / 30.4
    return Finding(
        kind="shift" if kind == "shift" else "trend",
        place=where.site if found.site else where.name,
        measure=measure.code,
        group="",
        direction="better" if better else "worse",
        start_on=start,
        estimate=bend.estimate,
        low=bend.low,
        high=bend.high,
        n=bend.n_before + bend.n_after,
        method=_STEP if kind == "shift" else _SLOPE,
        verdict="better" if better else "worse",
        sentence=sentences.level(
            kind, where.site if found.site else where.name, measure, start, sides, bend, also
        ),
        site=where.site,
        place_id=None if found.site else where.pk,
        site_id=where.site_pk,
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
    if bend.kind == "slope":
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
