"""Who is not heard: places, ways of answering and groups that fell silent or were never heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.errors import EmptyData
from wellheard.measures.rates import RateRatio, rate_ratio
from wellheard.measures.signals import Stop, latest_stop
from wellheard.people.places.models import Organisation, Place
from wellheard.people.visits.actions import ALL
from wellheard.people.visits.models import VisitCount
from wellheard.understand.findings import sentences
from wellheard.understand.findings.answers import GROUPS, Answers, plus_months
from wellheard.understand.findings.rules import Finding, finding_policy, weight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Booleans, Floats

_MEDIAN_SQUARE = 0.4549364231195724
_STOPPED = "answers against those expected from the others' course, Chernoff bound for Poisson"
_UNHEARD = "answers per visit against the others' at the same place, conditional Wilson"
_SURE = 0.99999


@dataclass(frozen=True, slots=True)
class Line:
    """Weekly answers of one place (or none), way of answering or group value."""

    place: int | None
    site: int | None
    group: str
    counts: Floats


def find_stops(answers: Answers, organisation: Organisation) -> Iterator[Finding]:
    """Places, ways of answering and groups from whom nearly nothing comes any more."""
    if not answers.n:
        return
    policy = finding_policy().silence
    end = int(answers.day.max())
    weeks = min(int(policy["weeks"]), (end - int(answers.day.min())) // 7 + 1)
    week = weeks - 1 - (end - answers.day) // 7
    recent = week >= 0
    everything = np.bincount(week[recent], minlength=weeks).astype(np.float64)
    closed = set(
        Place.objects.of(organisation.pk).filter(closed_on__isnull=False).values_list(
            "pk", flat=True
        )
    )  # fmt: skip
    told: list[tuple[Line, Stop]] = []
    for line in _lines(answers, week, weeks):
        if line.place is not None and answers.places[line.place].pk in closed:
            continue
        stop = latest_stop(
            line.counts,
            everything,
            shortest=int(policy["shortest_weeks"]),
            at_most=policy["most_share"],
            spread=_spread(line.counts, everything),
        )
        if (
            stop is not None
            and stop.expected >= policy["least_expected"]
            and stop.p <= policy["most_p"]
            and not any(_explains(earlier, line, stop) for earlier in told)
        ):
            told.append((line, stop))
            yield _stop_finding(answers, line, stop, answers.day_of(end), weeks)


def _lines(answers: Answers, week: NDArray[np.int64], weeks: int) -> Iterator[Line]:
    """Larger wholes first, so that their parts are not told again."""
    inside = week >= 0
    sites = np.array([where.site_pk for where in answers.places])[answers.place]

    def counted(mask: Booleans) -> Floats:
        return np.bincount(week[mask & inside], minlength=weeks).astype(np.float64)

    for code, mode in enumerate(answers.modes):
        yield Line(None, None, f"mode={mode}", counted(answers.mode == code))
    for position, where in enumerate(answers.places):
        if where.pk:
            yield Line(position, where.site_pk, "", counted(answers.place == position))
    for code, mode in enumerate(answers.modes):
        for site in np.unique(sites):
            mask = (answers.mode == code) & (sites == site)
            yield Line(None, int(site), f"mode={mode}", counted(mask))
    unknown = finding_policy().not_groups
    for name in GROUPS:
        codes, values = answers.groups[name]
        for code, value in enumerate(values):
            if value.strip().casefold() in unknown:
                continue
            yield Line(None, None, f"{name}={value}", counted(codes == code))
            for site in np.unique(sites):
                yield Line(
                    None, int(site), f"{name}={value}", counted((codes == code) & (sites == site))
                )
    for code, mode in enumerate(answers.modes):
        for position, where in enumerate(answers.places):
            if where.pk:
                mask = (answers.mode == code) & (answers.place == position)
                yield Line(position, where.site_pk, f"mode={mode}", counted(mask))


def _explains(told: tuple[Line, Stop], line: Line, stop: Stop) -> bool:
    """Whether a silence already told is what this one would tell again."""
    earlier, other = told
    if abs(other.start - stop.start) > 6:
        return False
    if earlier.place is None and earlier.site is None:
        return earlier.group == line.group or not line.group
    if earlier.place is not None and not earlier.group:
        return line.place == earlier.place or (line.site == earlier.site)
    return earlier.site == line.site and (earlier.group == line.group or line.place is None)


def _spread(counts: Floats, everything: Floats) -> float:
    """Variance over mean of a week, while answers came, from its middle."""
    seen = np.flatnonzero(counts)
    if seen.size < 4:
        return 3.0
    active = slice(int(seen[0]), int(seen[-1]) + 1)
    expected = everything[active] * counts[active].sum() / max(1.0, everything[active].sum())
    known = expected > 0
    ratio = (counts[active][known] - expected[known]) ** 2 / expected[known]
    return float(np.clip(np.mean(ratio), 1.0, 6.0))


def _stop_finding(answers: Answers, line: Line, stop: Stop, end: date, weeks: int) -> Finding:
    where = answers.places[line.place] if line.place is not None else None
    site = next((w.site for w in answers.places if w.site_pk == line.site), None)
    start = end - timedelta(days=7 * (weeks - stop.start) - 1)
    share = 100 * stop.share
    low, high = _share_interval(stop)
    return Finding(
        kind="silence",
        place=where.name if where else site if line.site else None,
        measure="answers",
        group=line.group,
        direction="worse",
        start_on=start,
        estimate=share - 100,
        low=low - 100,
        high=high - 100,
        n=stop.before,
        method=_STOPPED,
        verdict="worse",
        sentence=sentences.stop(
            where.name if where else site if line.site else None, line.group, start, stop
        ),
        unit="% of the answers expected",
        site=site if line.site else None,
        place_id=where.pk if where else None,
        site_id=line.site,
        rank=weight(3.0, 1.0, reach=float(line.counts.sum() / max(1, answers.n)),
                    months_ago=(end - start).days / 30.4),
        p=stop.p,
        details={"expected": round(stop.expected, 1)},
    )  # fmt: skip


def _share_interval(stop: Stop) -> tuple[float, float]:
    from wellheard.measures.rates import poisson_rate

    rate = poisson_rate(stop.got, stop.expected, per=100)
    return rate.low, min(200.0, rate.high)


def find_unheard(answers: Answers, organisation: Organisation) -> Iterator[Finding]:
    """Groups that answer far less often than others, for the visits they made."""
    policy = finding_policy().silence
    end = plus_months(answers.first_month, answers.months)
    start = max(answers.first_month, plus_months(end, -12))
    visits = _visits(organisation, start, end)
    first = (start.year - answers.first_month.year) * 12 + start.month - answers.first_month.month
    recent = answers.whole & (answers.month >= first) if answers.n else np.zeros(0, bool)
    tested: list[tuple[tuple[int, str, str], RateRatio, int, int, float]] = []
    for (place_pk, group), counts in visits.items():
        position = next((i for i, w in enumerate(answers.places) if w.pk == place_pk), None)
        if position is None or group not in answers.groups:
            continue
        codes, values = answers.groups[group]
        here = recent & (answers.place == position)
        known = {v: int((here & (codes == c)).sum()) for c, v in enumerate(values)}
        heard_all = sum(known.get(value, 0) for value in counts)
        treated_all = sum(counts.values())
        for value, treated in counts.items():
            heard = known.get(value, 0)
            others = treated_all - treated
            if not treated or not others or heard_all == heard:
                continue
            expected = treated * (heard_all - heard) / others
            if expected < policy["under_heard_expected"]:
                continue
            try:
                ratio = rate_ratio((heard, treated), (heard_all - heard, others), level=_SURE)
            except EmptyData:
                continue
            if ratio.high is not None and ratio.high < policy["under_heard_ratio"]:
                tested.append(((position, group, value), ratio, heard, treated, expected))
    for key, ratio, heard, treated, expected in tested:
        yield _unheard_finding(answers, key, ratio, heard, treated, expected)


def _visits(
    organisation: Organisation, start: date, end: date
) -> Mapping[tuple[int, str], Mapping[str, int]]:
    """Visits by place and group: value to number."""
    rows = VisitCount.objects.filter(
        organisation=organisation, month__gte=start, month__lt=end
    ).exclude(group=ALL)
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for place, group, value, visits in rows.values_list("place_id", "group", "value", "visits"):
        found[place, group][value] += visits
    return found


def _unheard_finding(
    answers: Answers,
    key: tuple[int, str, str],
    ratio: RateRatio,
    heard: int,
    treated: int,
    expected: float,
) -> Finding:
    position, group, value = key
    where = answers.places[position]
    estimate = ratio.estimate or 0.0
    return Finding(
        kind="silence",
        place=where.name,
        measure="answers_per_visit",
        group=f"{group}={value}",
        direction="worse",
        start_on=None,
        estimate=estimate,
        low=ratio.low,
        high=ratio.high or 1.0,
        n=treated,
        method=_UNHEARD,
        verdict="worse",
        sentence=sentences.unheard(where.name, group, value, treated, expected, estimate),
        unit="of the others' answers per visit",
        site=where.site,
        place_id=where.pk,
        site_id=where.site_pk,
        rank=weight(3.0 * (1 - estimate), 1.0, reach=expected / max(1, answers.n),
                    months_ago=None),
        p=1 - _SURE,
        details={"expected": round(expected)},
    )  # fmt: skip
