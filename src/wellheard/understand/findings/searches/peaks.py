"""Times of the week at which one place is worse than at its other times."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.signals import Contrast, chance_of_best, contrast_within, mean_tail_z
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.findings import sentences
from wellheard.understand.findings.leads import Lead, Search, joint
from wellheard.understand.findings.rules import Claim, Finding, finding_policy, headlines, weight
from wellheard.understand.findings.scored import OVERALL, Scored
from wellheard.understand.findings.sharpened import Sharpened

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Booleans, Floats

_LOOSE_P = 1e-2
_MEDIAN_SQUARE = 0.4549364231195724
# Quarters of the day, and the hours within which clinics and wards have their rushes.
_QUARTERS = ((0, 6), (6, 12), (12, 18), (18, 24))
_RUSHES = ((6, 10), (8, 12), (10, 14), (13, 17), (16, 20))
_EVERY = tuple(range(7))
_WEEKEND = (5, 6)
_MONTHS_TO_HALVE = 8
_CHANGED, _CHANGED_IN_A_HALF = 4.0, 2.5
# What the sharper series bring to light must be seen in the points that are told.
_SEEN = 2.24
_ENOUGH = 4_000
_STILL = 0.35
_METHOD = (
    "sought in all answers of a person together and in each question beside the others; answers at "
    "these times against the same place's other times, who answered held equal"
)


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
    """The surest time of one place in one series; ``in_half``: surest within one half of the time,
    it came or went."""

    scored: Scored
    place: int
    times: Times
    z: float
    p: float
    window: tuple[int, ...]

    @property
    def in_half(self) -> bool:
        return len(self.window) == 1


def search_peaks(sharp: Sharpened) -> Search:
    """Weekdays and parts of the day, at single places."""
    stories: dict[int, list[_Found]] = defaultdict(list)
    tests = 0
    for scored in sharp.series:
        found, count = _search(scored)
        tests = max(tests, count)
        for each in found:
            stories[each.place].append(each)
    leads = []
    for same in stories.values():
        # One pattern of a place is news; its other times are the same pattern's other side.
        same.sort(key=lambda found: found.p / sharp.share(found.scored))
        p = joint({each.scored.measure.code: (each.p, sharp.share(each.scored)) for each in same})
        leads.append(Lead(p, partial(_tell, sharp, same[0], p)))
    return Search("peak", tests, leads)


def _tell(sharp: Sharpened, found: _Found, p: float, sure: bool) -> Finding | None:
    """By the plain measure that shows it best; None where none shows it."""
    claims = []
    worth = finding_policy().worth["peak"]
    for scored in sharp.told_by(found.scored):
        week = _week(scored)
        sums, sizes = (part[found.place] for part in week.of(found.window))
        contrast = _contrast(sums, sizes, _slots(found.times), week.sd, _fewest())
        if contrast is None or abs(contrast.z) < _SEEN:
            continue
        same_way = ((contrast.estimate > 0) == scored.up_is_better) == (found.z > 0)
        if same_way and abs(contrast.estimate) >= worth * scored.stretch:
            claims.append(
                Claim((), scored.measure.code, contrast.z, _Told(found, scored, contrast))
            )
    for claim, also in headlines(claims, OVERALL, 1.0):
        return _finding(claim.body, also, p=p, sure=sure)
    return None


@dataclass(frozen=True, slots=True)
class _Told:
    found: _Found
    scored: Scored
    contrast: Contrast


@dataclass(frozen=True, slots=True)
class _Week:
    """Sums of what is left and numbers of answers by place, half of the time and hour of the week
    (P, 2, 168)."""

    sums: Floats
    sizes: Floats
    sd: float

    def of(self, window: tuple[int, ...]) -> tuple[Floats, Floats]:
        halves = list(window)
        return self.sums[:, halves].sum(axis=1), self.sizes[:, halves].sum(axis=1)


def _week(scored: Scored) -> _Week:
    answers = scored.answers
    weekday, hour = answers.weekday[scored.rows], answers.hour[scored.rows]
    left = _without_common_week(scored.by_mix.left, weekday, hour)
    half = (scored.month * 2 >= answers.months).astype(np.int64)
    shape = (len(answers.places), 2, 7 * 24)
    cell = (scored.place * 2 + half) * shape[2] + weekday * 24 + hour
    most = shape[0] * shape[1] * shape[2]
    sizes = np.bincount(cell, minlength=most).astype(np.float64).reshape(shape)
    sums = np.bincount(cell, weights=left, minlength=most).reshape(shape)
    return _Week(np.asarray(sums, np.float64), sizes, float(left.std()) or 1.0)


def _search(scored: Scored) -> tuple[list[_Found], int]:
    """The surest time of each place, over the whole time and in either half."""
    answers = scored.answers
    patterns = _patterns(with_hours=answers.has_hours)
    slots = np.array([_slots(times) for times in patterns], np.float64)
    week = _week(scored)
    windows: list[tuple[int, ...]] = [(0, 1)]
    if answers.months >= _MONTHS_TO_HALVE:
        windows += [(0,), (1,)]
    z = np.concatenate([_all_z(week, window, slots, _fewest()) for window in windows], axis=1)
    tried = np.isfinite(z)
    if not tried.any():
        return [], 0
    # Times of a place vary by more than its answers explain: learned from the middle of all.
    wide = max(1.0, float(np.sqrt(np.median(z[tried] ** 2) / _MEDIAN_SQUARE)))
    found = []
    for place in map(int, np.flatnonzero(tried.any(axis=1))):
        best = int(np.nanargmax(np.abs(z[place])))
        sure = float(z[place, best]) / wide
        if _tail(sure) > _LOOSE_P:
            continue
        window, times = windows[best // len(patterns)], patterns[best % len(patterns)]
        sure = min(abs(sure), _lopsided(scored, week, place, window, times) / wide)
        alike = _alike(week.sizes[place], windows, slots, tried[place])
        p = chance_of_best(sure, alike)
        if p > _LOOSE_P:
            continue
        sums, sizes = (part[place] for part in week.of(window))
        exact = _narrowed(times, sums, sizes, week.sd, _fewest(), with_hours=answers.has_hours)
        found.append(_Found(scored, place, exact, float(z[place, best]), p, window))
    return found, int(tried.any(axis=1).sum())


def _fewest() -> int:
    """Answers that a time of the week needs, never fewer than may be shown."""
    return max(load_policy().minimum_group, finding_policy().fewest_at_time)


def _alike(sizes: Floats, windows: list[tuple[int, ...]], slots: Floats, tried: Booleans) -> Floats:
    """Correlations (C, C) of the contrasts tried at a place, from its numbers (2, 168)."""
    columns = []
    for window in windows:
        held = np.zeros((2, slots.shape[1]))
        held[list(window)] = sizes[list(window)]
        own = slots @ held.sum(axis=0) / max(1.0, float(held.sum()))
        inside = np.zeros((slots.shape[0], 2, slots.shape[1]))
        inside[:, list(window), :] = slots[:, None, :] - own[:, None, None]
        columns.append(inside.reshape(slots.shape[0], -1))
    every = np.concatenate(columns)[tried] * np.sqrt(sizes.reshape(-1))
    size = np.maximum(np.sqrt((every**2).sum(axis=1)), 1e-9)
    return np.asarray((every @ every.T) / np.outer(size, size), np.float64)


def _lopsided(
    scored: Scored, week: _Week, place: int, window: tuple[int, ...], times: Times
) -> float:
    """How sure the surest time is where few answers are no normal distribution."""
    sums, sizes = (part[place] for part in week.of(window))
    inside = _slots(times)
    own, rest = float(sizes[inside].sum()), float(sizes[~inside].sum())
    away = float(sums[inside].sum()) / own - float(sums[~inside].sum()) / rest
    # The other times are known no better than their number allows.
    return mean_tail_z(_some(scored.by_mix.left), int(own), away / np.sqrt(1 + own / rest))


def _some(values: Floats) -> Floats:
    """A part of many values, spread over all: enough to know their distribution."""
    return values[:: max(1, values.size // _ENOUGH)]


def _slots(times: Times) -> Booleans:
    return times.inside(np.repeat(np.arange(7), 24), np.tile(np.arange(24), 7))


def _all_z(week: _Week, window: tuple[int, ...], slots: Floats, fewest: int) -> Floats:
    """z of each place at each time (P, T) against its other times; NaN where too few answered."""
    sums, sizes = week.of(window)
    own_sum, own = sums @ slots.T, sizes @ slots.T
    rest_sum, rest = sums.sum(axis=1)[:, None] - own_sum, sizes.sum(axis=1)[:, None] - own
    enough = (own >= fewest) & (rest >= fewest)
    own, rest = np.where(enough, own, np.nan), np.where(enough, rest, np.nan)
    se = week.sd * np.sqrt(1 / own + 1 / rest)
    return np.asarray((own_sum / own - rest_sum / rest) / se, np.float64)


def _tail(z: float) -> float:
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


def _patterns(*, with_hours: bool) -> list[Times]:
    days = [*((day,) for day in _EVERY), _WEEKEND]
    found = [Times(each) for each in days]
    if with_hours:
        found += [Times(each, *part) for each in [*days, _EVERY] for part in (*_QUARTERS, *_RUSHES)]
    return found


def _without_common_week(
    left: Floats, weekday: NDArray[np.int64], hour: NDArray[np.int64]
) -> Floats:
    """Residuals without the pattern all places share, such as weekends everywhere."""
    part = weekday * len(_QUARTERS) + hour // 6
    sizes = np.bincount(part, minlength=28).astype(np.float64)
    sums = np.bincount(part, weights=left, minlength=28)
    shared: Floats = np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)
    return np.asarray(left - shared[part], np.float64)


def _contrast(
    sums: Floats, sizes: Floats, slots: Booleans, sd: float, fewest: int
) -> Contrast | None:
    own, all_ = float(sizes[slots].sum()), float(sizes.sum())
    if own < fewest or all_ - own < fewest:
        return None
    pair = np.array([[sums[slots].sum(), sums[~slots].sum()]])
    counts = np.array([[own, all_ - own]])
    return contrast_within(pair[:, 0], counts[:, 0], pair, counts, sd, level=0)


def _narrowed(
    times: Times, sums: Floats, sizes: Floats, sd: float, fewest: int, *, with_hours: bool
) -> Times:
    """The hours on these weekdays at which it is clearly surer, at least two."""
    held = _contrast(sums, sizes, _slots(times), sd, fewest)
    if held is None or not with_hours:
        return times
    best, surest = times, abs(held.z) * 1.02
    for begin in range(24):
        for end in range(begin + 2, 25):
            candidate = Times(times.days, begin, end)
            one = _contrast(sums, sizes, _slots(candidate), sd, fewest)
            if one is not None and one.z * held.z > 0 and abs(one.z) > surest:
                best, surest = candidate, abs(one.z)
    return best


@dataclass(frozen=True, slots=True)
class Span:
    """From which month and before which month a pattern was there; None where it always was."""

    began: date | None
    ended: date | None


def _span(told: _Told) -> tuple[Span, Contrast]:
    """Whether the pattern began or ended within the data, and its size while it was there."""
    scored, found = told.scored, told.found
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
    if best is None or best[0] < (_CHANGED_IN_A_HALF if found.in_half else _CHANGED):
        return Span(None, None), told.contrast
    _, cut, early, late = best
    if abs(late.estimate) < _STILL * abs(early.estimate):
        return Span(None, answers.month_start(cut)), early
    if abs(early.estimate) < _STILL * abs(late.estimate):
        return Span(answers.month_start(cut), None), late
    return Span(None, None), told.contrast


def _of_part(left: Floats, inside: Booleans, part: Booleans, sd: float) -> Contrast | None:
    own, others = left[part & inside], left[part & ~inside]
    if min(own.size, others.size) < load_policy().minimum_group:
        return None
    pair = np.array([[own.sum(), others.sum()]])
    counts = np.array([[own.size, others.size]], np.float64)
    return contrast_within(pair[:, 0], counts[:, 0], pair, counts, sd, level=0)


def _finding(told: _Told, also: tuple[str, ...], *, p: float, sure: bool) -> Finding:
    found, scored, measure = told.found, told.scored, told.scored.measure
    where = scored.answers.places[found.place]
    span, contrast = _span(told)
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
                                found.times.end, contrast, at_place, span.began, span.ended,
                                sure=sure),
        site=where.site,
        place_id=where.pk,
        site_id=where.site_pk,
        also=also,
        rank=weight(contrast.estimate / scored.stretch, finding_policy().worth["peak"],
                    reach=at_place / scored.n, months_ago=None, good=better)
        * (0.6 if ended else 1.0),
        p=p,
        sure=sure,
        details={"ended": span.ended.isoformat() if span.ended else None},
    )  # fmt: skip
