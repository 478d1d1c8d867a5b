"""Trouble by place, counted without asking how satisfied anybody was."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Count, Q

from wellheard.listen.intake.models import Comment
from wellheard.people.places.models import Organisation, Place
from wellheard.people.visits import models as visits
from wellheard.understand.dissatisfaction.rules import (
    METHOD,
    STREAMS,
    Counted,
    PlaceStand,
    Satisfied,
    Stream,
    Trouble,
    stand_of,
    surest,
    troubles_of,
)
from wellheard.understand.findings import sentences
from wellheard.understand.findings.answers import MISSING, Answers, plus_months
from wellheard.understand.findings.rules import Finding, finding_policy, passing, weight
from wellheard.understand.findings.scored import OVERALL, Scored
from wellheard.understand.themes.models import Sentiment

if TYPE_CHECKING:
    from wellheard.measures.arrays import Booleans

_FORMAL = (
    Comment.Source.COMPLAINT_FORM, Comment.Source.EMAIL, Comment.Source.PHONE,
    Comment.Source.LETTER,
)  # fmt: skip
_Z = 1.959963984540054


def stands(
    organisation: Organisation, answers: Answers, scored: Iterable[Scored]
) -> list[PlaceStand]:
    """Every place with its scores and its trouble of the last months, whole ones."""
    policy = finding_policy().dissatisfaction
    first_month = max(0, answers.months - int(policy["months"]))
    start, end = answers.month_start(first_month), answers.month_start(answers.months)
    every = list(scored)
    fewest = int(policy["fewest"])
    satisfied = _satisfied(every, first_month, fewest)
    gaps = {place: each.gap for place, each in satisfied.items()}
    heard = _heard(answers, first_month)
    counted: dict[Stream, Mapping[int, Counted]] = {
        "problems": _problems(answers, every, first_month),
        "complaints": _complaints(organisation, start, end, heard),
        "critical": _critical(organisation, start, end),
        "no_shows": _no_shows(organisation, start, end),
    }
    streams = {
        stream: troubles_of(stream, counted[stream], fewest=fewest, gaps=gaps) for stream in STREAMS
    }
    streams["problems"] = surest(
        streams["problems"],
        {
            question: troubles_of("problems", found, fewest=fewest, gaps=gaps)
            for question, found in _problems_with(answers, every, first_month).items()
        },
    )
    tried = [(place, each) for found in streams.values() for place, each in found.items()]
    kept = passing([each.p for _, each in tried], len(tried), finding_policy().sure)
    sure: dict[int, set[Stream]] = defaultdict(set)
    for (place, each), holds in zip(tried, kept, strict=True):
        if holds:
            sure[place].add(each.stream)
    return [
        stand_of(
            where.pk,
            satisfied.get(where.pk),
            [streams[stream][where.pk] for stream in STREAMS if where.pk in streams[stream]],
            sure=frozenset(sure[where.pk]),
            least_ratio=policy["least_ratio"],
        )
        for where in sorted(answers.places, key=lambda where: (where.site, where.name))
        if where.pk
    ]


def find_dissatisfaction(
    organisation: Organisation, answers: Answers, scored: list[Scored]
) -> Iterator[Finding]:
    """Places whose good scores hide trouble."""
    found = stands(organisation, answers, scored)
    places = {where.pk: where for where in answers.places}
    sizes = np.bincount(answers.place, minlength=len(answers.places))
    share = {where.pk: sizes[at] / max(1, answers.n) for at, where in enumerate(answers.places)}
    least = finding_policy().dissatisfaction["least_ratio"]
    for each in found:
        if each.stand != "trouble_behind_good_scores":
            continue
        worst = each.worst
        assert worst is not None and each.satisfied is not None
        where = places[each.place_id]
        yield Finding(
            kind="dissatisfaction",
            place=where.name,
            measure=worst.stream,
            group="",
            direction="worse",
            start_on=None,
            estimate=worst.ratio,
            low=worst.low,
            high=worst.high,
            n=worst.of,
            method=METHOD,
            verdict="worse",
            sentence=sentences.trouble(
                where.name,
                worst.stream,
                worst.question,
                (worst.ratio, worst.low, worst.high),
                worst.of,
            ),
            unit="times the other places' rate",
            site=where.site,
            place_id=where.pk,
            site_id=where.site_pk,
            rank=weight(worst.ratio - 1, least - 1, reach=float(share[where.pk]), months_ago=None),
            p=worst.p,
            also=tuple(t.stream for t in each.troubles if _is_much(t, worst, least)),
            details={"score_gap": round(each.satisfied.gap, 1), "score_n": each.satisfied.n},
        )


def _is_much(each: Trouble, worst: Trouble, least: float) -> bool:
    return each.stream != worst.stream and each.low > 1 and each.ratio >= least


def _satisfied(scored: list[Scored], first_month: int, fewest: int) -> dict[int, Satisfied]:
    """The overall score of each place against all others, months held fixed."""
    overall = next((each for each in scored if each.measure.code == OVERALL), None)
    if overall is None:
        return {}
    recent = overall.month >= first_month
    fit = overall.by_mix
    value = (fit.left + fit.effects[0][overall.place])[recent]
    place = overall.place[recent]
    sizes = np.bincount(place, minlength=len(overall.answers.places)).astype(np.float64)
    sums = np.bincount(place, weights=value, minlength=sizes.size)
    found = {}
    for at, where in enumerate(overall.answers.places):
        n, others = float(sizes[at]), float(sizes.sum() - sizes[at])
        if where.pk and n >= fewest and others:
            gap = sums[at] / n - (sums.sum() - sums[at]) / others
            half = _Z * fit.sd * np.sqrt(1 / n + 1 / others)
            found[where.pk] = Satisfied(int(n), float(gap), float(gap - half), float(gap + half))
    return found


def _problems(answers: Answers, scored: list[Scored], first_month: int) -> dict[int, Counted]:
    """People who gave an answer in the lower half of any question but the overall ones."""
    asked, low = np.zeros(answers.n, bool), np.zeros(answers.n, bool)
    for each in _questions(scored):
        there, worse = _lower_half(answers, each)
        asked |= there
        low |= worse
    recent = answers.whole & (answers.month >= first_month) & asked if answers.n else asked
    return _by_place(answers, low & recent, recent)


def _problems_with(
    answers: Answers, scored: list[Scored], first_month: int
) -> dict[str, dict[int, Counted]]:
    """The same for each question by itself, by its title.

    Where much is asked nearly everybody reports one problem or another; one thing that is wrong
    at a place drowns in that.
    """
    recent = answers.whole & (answers.month >= first_month) if answers.n else np.zeros(0, bool)
    found = {}
    for each in _questions(scored):
        there, worse = _lower_half(answers, each)
        found[each.measure.title] = _by_place(answers, worse & recent, there & recent)
    return found


def _questions(scored: list[Scored]) -> list[Scored]:
    return [each for each in scored if each.measure.statistic == "top_box"
            and each.measure.code not in (OVERALL, "card")]  # fmt: skip


def _lower_half(answers: Answers, each: Scored) -> tuple[Booleans, Booleans]:
    """Who answered it, and who in the lower half."""
    values = answers.items[each.measure.item]
    middle = sum(each.measure.scale) / 2
    there = values != MISSING
    return there, there & (values < middle if each.up_is_better else values > middle)


def _by_place(answers: Answers, events: Booleans, of: Booleans) -> dict[int, Counted]:
    size = len(answers.places)
    hit = np.bincount(answers.place[events], minlength=size)
    everybody = np.bincount(answers.place[of], minlength=size)
    return {
        where.pk: Counted(int(hit[at]), int(everybody[at]))
        for at, where in enumerate(answers.places)
        if where.pk and everybody[at]
    }


def _heard(answers: Answers, first_month: int) -> dict[int, int]:
    recent = answers.whole & (answers.month >= first_month)
    sizes = np.bincount(answers.place[recent], minlength=len(answers.places))
    return {where.pk: int(sizes[at]) for at, where in enumerate(answers.places) if where.pk}


def _complaints(
    organisation: Organisation, start: date, end: date, heard: Mapping[int, int]
) -> dict[int, Counted]:
    """Complaints by form, e-mail, telephone and letter, for the people who answered."""
    rows = _told(organisation, start, end).filter(source__in=_FORMAL)
    counts = dict(rows.values_list("place_id").annotate(n=Count("pk")).order_by())
    if not counts:
        return {}
    return {place: Counted(counts.get(place, 0), of) for place, of in heard.items() if of}


def _critical(organisation: Organisation, start: date, end: date) -> dict[int, Counted]:
    """Comments that are critical, of those with words that nobody sent in to complain."""
    rows = _told(organisation, start, end).exclude(source__in=_FORMAL)
    rows = rows.filter(reading__sentiment__isnull=False)
    counted = rows.values_list("place_id").annotate(
        all=Count("pk"), bad=Count("pk", filter=Q(reading__sentiment__gte=Sentiment.NEGATIVE))
    )
    return {place: Counted(bad, n) for place, n, bad in counted.order_by()}


def _told(organisation: Organisation, start: date, end: date):  # type: ignore[no-untyped-def]
    zone = ZoneInfo(organisation.zone)
    first = datetime.combine(start, time(), zone).astimezone(UTC)
    last = datetime.combine(end, time(), zone).astimezone(UTC)
    return (
        Comment.objects.counted()
        .filter(organisation=organisation, place__isnull=False)
        .received_between(first, last)
    )


def _no_shows(organisation: Organisation, start: date, end: date) -> dict[int, Counted]:
    """Booked visits to which nobody came, where visits are recorded one by one."""
    visit = getattr(visits, "Visit", None)
    if visit is None:
        return {}
    rows = visit.objects.filter(
        organisation=organisation,
        place__isnull=False,
        scheduled_at__date__gte=start,
        scheduled_at__date__lt=end,
        status__in=("arrived", "finished", "no_show"),
    )
    counts: Counter[tuple[int, bool]] = Counter()
    for place, status, n in (
        rows.values_list("place_id", "status").annotate(n=Count("pk")).order_by()
    ):
        counts[place, status == "no_show"] += n
    places = {place for place, _ in counts}
    return {
        place: Counted(counts[place, True], counts[place, True] + counts[place, False])
        for place in places
    }


def months_of(answers: Answers) -> tuple[date, date]:
    """The days [first, last] that the trouble is counted over."""
    months = int(finding_policy().dissatisfaction["months"])
    end = answers.month_start(answers.months)
    return max(answers.first_month, plus_months(end, -months)), end - timedelta(days=1)


def names_of(organisation: Organisation) -> dict[int, Place]:
    """Places by id, with their sites."""
    return {p.pk: p for p in Place.objects.of(organisation.pk).select_related("site")}
