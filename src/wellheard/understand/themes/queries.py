"""What comments are about: counts by theme, what rises, and the words themselves.

Whoever may read the comments of a place (at least masked) may count them, so nothing here is
withheld; the caller passes only places the person may read comments of.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet

from wellheard.listen.intake.models import Comment, CommentQuerySet
from wellheard.listen.intake.rules.abuse import soften
from wellheard.measures.text.duplicates import near_duplicates
from wellheard.measures.text.taxonomy import load_crosswalk
from wellheard.people.access.person import Person
from wellheard.understand.themes.emerging import Said, Topic, emerging_topics
from wellheard.understand.themes.models import CommentReading, Sentiment, ThemeLabel
from wellheard.understand.themes.policy import rising_policy
from wellheard.understand.themes.rules import Counted, Rise, rising
from wellheard.understand.themes.vocabulary import WITHOUT_TOPIC

Places = frozenset[int] | None


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """Comments of one theme in the recent weeks and before, and how people felt about it."""

    theme: str
    recent: int
    before: int
    praise: int
    trouble: int
    weekly: tuple[int, ...]
    rise: Rise | None


@dataclass(frozen=True, slots=True)
class Told:
    """One comment as a person may see it: in full, or masked."""

    comment: Comment
    text: str
    is_masked: bool
    themes: tuple[str, ...]
    sentiment: int | None
    is_praise: bool


def theme_counts(organisation_id: int, places: Places, *, now: datetime) -> list[ThemeCount]:
    """Every theme of these places in the watched weeks, most frequent first."""
    policy = rising_policy()
    weeks = policy.recent_weeks + policy.before_weeks
    rows = _labelled(organisation_id, places, now - timedelta(weeks=weeks), now)
    weekly: dict[str, list[int]] = defaultdict(lambda: [0] * weeks)
    other: dict[str, list[int]] = defaultdict(lambda: [0] * weeks)
    moods: dict[str, Counter[str]] = defaultdict(Counter)
    for theme, received_at, sentiment in rows.values_list(
        "theme", "comment__received_at", "comment__reading__sentiment"
    ):
        week = weeks - 1 - int((now - received_at) / timedelta(weeks=1))
        weekly[theme][week] += 1
        if sentiment is not None and sentiment >= Sentiment.MIXED:
            other[theme][week] += 1
        if week >= policy.before_weeks:
            moods[theme][_mood(sentiment)] += 1
    totals = comments_between(organisation_id, places, now)
    rises = {
        str(rise.counted.key[0]): rise
        for rise in _rising([((theme,), counts) for theme, counts in other.items()], totals)
    }
    found = [
        ThemeCount(
            theme=theme,
            recent=sum(counts[policy.before_weeks :]),
            before=sum(counts[: policy.before_weeks]),
            praise=moods[theme]["praise"],
            trouble=moods[theme]["trouble"],
            weekly=tuple(counts),
            rise=rises.get(theme),
        )
        for theme, counts in weekly.items()
    ]
    return sorted(found, key=lambda each: (-each.recent, -each.before, each.theme))


def rising_themes(organisation_id: int, places: Places, *, now: datetime) -> list[Rise]:
    """Themes that come up more in other than praise, each place by itself: keys (place, theme)."""
    policy = rising_policy()
    weeks = policy.recent_weeks + policy.before_weeks
    start = now - timedelta(weeks=weeks)
    middle = now - timedelta(weeks=policy.recent_weeks)
    recent: Counter[tuple[int, str]] = Counter()
    before: Counter[tuple[int, str]] = Counter()
    rows = _labelled(organisation_id, places, start, now).filter(
        comment__place__isnull=False, comment__reading__sentiment__gte=Sentiment.MIXED
    )
    for place, theme, received_at in rows.values_list(
        "comment__place_id", "theme", "comment__received_at"
    ):
        (recent if received_at >= middle else before)[place, theme] += 1
    sizes = _comments_by_place(organisation_id, places, start, middle, now)
    counted = [
        Counted(key, recent[key], sizes[key[0]][0], before[key], sizes[key[0]][1])
        for key in {*recent, *before}
    ]
    return list(_tested(counted))


def comments_between(organisation_id: int, places: Places, now: datetime) -> tuple[int, int]:
    """How many comments with words came in the recent weeks, and in the weeks before them."""
    policy = rising_policy()
    middle = now - timedelta(weeks=policy.recent_weeks)
    start = middle - timedelta(weeks=policy.before_weeks)
    spoken = _spoken(organisation_id, places)
    return (
        spoken.received_between(middle, now).count(),
        spoken.received_between(start, middle).count(),
    )


def told(comments: QuerySet[Comment], person: Person, *, limit: int | None = None) -> list[Told]:
    """Comments with their readings, each as this person may see it; unread ones stay masked."""
    holding = ThemeLabel.objects.filter(holds=True).order_by("-confidence", "theme")
    rows = comments.select_related("reading", "place", "site").prefetch_related(
        Prefetch("themes", queryset=holding)
    )
    full = person.places("comment.read")
    return [_told(comment, full) for comment in (rows if limit is None else rows[:limit])]


def comments_on(
    organisation_id: int, theme: str, places: Places, *, mood: str = ""
) -> QuerySet[Comment]:
    """Comments that carry a theme, newest first; `mood`: "praise" or "trouble" narrows."""
    found = _spoken(organisation_id, places).filter(themes__theme=theme, themes__holds=True)
    if mood == "praise":
        found = found.filter(reading__is_praise=True)
    if mood == "trouble":
        found = found.filter(reading__sentiment__gte=Sentiment.NEGATIVE)
    return found.order_by("-received_at").distinct()


def by_ids(organisation_id: int, ids: Collection[int]) -> QuerySet[Comment]:
    """Comments by their numbers; the caller has chosen only ones the person may read of."""
    return Comment.objects.filter(organisation_id=organisation_id, pk__in=ids)


def compliments(organisation_id: int, places: Places) -> QuerySet[Comment]:
    """Praise with words, newest first."""
    praise = _spoken(organisation_id, places).filter(reading__is_praise=True)
    return praise.order_by("-received_at")


def by_place(rises: Iterable[Rise]) -> dict[int, list[Rise]]:
    """Rises of `rising_themes` by their place."""
    found: dict[int, list[Rise]] = defaultdict(list)
    for rise in rises:
        found[int(rise.counted.key[0])].append(rise)
    return found


def reading_of(comment: Comment) -> CommentReading | None:
    """The reading of a comment, None while it waits to be read."""
    return CommentReading.objects.filter(comment=comment).first()


def _spoken(organisation_id: int, places: Places) -> CommentQuerySet:
    comments = Comment.objects.counted().filter(organisation_id=organisation_id).exclude(text="")
    return comments if places is None else comments.filter(place_id__in=places)


def _labelled(
    organisation_id: int, places: Places, start: datetime, end: datetime
) -> QuerySet[ThemeLabel]:
    labels = ThemeLabel.objects.holding().filter(
        organisation_id=organisation_id,
        comment__received_at__gte=start,
        comment__received_at__lt=end,
    )
    labels = labels.exclude(theme__in=WITHOUT_TOPIC)
    return labels if places is None else labels.filter(comment__place_id__in=places)


def _comments_by_place(
    organisation_id: int, places: Places, start: datetime, middle: datetime, now: datetime
) -> Mapping[int, tuple[int, int]]:
    """(recent, before) comments with words, by place."""
    sizes: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    rows = _spoken(organisation_id, places).received_between(start, now)
    for place, received_at in rows.values_list("place_id", "received_at"):
        if place is not None:
            sizes[place][0 if received_at >= middle else 1] += 1
    return {place: (recent, before) for place, (recent, before) in sizes.items()}


def _rising(
    weekly: Collection[tuple[tuple[str], list[int]]], totals: tuple[int, int]
) -> tuple[Rise, ...]:
    policy = rising_policy()
    counted = [
        Counted(
            key,
            sum(counts[policy.before_weeks :]),
            totals[0],
            sum(counts[: policy.before_weeks]),
            totals[1],
        )
        for key, counts in weekly
    ]
    return _tested(counted)


def _tested(counted: Sequence[Counted]) -> tuple[Rise, ...]:
    policy = rising_policy()
    return rising(
        counted,
        at_least=policy.at_least,
        most_chance=policy.most_chance,
        false_discovery=policy.false_discovery,
    )


def _mood(sentiment: int | None) -> str:
    if sentiment is None or sentiment == Sentiment.MIXED:
        return "mixed"
    return "praise" if sentiment <= Sentiment.POSITIVE else "trouble"


def _told(comment: Comment, full: Places) -> Told:
    reading: CommentReading | None = getattr(comment, "reading", None)
    in_full = full is None or comment.place_id in full
    words = comment.text if in_full else reading.masked_text if reading else ""
    return Told(
        comment=comment,
        # Quotes stand where many read: rough words are masked here, and kept with the comment.
        text=soften(words),
        is_masked=not in_full,
        themes=tuple(label.theme for label in comment.themes.all()),
        sentiment=reading.sentiment if reading else None,
        is_praise=bool(reading and reading.is_praise),
    )


@dataclass(frozen=True, slots=True)
class MoodCount:
    """How people felt where they mention a theme or a group: comments in all, praise, trouble."""

    code: str
    comments: int
    praise: int
    trouble: int


def moods_by_theme(
    organisation_id: int, places: Places, start: datetime, end: datetime
) -> list[MoodCount]:
    """Feeling by theme from the clauses that mention it, most frequent first."""
    rows = _labelled(organisation_id, places, start, end)
    return _mood_counts(
        (theme, own or whole)
        for theme, own, whole in rows.values_list(
            "theme", "sentiment", "comment__reading__sentiment"
        )
    )


def staff_groups(
    organisation_id: int, places: Places, start: datetime, end: datetime
) -> list[MoodCount]:
    """Groups of staff that comments name, with how those comments feel, most frequent first."""
    rows = _readings(organisation_id, places, start, end)
    return _mood_counts(
        (group, sentiment)
        for groups, sentiment in rows.values_list("staff", "sentiment")
        for group in groups
    )


def compliments_of(
    organisation_id: int, places: Places, staff_group: str, start: datetime, end: datetime
) -> list[Comment]:
    """Praise that names a group of staff, newest first."""
    rows = _readings(organisation_id, places, start, end).filter(is_praise=True)
    found = [row for row in rows.select_related("comment") if staff_group in row.staff]
    return sorted((row.comment for row in found), key=lambda c: c.received_at, reverse=True)


@dataclass(frozen=True, slots=True)
class FeltHeard:
    """Comments whose words say that the person felt heard, or not heard, of all that were read."""

    heard: int
    not_heard: int
    comments: int


def felt_heard(organisation_id: int, places: Places, start: datetime, end: datetime) -> FeltHeard:
    """How many people say that they felt heard."""
    counts = Counter(_readings(organisation_id, places, start, end).values_list("heard", flat=True))
    return FeltHeard(counts["heard"], counts["not_heard"], sum(counts.values()))


def comments_in_categories(
    organisation_id: int, places: Places, start: datetime, end: datetime, crosswalk: str
) -> list[MoodCount]:
    """Comments by the categories of another taxonomy ("hcat-1", "hcahps-2025"); a comment counts
    once in a category, whatever number of its themes lead there."""
    of = load_crosswalk(crosswalk).of
    found: dict[tuple[int, str], int | None] = {}
    rows = _labelled(organisation_id, places, start, end).values_list(
        "comment_id", "theme", "sentiment", "comment__reading__sentiment"
    )
    for comment_id, theme, own, whole in rows:
        for category in of.get(theme, ()):
            key, level = (comment_id, category), own or whole
            found[key] = max(found.get(key) or 0, level or 0) or None
    return _mood_counts((category, level) for (_, category), level in found.items())


@dataclass(frozen=True, slots=True)
class Emerging:
    """A new topic with the comments that make it new."""

    topic: Topic
    comments: list[Comment]


def emerging(
    organisation_id: int, places: Places, *, now: datetime, quotes: int = 3
) -> list[Emerging]:
    """Topics that came up in the recent weeks far more than in the weeks before, surest first."""
    policy = rising_policy()
    middle = now - timedelta(weeks=policy.recent_weeks)
    start = middle - timedelta(weeks=policy.before_weeks)
    rows = _readings(organisation_id, places, start, now).filter(is_boilerplate=False)
    said = [
        Said(key, text, received_at >= middle)
        for key, text, received_at in rows.order_by("comment_id").values_list(
            "comment_id", "masked_text", "comment__received_at"
        )
    ]
    topics = emerging_topics(said)
    shown = Comment.objects.in_bulk([pk for topic in topics for pk in topic.comments[:quotes]])
    return [
        Emerging(topic, [shown[pk] for pk in topic.comments[:quotes] if pk in shown])
        for topic in topics
    ]


def copies_among(
    organisation_id: int, places: Places, start: datetime, end: datetime
) -> list[list[int]]:
    """Groups of comments (their numbers) in nearly the same words."""
    rows = _readings(organisation_id, places, start, end).order_by("comment_id")
    pairs = list(rows.values_list("comment_id", "comment__text"))
    groups = near_duplicates([text for _, text in pairs])
    return [[pairs[place][0] for place in group] for group in groups]


def _readings(
    organisation_id: int, places: Places, start: datetime, end: datetime
) -> QuerySet[CommentReading]:
    return CommentReading.objects.filter(
        organisation_id=organisation_id,
        comment__in=_spoken(organisation_id, places).received_between(start, end),
    )


def _mood_counts(told: Iterable[tuple[str, int | None]]) -> list[MoodCount]:
    moods: dict[str, Counter[str]] = defaultdict(Counter)
    for code, sentiment in told:
        moods[code][_mood(sentiment)] += 1
    found = [
        MoodCount(code, sum(counts.values()), counts["praise"], counts["trouble"])
        for code, counts in moods.items()
    ]
    return sorted(found, key=lambda each: (-each.comments, each.code))
