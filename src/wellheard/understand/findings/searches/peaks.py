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
# Quarters of the day, and the hours within which clinics and wards have their rushes.
_QUARTERS = ((0, 6), (6, 12), (12, 18), (18, 24))
_RUSHES = ((6, 10), (8, 12), (10, 14), (13, 17), (16, 20))
_EVERY = tuple(range(7))
_WEEKEND = (5, 6)
_MONTHS_TO_HALVE = 8
_CHANGED, _CHANGED_IN_A_HALF = 4.0, 2.5
# What the person's other answers bring to light must be seen without them too.
_SEEN = 2.5
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
    # Whether it was surest within one half of the time: it came or went.
    in_half: bool


def find_peaks(all_scored: list[Scored]) -> Iterator[Finding]:
    """Weekdays and parts of the day, at single places."""
    found: list[_Found] = []
    tests = 0
    for scored, alone in zip(all_scored, _alone(all_scored), strict=True):
        own, count = _search(scored, alone)
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


def _alone(all_scored: list[Scored]) -> Iterator[Floats]:
    """What is left of each measure when the same person's other answers are taken out too.

    A question that alone is answered worse at some time stands out far more clearly so: people
    who mark everything high or low no longer blur it.
    """
    if not all_scored:
        return
    n = all_scored[0].answers.n
    sums, counts = np.zeros(n), np.zeros(n)
    for scored in all_scored:
        sums[scored.rows] += scored.by_mix.left / scored.by_mix.sd
        counts[scored.rows] += 1
    for scored in all_scored:
        left, rows = scored.by_mix.left, scored.rows
        others = sums[rows] - left / scored.by_mix.sd
        mean = np.divide(others, counts[rows] - 1, out=np.zeros_like(others),
                         where=counts[rows] > 1)  # fmt: skip
        spread = float(mean @ mean)
        yield left - mean * (float(mean @ left) / spread if spread > 0 else 0.0)


def _week(scored: Scored, values: Floats) -> _Week:
    answers = scored.answers
    weekday, hour = answers.weekday[scored.rows], answers.hour[scored.rows]
    left = _without_common_week(values, weekday, hour)
    half = (scored.month * 2 >= answers.months).astype(np.int64)
    shape = (len(answers.places), 2, 7 * 24)
    cell = (scored.place * 2 + half) * shape[2] + weekday * 24 + hour
    most = shape[0] * shape[1] * shape[2]
    sizes = np.bincount(cell, minlength=most).astype(np.float64).reshape(shape)
    sums = np.bincount(cell, weights=left, minlength=most).reshape(shape)
    return _Week(np.asarray(sums, np.float64), sizes, float(left.std()) or 1.0)


def _search(scored: Scored, alone: Floats) -> tuple[list[_Found], int]:
    """The surest time of each place, over the whole time and in either half, by the answers and
    by what the person's other answers leave of them."""
    answers = scored.answers
    patterns = _patterns(with_hours=answers.has_hours)
    slots = np.array([_slots(times) for times in patterns], np.float64)
    weeks = [_week(scored, scored.by_mix.left), _week(scored, alone)]
    windows = [(0, 1), (0,), (1,)] if answers.months >= _MONTHS_TO_HALVE else [(0, 1)]
    tries = [(week, window) for week in weeks for window in windows]
    fewest = _fewest(scored)
    z = np.concatenate([_all_z(week, window, slots, fewest) for week, window in tries], axis=1)
    tried = np.isfinite(z)
    if not tried.any():
        return [], 0
    # Times of a place vary by more than its answers explain: learned from the middle of all.
    wide = max(1.0, float(np.sqrt(np.median(z[tried] ** 2) / _MEDIAN_SQUARE)))
    found = []
    for place in map(int, np.flatnonzero(tried.any(axis=1))):
        best = int(np.nanargmax(np.abs(z[place])))
        week, window = tries[best // len(patterns)]
        times = patterns[best % len(patterns)]
        gain = weeks[0].sd / week.sd
        sure = _guarded(scored, place, window, times, float(z[place, best]), gain)
        p = min(1.0, _tail(sure / wide) * int(tried[place].sum()))
        if p > _LOOSE_P:
            continue
        sums, sizes = (part[place] for part in week.of(window))
        exact = _narrowed(times, sums, sizes, week.sd, fewest, with_hours=answers.has_hours)
        sums, sizes = (part[place] for part in weeks[0].of(window))
        contrast = _contrast(sums, sizes, _slots(exact), weeks[0].sd, fewest)
        if contrast is not None and contrast.z * z[place, best] > 0 and abs(contrast.z) > _SEEN:
            found.append(_Found(scored, place, exact, contrast, p, len(window) == 1))
    return found, int(tried.any(axis=1).sum())


def _fewest(scored: Scored) -> int:
    """Answers that a time of the week needs: fewer where their exact odds are looked at."""
    policy = finding_policy()
    return policy.fewest_at_time if scored.measure.statistic == "top_box" else policy.fewest_side


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


def _guarded(
    scored: Scored, place: int, window: tuple[int, ...], times: Times, z: float, gain: float
) -> float:
    """z, or that of the likelihood ratio of two shares where it is smaller: few answers near 0 or
    100 % are no normal distribution. ``gain``: by how much z is larger for what was taken out."""
    if scored.measure.statistic != "top_box":
        return z
    answers = scored.answers
    mine = (scored.place == place) & np.isin(scored.month * 2 >= answers.months, window)
    hit = scored.score[mine] > 0
    inside = times.inside(answers.weekday[scored.rows][mine], answers.hour[scored.rows][mine])
    a, b, c, d = hit[inside].sum(), inside.sum(), hit[~inside].sum(), (~inside).sum()
    joint = (a + c) / (b + d)
    ratio = _log_odds(a, b, a / b) + _log_odds(c, d, c / d)
    ratio -= _log_odds(a, b, joint) + _log_odds(c, d, joint)
    # Few answers are not helped by what was taken out: then the plain shares must tell it alone.
    helped = gain if b >= finding_policy().fewest_side else 1.0
    return min(abs(z), helped * float(np.sqrt(max(0.0, 2 * ratio))))


def _log_odds(count: float, n: float, share: float) -> float:
    from scipy.special import xlogy

    return float(xlogy(count, share) + xlogy(n - count, 1 - share))


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
    if best is None or best[0] < (_CHANGED_IN_A_HALF if found.in_half else _CHANGED):
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
