"""Comments that fit what is looked for, each person within what they may read.

Whoever reads a place's comments only masked searches only in the masked words: otherwise a search
for a name would tell what masking hides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import reduce
from operator import add
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, StrIndex
from django.db.models.lookups import GreaterThan

from wellheard.listen.intake.models import Comment, CommentQuerySet
from wellheard.people.access.person import Person
from wellheard.people.places.models import Organisation
from wellheard.understand.facts.models import Fact
from wellheard.understand.facts.sources import responses_that_said
from wellheard.understand.scores.queries import measures
from wellheard.understand.search.finding import Find
from wellheard.understand.search.models import SearchText, SoughtWords
from wellheard.understand.search.policy import search_policy
from wellheard.understand.search.rules import (
    Sought,
    likenesses,
    rarities,
    read_sought,
    telling_words,
)
from wellheard.understand.themes.models import Sentiment, ThemeLabel


def words_of(key: str, person: Person) -> str:
    """What this person typed under a key; "" for a key of somebody else, or an old one."""
    if not key:
        return ""
    mine = SoughtWords.objects.filter(organisation_id=person.organisation_id)
    row = mine.filter(key=key, user_id=person.user_id).first()
    return row.words if row else ""


def sought_of(typed: str) -> Sought:
    """Typed words, read by the policy in force."""
    return read_sought(typed, most=search_policy().most_words)


def comments_found(find: Find, sought: Sought, person: Person) -> QuerySet[Comment]:
    """Comments with words that fit, newest first; copies of the same telling count once."""
    found = Comment.objects.visible_to(person).counted().exclude(text="")
    found = _by_place_and_time(found, find, person)
    found = _by_reading(found, find)
    if find.source:
        found = found.filter(source=find.source)
    if find.mark:
        found = _by_mark(found, find.mark)
    if find.measure and find.answers:
        found = _by_answers(found, find, person)
    if sought:
        found = found.filter(pk__in=_with_words(sought, person).values("comment_id"))
    return found.order_by("-received_at", "-pk")


def _by_place_and_time(found: CommentQuerySet, find: Find, person: Person) -> CommentQuerySet:
    if find.place is not None:
        found = found.filter(place_id=find.place)
    if find.site is not None:
        found = found.filter(Q(site_id=find.site) | Q(place__site_id=find.site))
    zone = zone_of(person.organisation_id) if find.since or find.until else UTC
    if find.since:
        found = found.filter(received_at__gte=_midnight(find.since, zone))
    if find.until:
        found = found.filter(received_at__lt=_midnight(find.until + timedelta(days=1), zone))
    return found


def zone_of(organisation_id: int) -> tzinfo:
    """Where the organisation keeps its books."""
    return ZoneInfo(Organisation.objects.values_list("zone", flat=True).get(pk=organisation_id))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _by_reading(found: CommentQuerySet, find: Find) -> CommentQuerySet:
    if find.theme:
        labels = ThemeLabel.objects.filter(theme=find.theme, holds=True)
        found = found.filter(pk__in=labels.values("comment_id"))
    if find.mood == "praise":
        found = found.filter(reading__is_praise=True)
    elif find.mood == "trouble":
        found = found.filter(reading__sentiment__gte=Sentiment.NEGATIVE)
    elif find.mood == "mixed":
        found = found.filter(reading__sentiment=Sentiment.MIXED, reading__is_praise=False)
    if find.language:
        said = Q(language=find.language) | Q(language="", reading__language=find.language)
        found = found.filter(said)
    return found


def _by_mark(found: CommentQuerySet, mark: str) -> CommentQuerySet:
    third, two_thirds = F("rating_max") / 3.0, 2.0 * F("rating_max") / 3.0
    marked = found.filter(rating__isnull=False)
    if mark == "low":
        return marked.filter(rating__lte=third)
    if mark == "high":
        return marked.filter(rating__gt=two_thirds)
    return marked.filter(rating__gt=third, rating__lte=two_thirds)


def _by_answers(found: CommentQuerySet, find: Find, person: Person) -> CommentQuerySet:
    """Those whose writer answered a measure's question in one way; nobody's without the right."""
    reach = person.places("measure.read")
    if reach is not None:
        found = found.filter(place_id__in=reach)
    measure = measures(person.organisation_id, on=date.max).get(find.measure)
    if measure is None:
        return found.none()
    facts = Fact.objects.filter(organisation_id=person.organisation_id, item=measure.item)
    best = Q(value__in=measure.best)
    facts = facts.filter(best if find.answers == "best" else ~best)
    answered = responses_that_said(
        person.organisation_id, measure.item, measure.best, other=find.answers != "best"
    )
    marked = facts.filter(comment__isnull=False).values("comment_id")
    return found.filter(Q(response_id__in=answered) | Q(pk__in=marked))


def _with_words(sought: Sought, person: Person) -> QuerySet[SearchText]:
    """Rows of the index with all that is sought, in the words this person may read."""
    rows = SearchText.objects.filter(organisation_id=person.organisation_id)
    full = person.places("comment.read")
    if full is None:
        return _holding(rows, "plain", sought)
    masked = _holding(rows.annotate(read=Coalesce("masked", "plain")), "read", sought)
    if not full:
        return masked
    whole = _holding(rows.filter(comment__place_id__in=full), "plain", sought)
    elsewhere = masked.exclude(comment__place_id__in=full)
    ids = Q(pk__in=whole.values("pk")) | Q(pk__in=elsewhere.values("pk"))
    return rows.filter(ids)


def _holding(rows: QuerySet[Any], column: str, sought: Sought) -> QuerySet[Any]:
    for number, part in enumerate(sought.parts):
        name = f"part_{number}"
        rows = rows.alias(**{name: StrIndex(column, Value(part))}).filter(**{f"{name}__gt": 0})
    for number, part in enumerate(sought.without):
        name = f"without_{number}"
        rows = rows.alias(**{name: StrIndex(column, Value(part))}).filter(**{name: 0})
    return rows


@dataclass(frozen=True, slots=True)
class Alike:
    """A comment that says much the same as another; ``likeness`` from 0 to 1."""

    comment_id: int
    likeness: float


def alike(comment: Comment, person: Person) -> list[Alike]:
    """Comments most like one, best first, among the newest that this person may read.

    Found by the rarest words of a sample, then put in order by rare words and pieces of words.
    """
    policy = search_policy()
    rows = SearchText.objects.filter(organisation_id=person.organisation_id).annotate(
        read=_readable(person)
    )
    own = rows.filter(pk=comment.pk).values_list("read", flat=True).first()
    if own is None:
        return []
    newest = rows.order_by("-pk")
    rarity = rarities(list(newest.values_list("read", flat=True)[: policy.like_sample]))
    telling = telling_words(own, rarity, most=policy.like_words)
    if not telling:
        return []
    oldest = newest.values_list("pk", flat=True)[policy.like_among : policy.like_among + 1]
    among = rows.filter(pk__gt=next(iter(oldest), 0)).exclude(pk=comment.pk)
    near = _near(among, telling)[: 2 * policy.like_candidates]
    texts = {pk: read for pk, read, weight in near.values_list("pk", "read", "weight") if weight}
    mine = Comment.objects.visible_to(person).counted().filter(pk__in=list(texts))
    readable = {pk: texts[pk] for pk in mine.values_list("pk", flat=True)}
    scored = [Alike(pk, how) for pk, how in likenesses(own, readable, rarity).items()]
    best = sorted(scored, key=lambda each: (-each.likeness, -each.comment_id))
    return [each for each in best if each.likeness >= policy.like_at_least][: policy.like_shown]


def _readable(person: Person) -> Coalesce | Case | F:
    full = person.places("comment.read")
    if full is None:
        return F("plain")
    masked = Coalesce("masked", "plain")
    if not full:
        return masked
    return Case(When(comment__place_id__in=full, then=F("plain")), default=masked)


def _near(rows: QuerySet[Any], telling: list[tuple[str, float]]) -> QuerySet[Any]:
    """All rows, those that hold the heaviest telling words together first.

    Rows without any (weight 0) stay in, at the end: to leave them out here the database would look
    for each word twice.
    """
    weights: list[Any] = [
        Case(
            When(GreaterThan(StrIndex("read", Value(f" {word} ")), 0), then=Value(heavy)),
            default=Value(0.0),
        )
        for word, heavy in telling
    ]
    weight = Coalesce(reduce(add, weights), 0.0, output_field=FloatField())
    ranked: QuerySet[Any] = rows.annotate(weight=weight)
    return ranked.order_by("-weight", "-pk")
