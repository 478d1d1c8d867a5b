"""Times of the week at which one place is worse than at its other times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.signals import Contrast, contrast_within
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.findings import sentences
from wellheard.understand.findings.rules import (
    Claim,
    Finding,
    finding_policy,
    headlines,
    passing,
    weight,
)
from wellheard.understand.findings.scored import OVERALL, Scored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Booleans, Floats

_LOOSE_P = 1e-3
_MOST = 4
_MEDIAN_SQUARE = 0.4549364231195724
_PARTS = ((0, 6), (6, 12), (12, 18), (18, 24))
_EVERY = tuple(range(7))
_WEEKEND = (5, 6)
_STILL = 0.35
_METHOD = "answers at these times against the same place's other times, who answered held equal"


@dataclass(frozen=True, slots=True)
class Times:
    """Weekdays (0 Monday) and hours [begin, end)."""

    days: tuple[int, ...]
    begin: int = 0
    end: int = 24

    def inside(self, weekday: NDArray[np.int64], hour: NDArray[np.int64]) -> Booleans:
        return np.isin(weekday, self.days) & (hour >= self.begin) & (hour < self.end)


@dataclass(frozen=True, slots=True)
class _Found:
    scored: Scored
    place: int
    times: Times
    contrast: Contrast
    p: float


def find_peaks(all_scored: list[Scored]) -> Iterator[Finding]:
    """Weekdays and parts of the day, at single places."""
    found: list[_Found] = []
    tests = 0
    for scored in all_scored:
        own, count = _search(scored)
        found += own
        tests += count
    kept = passing([each.p for each in found], tests, finding_policy().false_discovery)
    worth = finding_policy().worth["peak"]
    claims = [
        Claim((each.place, bool(set(each.times.days) & {0}), each.times.days),
              each.scored.measure.code, each.contrast.z, each)
        for each, holds in zip(found, kept, strict=True)
        if holds and abs(each.contrast.estimate) >= worth * each.scored.stretch
    ]  # fmt: skip
    shown: set[int] = set()
    stories = headlines(claims, OVERALL, 1.0)
    for claim, also in sorted(stories, key=lambda each: -abs(each[0].z)):
        # One pattern of a place is news; its other times are the same pattern's other side.
        if claim.body.place not in shown:
            shown.add(claim.body.place)
            yield _finding(claim.body, also)


def _search(scored: Scored) -> tuple[list[_Found], int]:
    answers = scored.answers
    weekday, hour = answers.weekday[scored.rows], answers.hour[scored.rows]
    patterns = _patterns(with_hours=answers.has_hours)
    left = _without_common_week(scored, weekday, hour)
    slot = weekday * 24 + hour
    shape = (len(answers.places), 7 * 24)
    cell = scored.place * shape[1] + slot
    sizes = np.bincount(cell, minlength=shape[0] * shape[1]).astype(np.float64).reshape(shape)
    sums = np.bincount(cell, weights=left, minlength=sizes.size).reshape(shape)
    week_day, week_hour = np.repeat(np.arange(7), 24), np.tile(np.arange(24), 7)
    tried: list[tuple[int, Times, Contrast]] = []
    for times in patterns:
        slots = times.inside(week_day, week_hour)
        for place in range(shape[0]):
            one = _contrast(sums[place], sizes[place], slots, scored.by_mix.sd)
            if one is not None:
                tried.append((place, times, one))
    if not tried:
        return [], 0
    squares = np.array([one.z**2 for _, _, one in tried])
    wide = max(1.0, float(np.sqrt(np.median(squares) / _MEDIAN_SQUARE)))
    places = len({place for place, _, _ in tried})
    best: dict[int, tuple[int, Times, Contrast]] = {}
    for each in tried:
        held = best.get(each[0])
        if held is None or abs(each[2].z) > abs(held[2].z):
            best[each[0]] = each
    found = []
    for place, times, one in best.values():
        p = _tail(one.z / wide) * len(patterns)
        if p <= _LOOSE_P:
            exact = _narrowed(times, sums[place], sizes[place], scored.by_mix.sd, one,
                              with_hours=answers.has_hours)  # fmt: skip
            again = _contrast(
                sums[place], sizes[place], exact.inside(week_day, week_hour), scored.by_mix.sd
            )
            found.append(_Found(scored, place, exact, again or one, min(1.0, p)))
    return found, places


def _tail(z: float) -> float:
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


def _patterns(*, with_hours: bool) -> list[Times]:
    days = [Times((day,)) for day in _EVERY]
    found = [*days, Times(_WEEKEND)]
    if with_hours:
        found += [Times((day,), *part) for day in _EVERY for part in _PARTS]
        found += [Times(_EVERY, *part) for part in _PARTS]
        found += [Times(_WEEKEND, *part) for part in _PARTS]
    return found


def _without_common_week(
    scored: Scored, weekday: NDArray[np.int64], hour: NDArray[np.int64]
) -> Floats:
    """Residuals without the pattern all places share, such as weekends everywhere."""
    part = weekday * len(_PARTS) + hour // 6
    left = scored.by_mix.left
    sizes = np.bincount(part, minlength=28).astype(np.float64)
    sums = np.bincount(part, weights=left, minlength=28)
    shared: Floats = np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)
    return np.asarray(left - shared[part], np.float64)


def _contrast(sums: Floats, sizes: Floats, slots: Booleans, sd: float) -> Contrast | None:
    own, all_ = float(sizes[slots].sum()), float(sizes.sum())
    fewest = finding_policy().fewest_side
    if own < fewest or all_ - own < fewest:
        return None
    pair = np.array([[sums[slots].sum(), sums[~slots].sum()]])
    counts = np.array([[own, all_ - own]])
    return contrast_within(pair[:, 0], counts[:, 0], pair, counts, sd, level=0)


def _narrowed(
    times: Times, sums: Floats, sizes: Floats, sd: float, first: Contrast, *, with_hours: bool
) -> Times:
    """The hours within these weekdays at which it is surest, on two-hour steps or whole parts."""
    if not with_hours:
        return times
    week_day, week_hour = np.repeat(np.arange(7), 24), np.tile(np.arange(24), 7)
    best, surest = times, abs(first.z) * 1.02
    for begin in range(24):
        for end in range(begin + 2, 25):
            candidate = Times(times.days, begin, end)
            one = _contrast(sums, sizes, candidate.inside(week_day, week_hour), sd)
            if one is not None and one.z * first.z > 0 and abs(one.z) > surest:
                best, surest = candidate, abs(one.z)
    return best


@dataclass(frozen=True, slots=True)
class Span:
    """From which month and before which month a pattern was there; None where it always was."""

    began: date | None
    ended: date | None


def _span(found: _Found) -> tuple[Span, Contrast]:
    """Whether the pattern began or ended within the data, and its size while it was there."""
    scored = found.scored
    answers = scored.answers
    mine = scored.place == found.place
    inside = found.times.inside(answers.weekday[scored.rows], answers.hour[scored.rows])[mine]
    month, left = scored.month[mine], scored.by_mix.left[mine]
    best: tuple[float, int, Contrast, Contrast] | None = None
    for cut in range(2, answers.months - 1):
        early = _of_part(left, inside, month < cut, scored.by_mix.sd)
        late = _of_part(left, inside, month >= cut, scored.by_mix.sd)
        if early is None or late is None:
            continue
        se = np.hypot(early.high - early.low, late.high - late.low) / 3.92
        z = abs(early.estimate - late.estimate) / se
        if best is None or z > best[0]:
            best = (float(z), cut, early, late)
    if best is None or best[0] < 4:
        return Span(None, None), found.contrast
    _, cut, early, late = best
    if abs(late.estimate) < _STILL * abs(early.estimate):
        return Span(None, answers.month_start(cut)), early
    if abs(early.estimate) < _STILL * abs(late.estimate):
        return Span(answers.month_start(cut), None), late
    return Span(None, None), found.contrast


def _of_part(left: Floats, inside: Booleans, part: Booleans, sd: float) -> Contrast | None:
    own, others = left[part & inside], left[part & ~inside]
    if min(own.size, others.size) < load_policy().minimum_group:
        return None
    pair = np.array([[own.sum(), others.sum()]])
    counts = np.array([[own.size, others.size]], np.float64)
    return contrast_within(pair[:, 0], counts[:, 0], pair, counts, sd, level=0)


def _finding(found: _Found, also: tuple[str, ...]) -> Finding:
    scored, measure = found.scored, found.scored.measure
    where = scored.answers.places[found.place]
    span, contrast = _span(found)
    better = (contrast.estimate > 0) == scored.up_is_better
    ended = span.ended is not None
    at_place = int((scored.place == found.place).sum())
    return Finding(
        kind="peak",
        place=where.name,
        measure=measure.code,
        group=sentences.times_code(found.times.days, found.times.begin, found.times.end),
        direction="better" if better else "worse",
        start_on=span.began,
        estimate=contrast.estimate,
        low=contrast.low,
        high=contrast.high,
        # Of the place, not of the hours: how many came at one time of the week stays untold.
        n=at_place,
        method=_METHOD,
        verdict="ended" if ended else "better" if better else "worse",
        sentence=sentences.peak(where.name, measure, found.times.days, found.times.begin,
                                found.times.end, contrast, at_place, span.began, span.ended),
        site=where.site,
        place_id=where.pk,
        site_id=where.site_pk,
        also=also,
        rank=weight(contrast.estimate / scored.stretch, finding_policy().worth["peak"],
                    reach=at_place / scored.n, months_ago=None, good=better)
        * (0.6 if ended else 1.0),
        p=found.p,
        details={"ended": span.ended.isoformat() if span.ended else None},
    )  # fmt: skip
