"""A random sample of each month's comments, labelled by people who do not see the machine's word.

It is the only unbiased look at how well comments are read here: corrections are made where somebody
stumbled over a mistake. From it come the site's own figures, the watch for drift, and whether a
comment may be sent to somebody by the machine's word on its feeling.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.models import Comment
from wellheard.understand.themes.models import (
    BlindLabel,
    CommentReading,
    Sentiment,
    ThemeLabel,
)
from wellheard.understand.themes.policy import quality_policy
from wellheard.understand.themes.vocabulary import WITHOUT_TOPIC, own_themes, themes_by_code

_RESAMPLES = 400


@dataclass(frozen=True, slots=True)
class Share:
    """A figure from 0 to 1 with its 95 % interval and how many comments stand behind it; None
    where there are too few to say."""

    n: int
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class SiteQuality:
    """How well comments are read at this site: micro F1 of themes, share of tones (praise, neither,
    unhappy) right; by theme; by month. `may_route`: whether feeling may send a comment on."""

    labelled: int
    themes: Share
    tones: Share
    by_theme: dict[str, Share]
    by_month: dict[date, tuple[Share, Share]]
    has_drifted: bool
    may_route: bool


def draw_sample(month: date, *, by: Actor, at: datetime) -> int:
    """Draw the month's comments, once: the same comments whenever it is asked. How many there are.

    Every comment with words that was read and is no copy has the same chance.
    """
    month = month.replace(day=1)
    following = (month + timedelta(days=32)).replace(day=1)
    ids = list(
        Comment.objects.counted()
        .filter(
            organisation_id=by.organisation_id,
            received_at__date__gte=month,
            received_at__date__lt=following,
            reading__isnull=False,
        )
        .exclude(text="")
        .values_list("pk", flat=True)
    )
    chosen = sorted(ids, key=lambda pk: _lot(month, pk))[: quality_policy().sample_per_month]
    with acting(by, at=at) as trail:
        already = set(
            BlindLabel.objects.filter(organisation_id=by.organisation_id, month=month).values_list(
                "comment_id", flat=True
            )
        )
        room = quality_policy().sample_per_month - len(already)
        new = [pk for pk in chosen if pk not in already][: max(room, 0)]
        BlindLabel.objects.bulk_create(_drawn(new, month, by.organisation_id, at))
        if new:
            trail.write("comment_sample_drawn", ("understand.blindlabel", str(month)), n=len(new))
    return len(already) + len(new)


def _lot(month: date, pk: int) -> str:
    return hashlib.sha256(f"{month.isoformat()}:{pk}".encode()).hexdigest()


def _drawn(
    ids: Collection[int], month: date, organisation_id: int, at: datetime
) -> Iterable[BlindLabel]:
    readings = CommentReading.objects.filter(comment_id__in=ids).in_bulk(field_name="comment_id")
    said: dict[int, list[str]] = defaultdict(list)
    labels = ThemeLabel.objects.filter(comment_id__in=ids, source=ThemeLabel.Source.MACHINE)
    for comment_id, theme in labels.order_by("theme").values_list("comment_id", "theme"):
        said[comment_id].append(theme)
    return [
        BlindLabel(
            organisation_id=organisation_id,
            month=month,
            comment_id=pk,
            engine=readings[pk].engine,
            machine_themes=said[pk],
            machine_sentiment=readings[pk].machine_sentiment,
            drawn_at=at,
        )
        for pk in ids
    ]


def label_blind(
    label_id: int,
    *,
    themes: Collection[str],
    sentiment: int,
    is_urgent: bool = False,
    by: Actor,
    at: datetime,
) -> BlindLabel:
    """Keep what a person says of a comment of the sample, once.

    Raises BlindLabel.DoesNotExist when there is none waiting, ValueError for an unknown theme or
    level of feeling.
    """
    known = set(themes_by_code()) | set(own_themes(by.organisation_id))
    if set(themes) - known:
        raise ValueError("unknown theme")
    level = Sentiment(sentiment)
    with acting(by, at=at) as trail:
        row = BlindLabel.objects.select_for_update().get(
            pk=label_id, organisation_id=by.organisation_id, done_at__isnull=True
        )
        row.themes, row.sentiment, row.is_urgent = sorted(set(themes)), level, is_urgent
        row.done_at, row.by, row.by_name = at, f"{by.kind}:{by.ref}", by.name
        row.save()
        trail.write("comment_labelled_blind", row)
        trail.publish("understand.comment_labelled_blind", comment_id=row.comment_id)
    return row


def site_quality(organisation_id: int, *, until: date) -> SiteQuality:
    """The site's own figures from the samples of the watched months."""
    policy = quality_policy()
    rows = list(
        BlindLabel.objects.filter(
            organisation_id=organisation_id,
            done_at__isnull=False,
            month__gte=_first_month(until),
            month__lte=until,
        ).order_by("month", "pk")
    )
    months: dict[date, list[BlindLabel]] = defaultdict(list)
    for row in rows:
        months[row.month].append(row)
    by_month = {month: (_themes_of(part), _tones_of(part)) for month, part in months.items()}
    tones = _tones_of(rows)
    return SiteQuality(
        labelled=len(rows),
        themes=_themes_of(rows),
        tones=tones,
        by_theme=_by_theme(rows),
        by_month=by_month,
        has_drifted=_has_drifted(rows),
        may_route=tones.value is None or tones.value >= policy.tone_bar,
    )


