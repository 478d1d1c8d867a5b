"""One theme by itself: how often it comes up, month by month, where, and how people feel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from wellheard.listen.intake.models import Comment
from wellheard.measures.intervals import wilson
from wellheard.people.places.models import Place
from wellheard.understand.themes.models import Sentiment, ThemeLabel
from wellheard.understand.themes.policy import rising_policy
from wellheard.understand.themes.queries import Places

_MONTHS = 12
_PLACES = 8


@dataclass(frozen=True, slots=True)
class Share:
    """Comments with the theme among all with words: percent with its Wilson interval."""

    some: int
    of: int
    estimate: float
    low: float
    high: float

    @classmethod
    def read(cls, some: int, of: int) -> Share:
        found = wilson(some, of)
        return cls(some, of, 100 * found.estimate, 100 * found.low, 100 * found.high)


@dataclass(frozen=True, slots=True)
class Portrait:
    """``months``: (first moment, share), oldest first; ``places``: most comments first, over the
    same months; ``feelings``: comments by level; ``recent``: the share in the recent weeks."""

    months: tuple[tuple[datetime, Share], ...]
    places: tuple[tuple[Place, Share], ...]
    feelings: tuple[tuple[int, int], ...]
    recent: Share | None
    before: Share | None


def portrait(organisation_id: int, theme: str, places: Places, *, now: datetime) -> Portrait:
    """A theme over the last twelve months at these places."""
    since = _months_before(now, _MONTHS)
    spoken = Comment.objects.counted().filter(organisation_id=organisation_id).exclude(text="")
    spoken = spoken.received_between(since, now)
    if places is not None:
        spoken = spoken.filter(place_id__in=places)
    labelled = ThemeLabel.objects.filter(theme=theme, holds=True).values("comment_id")
    with_theme = Count("pk", filter=Q(pk__in=labelled))
    months = spoken.annotate(month=TruncMonth("received_at")).values("month")
    by_month = months.annotate(of=Count("pk"), some=with_theme).order_by("month")
    by_place = spoken.filter(place__isnull=False).values("place_id")
    counted = by_place.annotate(of=Count("pk"), some=with_theme).filter(some__gt=0)
    top = list(counted.order_by("-some", "place_id")[:_PLACES])
    known = Place.objects.in_bulk([row["place_id"] for row in top])
    recent, before = _recent(spoken, with_theme, now)
    return Portrait(
        months=tuple((row["month"], Share.read(row["some"], row["of"])) for row in by_month),
        places=tuple((known[row["place_id"]], Share.read(row["some"], row["of"])) for row in top),
        feelings=_feelings(spoken.filter(pk__in=labelled)),
        recent=recent,
        before=before,
    )


def _recent(
    spoken: QuerySet[Comment], with_theme: Count, now: datetime
) -> tuple[Share | None, Share | None]:
    """The share in the recent weeks and in the weeks before them."""
    policy = rising_policy()
    middle = now - timedelta(weeks=policy.recent_weeks)
    start = middle - timedelta(weeks=policy.before_weeks)
    found = []
    for first, last in ((middle, now), (start, middle)):
        rows = spoken.filter(received_at__gte=first, received_at__lt=last)
        counted = rows.aggregate(of=Count("pk"), some=with_theme)
        found.append(Share.read(counted["some"], counted["of"]) if counted["of"] else None)
    return found[0], found[1]


def _feelings(comments: QuerySet[Comment]) -> tuple[tuple[int, int], ...]:
    counted = Counter(
        level for level in comments.values_list("reading__sentiment", flat=True) if level
    )
    return tuple((level, counted[level]) for level in Sentiment.values)


def _months_before(now: datetime, months: int) -> datetime:
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _step in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def newest_first(months: Sequence[tuple[datetime, Share]]) -> list[tuple[datetime, Share]]:
    """The table reads from now backwards."""
    return list(reversed(months))
