"""Themes that come up at a place more than before, and more than elsewhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Q

from wellheard.listen.intake.models import Comment
from wellheard.measures.signals import Rise, latest_rise
from wellheard.people.places.models import Organisation, Place
from wellheard.understand.findings import sentences
from wellheard.understand.findings.rules import Finding, finding_policy, passing, weight
from wellheard.understand.themes.models import Sentiment, ThemeLabel
from wellheard.understand.themes.vocabulary import WITHOUT_TOPIC

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats

_WEEK = 7
_METHOD = (
    "likelihood ratio of two shares over the week it began, against what it did elsewhere; each "
    "language held equal, and the share at other places exceeded"
)
_ALL = 0
# How the person felt about the theme itself, where the clause tells it; else about everything:
# "All were lovely, but nobody came to the bell" is praise, and trouble with the bell.
_TROUBLE = Q(sentiment__gte=Sentiment.MIXED) | Q(sentiment__isnull=True) & (
    Q(comment__reading__sentiment__isnull=True)
    | Q(comment__reading__sentiment__gte=Sentiment.MIXED)
)
# Share of the surest's log p from which another is about as sure.
_NEARLY = 0.6
# A language's share counts as if so many comments of everybody's had been said in it.
_DRAWN = 10


@dataclass(frozen=True)
class Voices:
    """Comments with words by week: ``totals`` place to counts (W), ``themes`` (place, theme) to
    counts of those that carry the theme and are not praise. The place 0 is everybody. ``told``:
    the same comments as (week, id). ``spoken``: place to language to counts (W); ``usual``: theme
    to the share of comments that carry it, by language, everywhere."""

    end: date
    weeks: int
    totals: Mapping[int, Floats]
    themes: Mapping[tuple[int, str], Floats]
    told: Mapping[tuple[int, str], frozenset[tuple[int, int]]]
    spoken: Mapping[int, Mapping[str, Floats]]
    usual: Mapping[str, Mapping[str, float]]

    def exposure(self, place: int, theme: str) -> Floats:
        """How many comments (W) would carry the theme at a place by their languages alone.

        How often a theme is read from a comment hangs on its language: people say other things,
        and the words that are known differ. Each language is held against itself.
        """
        shares = self.usual[theme]
        parts = [row * shares.get(language, 0.0) for language, row in self.spoken[place].items()]
        return np.asarray(np.sum(parts, axis=0), np.float64)

    def week_start(self, week: int) -> date:
        """First day of a week; the last week ends with ``end``."""
        return self.end - timedelta(days=_WEEK * (self.weeks - week) - 1)


def read_voices(organisation: Organisation, *, until: date) -> Voices | None:
    """Comments and labels of the watched weeks that end with the newest comment by ``until``."""
    zone = ZoneInfo(organisation.zone)
    last = datetime.combine(until + timedelta(days=1), time(), zone).astimezone(UTC)
    comments = Comment.objects.counted().filter(organisation=organisation, received_at__lt=last)
    spoken = comments.exclude(text="")
    newest = spoken.order_by("-received_at").values_list("received_at", flat=True).first()
    if newest is None:
        return None
    end = newest.astimezone(zone).date()
    weeks = int(finding_policy().theme["weeks"])
    first = end - timedelta(days=_WEEK * weeks - 1)
    begin = datetime.combine(first, time(), zone).astimezone(UTC)
    totals: dict[int, Floats] = defaultdict(lambda: np.zeros(weeks))
    themes: dict[tuple[int, str], Floats] = defaultdict(lambda: np.zeros(weeks))
    told: dict[tuple[int, str], set[tuple[int, int]]] = defaultdict(set)
    said: dict[int, dict[str, Floats]] = defaultdict(lambda: defaultdict(lambda: np.zeros(weeks)))
    for place, moment, language in spoken.filter(received_at__gte=begin).values_list(
        "place_id", "received_at", "reading__language"
    ):
        week = _week(moment, end, weeks, zone)
        for where in {_ALL, _ALL if place is None else place}:
            totals[where][week] += 1
            said[where][language or ""][week] += 1
    labels = (
        ThemeLabel.objects.holding()
        .filter(
            _TROUBLE,
            organisation=organisation,
            comment__received_at__gte=begin,
            comment__received_at__lt=last,
        )
        .exclude(theme__in=WITHOUT_TOPIC)
    )
    rows = labels.values_list(
        "comment_id", "comment__place_id", "theme", "comment__received_at",
        "comment__reading__language",
    )  # fmt: skip
    carried: dict[str, Counter[str]] = defaultdict(Counter)
    for comment, place, theme, moment, language in set(rows):
        week = _week(moment, end, weeks, zone)
        carried[theme][language or ""] += 1
        for where in {_ALL, _ALL if place is None else place}:
            themes[where, theme][week] += 1
            told[where, theme].add((week, comment))
    # Weeks before the first comment are no weeks of silence.
    heard = np.flatnonzero(totals[_ALL])
    start = int(heard[0]) if heard.size else 0
    return Voices(
        end,
        weeks - start,
        {key: row[start:] for key, row in totals.items()},
        {key: row[start:] for key, row in themes.items()},
        {key: frozenset((week - start, comment) for week, comment in each)
         for key, each in told.items()},
        {place: {language: row[start:] for language, row in rows.items()}
         for place, rows in said.items()},
        {theme: _shares(hits, said[_ALL]) for theme, hits in carried.items()},
    )  # fmt: skip


def _shares(hits: Counter[str], spoken: Mapping[str, Floats]) -> dict[str, float]:
    """Share of a language's comments that carry a theme; of few comments drawn to everybody's."""
    everybody = hits.total() / max(1.0, sum(float(row.sum()) for row in spoken.values()))
    return {
        language: (hits[language] + _DRAWN * everybody) / (float(row.sum()) + _DRAWN)
        for language, row in spoken.items()
    }


def _week(moment: datetime, end: date, weeks: int, zone: ZoneInfo) -> int:
    ago = (end - moment.astimezone(zone).date()).days // _WEEK
    return min(weeks - 1, max(0, weeks - 1 - ago))


def find_theme_rises(organisation: Organisation, voices: Voices | None) -> Iterator[Finding]:
    """Themes that rose in recent weeks at single places, or everywhere."""
    if voices is None or voices.weeks < 6:
        return
    found = [
        (key, rise)
        for key, hits in voices.themes.items()
        if (rise := _rise(voices, key, hits)) is not None
    ]
    policy = finding_policy().theme
    # Every theme of every place that was said often enough to have risen is a test.
    tests = sum(hits.sum() >= policy["at_least"] for hits in voices.themes.values())
    kept = passing([rise.p for _, rise in found], int(tests), policy["false_discovery"])
    names = {place.pk: place for place in Place.objects.of(organisation.pk).select_related("site")}
    sure = [
        (key, rise)
        for (key, rise), holds in zip(found, kept, strict=True)
        if holds and rise.low > 1 and rise.ratio >= policy["least_ratio"]
    ]
    sure = [_placed(voices, dict(found), key, rise) for key, rise in sure]
    local = {theme for (place, theme), _ in sure if place != _ALL}
    # What rises at one place is told of that place.
    of_places = [(key, rise) for key, rise in sure if key[0] != _ALL or key[1] not in local]
    for (place, theme), rise, also in _once(voices, of_places):
        yield _finding(voices, names.get(place), theme, rise, also)


def _placed(
    voices: Voices, found: Mapping[tuple[int, str], Rise], key: tuple[int, str], rise: Rise
) -> tuple[tuple[int, str], Rise]:
    """A rise of everybody that one place makes, as that place's: too few comments there to pass
    among all places, yet nobody else can act on it."""
    place, theme = key
    if place != _ALL:
        return key, rise
    policy = finding_policy().theme
    hits = {
        where: float(row[rise.start :].sum())
        for (where, name), row in voices.themes.items()
        if name == theme and where != _ALL
    }
    most = max(hits, key=lambda where: hits[where], default=_ALL)
    own = found.get((most, theme))
    if own is None or hits[most] < policy["of_one_place"] * rise.hits:
        return key, rise
    holds = own.p <= policy["place_p"] and own.low > 1 and own.ratio >= policy["least_ratio"]
    return ((most, theme), own) if holds else (key, rise)


def _once(
    voices: Voices, rises: list[tuple[tuple[int, str], Rise]]
) -> Iterator[tuple[tuple[int, str], Rise, tuple[str, ...]]]:
    """Rises that are made by the same comments at a place as one, the surest first."""
    left = sorted(rises, key=lambda each: each[1].p)
    while left:
        key, rise = left[0]
        same = [each for each in left if each[0][0] == key[0] and _overlap(voices, key, each, rise)]
        left = [each for each in left if each not in same]
        # Of those about as sure the one that was rarest before says best what is new.
        sure = [each for each in same if np.log(each[1].p) <= _NEARLY * np.log(rise.p)]
        key, rise = min(sure, key=lambda each: (-round(each[1].ratio, 3), each[0][1]))
        yield key, rise, tuple(other[1] for other, _ in same if other != key)


def _overlap(
    voices: Voices, key: tuple[int, str], other: tuple[tuple[int, str], Rise], rise: Rise
) -> bool:
    """Whether half of the other's comments since it rose are this one's too."""
    since = min(rise.start, other[1].start)
    own = {comment for week, comment in voices.told[key] if week >= since}
    theirs = {comment for week, comment in voices.told[other[0]] if week >= other[1].start}
    return len(own & theirs) * 2 >= len(theirs)


def _rise(voices: Voices, key: tuple[int, str], hits: Floats) -> Rise | None:
    policy = finding_policy().theme
    place, theme = key
    totals = voices.totals[place]
    elsewhere = None
    if place != _ALL:
        others = voices.themes[_ALL, theme] - hits, voices.totals[_ALL] - totals
        elsewhere = others if others[1].sum() > 0 else None
    return latest_rise(
        hits,
        totals,
        elsewhere=elsewhere,
        usual=None if place == _ALL else _usual(voices, place, theme),
        exposure=voices.exposure(place, theme),
        shortest=int(policy["shortest_weeks"]),
        longest=min(int(policy["longest_weeks"]), voices.weeks * 2 // 3),
        at_least=int(policy["at_least"]),
    )


def _usual(voices: Voices, place: int, theme: str) -> tuple[float, float]:
    """Hits at the other places, of so many comments, had these been in this place's languages."""
    hits = voices.themes[_ALL, theme] - voices.themes[place, theme]
    totals = voices.totals[_ALL] - voices.totals[place]
    own = voices.exposure(place, theme)
    others = float((voices.exposure(_ALL, theme) - own).sum())
    if others <= 0:
        return 0.0, 0.0
    here = float(own.sum() / voices.totals[place].sum())
    return float(hits.sum()) * here * float(totals.sum()) / others, float(totals.sum())


def _finding(
    voices: Voices, place: Place | None, theme: str, rise: Rise, also: tuple[str, ...]
) -> Finding:
    start = voices.week_start(rise.start)
    reach = rise.hits / max(1.0, float(voices.totals[_ALL][rise.start :].sum()))
    return Finding(
        kind="theme_rise",
        place=place.name if place else None,
        measure=theme,
        group="",
        direction="worse",
        start_on=start,
        estimate=rise.ratio,
        low=rise.low,
        high=rise.high,
        n=rise.of,
        method=_METHOD,
        verdict="worse",
        sentence=sentences.theme_rise(place.name if place else None, theme, start, rise),
        unit="times",
        site=place.site.name if place else None,
        place_id=place.pk if place else None,
        site_id=place.site_id if place else None,
        also=also,
        start_low=voices.week_start(rise.earliest),
        start_high=voices.week_start(rise.latest),
        rank=weight(np.log2(max(1.01, rise.ratio)), 1.0, reach=reach, months_ago=0),
        p=rise.p,
        details={
            "since": [rise.hits, rise.of],
            "before": [rise.hits_before, rise.of_before],
            "counts_comments": True,
        },
    )
