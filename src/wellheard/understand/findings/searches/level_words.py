"""What is said of a shift or a trend that was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.signals import Bend
from wellheard.understand.findings import sentences
from wellheard.understand.findings.answers import days_since_epoch, plus_months
from wellheard.understand.findings.rules import Finding, finding_policy, weight
from wellheard.understand.findings.scored import Scored

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SOUGHT = "sought in all answers of a person together and in each question beside the others; "
_STEP = (
    _SOUGHT + "weighted least squares of months against all other places, adjusted for who answered"
)
_OF_ALL = (
    _SOUGHT + "weighted least squares of months with a yearly wave, against the organisation's own "
    "past, adjusted for who answered; autocorrelation counted"
)
_SLOPE = (
    _SOUGHT + "weighted least squares slope against all other places, adjusted for who answered"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A change in the points of a plain measure (``scored``), as it was found in a sharper series
    (``found_in``)."""

    scored: Scored
    found_in: Scored
    bend: Bend
    members: NDArray[np.int64]
    site: int
    everywhere: bool = False


def worded(found: Told, also: tuple[str, ...], *, p: float, sure: bool) -> Finding:
    """The finding with its sentence."""
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
        sentence=sentences.level(kind, name, measure, start, sides, bend, also,
                                 sure=sure),
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
        p=p,
        sure=sure,
        details={"before": sides[0], "after": sides[1], "n_before": bend.n_before,
                 "n_after": bend.n_after},
    )  # fmt: skip


def _sides(found: Told) -> tuple[float, float]:
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


def _start_day(found: Told) -> date:
    """The day the answers changed most, within the months in which the change began."""
    scored, bend = found.found_in, found.bend
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
    better = (bend.estimate > 0) == found.scored.up_is_better
    gain = np.where((gap > 0) == better, gain, -1.0)
    best = edges[gain >= gain.max() - 1e-9 * abs(gain.max())]
    # Days without answers cannot be told apart: of equal ones that nearest to the month's first.
    nearest = np.abs(best - days_since_epoch(month_day)).argmin()
    return answers.day_of(int(best[int(nearest)]))