def _first_month(until: date) -> date:
    since = until.replace(day=1)
    for _ in range(quality_policy().watched_months - 1):
        since = (since - timedelta(days=1)).replace(day=1)
    return since


def may_route_by_feeling(organisation_id: int, *, until: date) -> bool:
    """Whether the machine's word on feeling may send a comment to somebody: yes until this site's
    own sample says that it is wrong too often. Asked for every comment, so without intervals."""
    policy = quality_policy()
    pairs = (
        BlindLabel.objects.filter(
            organisation_id=organisation_id,
            done_at__isnull=False,
            machine_sentiment__isnull=False,
            month__gte=_first_month(until),
            month__lte=until,
        )
        .order_by("pk")
        .values_list("machine_sentiment", "sentiment")
    )
    right = [tone(said) == tone(true) for said, true in pairs]
    return len(right) < policy.fewest or sum(right) >= policy.tone_bar * len(right)


def _themes_of(rows: Sequence[BlindLabel]) -> Share:
    return _share([_theme_counts(row) for row in rows])


def _tones_of(rows: Sequence[BlindLabel]) -> Share:
    told = [row for row in rows if row.machine_sentiment and row.sentiment]
    return _share([(int(tone(r.machine_sentiment) == tone(r.sentiment)), 1, 1) for r in told])


def tone(sentiment: int | None) -> int:
    """0 happy, 1 neither, 2 unhappy."""
    level = sentiment or Sentiment.MIXED
    return int(level >= Sentiment.MIXED) + int(level > Sentiment.MIXED)


def _theme_counts(row: BlindLabel) -> tuple[int, int, int]:
    """(said rightly, said, true) of one comment."""
    said = set(row.machine_themes) - WITHOUT_TOPIC
    true = set(row.themes) - WITHOUT_TOPIC
    return len(said & true), len(said), len(true)


def _by_theme(rows: Sequence[BlindLabel]) -> dict[str, Share]:
    codes = {code for row in rows for code in row.themes} - WITHOUT_TOPIC
    found: dict[str, Share] = {}
    for code in codes:
        counts = [
            (int(code in r.themes and code in r.machine_themes), int(code in r.machine_themes),
             int(code in r.themes))
            for r in rows
        ]  # fmt: skip
        positives = sum(true for _, _, true in counts)
        share = _share(counts, enough=positives >= quality_policy().fewest_to_learn)
        found[code] = Share(positives, share.value, share.low, share.high)
    return dict(sorted(found.items(), key=lambda item: (-item[1].n, item[0])))


def _share(counts: Sequence[tuple[int, int, int]], *, enough: bool | None = None) -> Share:
    """F1 (or a plain share, where every row is (0/1, 1, 1)) with a bootstrap interval."""
    if not (len(counts) >= quality_policy().fewest if enough is None else enough):
        return Share(len(counts), None)
    import numpy as np

    table = np.array(counts, dtype=np.float64)
    random = np.random.default_rng(17)
    draws = random.integers(0, len(table), (_RESAMPLES, len(table)))
    sums = table[draws].sum(axis=1)
    whole = sums[:, 1] + sums[:, 2]
    f1 = np.divide(2 * sums[:, 0], whole, out=np.zeros(len(sums)), where=whole > 0)
    low, high = np.percentile(f1, [2.5, 97.5])
    total = table.sum(axis=0)
    value = 2 * total[0] / (total[1] + total[2]) if total[1] + total[2] else 0.0
    return Share(len(counts), *(round(float(x), 4) for x in (value, low, high)))


def _has_drifted(rows: Sequence[BlindLabel]) -> bool:
    """Whether the newest month is read worse than the months before: intervals do not touch."""
    if not rows:
        return False
    newest = rows[-1].month
    now = _tones_of([row for row in rows if row.month == newest])
    before = _tones_of([row for row in rows if row.month != newest])
    if now.high is None or before.low is None:
        return False
    return now.high < before.low
