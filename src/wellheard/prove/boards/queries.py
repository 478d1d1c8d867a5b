"""What the boards show, gathered from the rooms below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, Max, QuerySet, When
from django.db.models.functions import Length

from wellheard.listen.intake.models import Comment
from wellheard.people.access.person import Person
from wellheard.people.places.models import Organisation, Place
from wellheard.prove.boards.models import MeasureTarget
from wellheard.prove.boards.rules import home_policy
from wellheard.resolve.complaints.queries.follow_up import FollowUp, follow_ups_due
from wellheard.understand.themes.models import Sentiment
from wellheard.understand.themes.queries import (
    ThemeCount,
    Told,
    compliments,
    rising_themes,
    theme_counts,
    told,
)
from wellheard.understand.themes.rules import Rise

# Characters: long enough to tell something, short enough for a board.
_TELLING = (40, 320)
# "Nothing" as an answer to what could be better is praise, and no compliment to read aloud.
_FEWEST_CHARACTERS = 15
_JUST_PRAISE = frozenset({"positive_experience"})


def places_of(person: Person) -> QuerySet[Place]:
    """The open places a person may see, by site and name."""
    mine = Place.objects.of(person.organisation_id).open().within(person.places("place.read"))
    return mine.select_related("site").order_by("site__name", "name")


def comment_places(person: Person) -> frozenset[int] | None:
    """The places whose comments a person may read, at least masked; None is all."""
    full, masked = person.places("comment.read"), person.places("comment.read_masked")
    return None if full is None or masked is None else full | masked


def may_read_comments(person: Person, place_id: int) -> bool:
    """Whether a person may read the comments of a place, at least masked."""
    return any(
        person.may(permission, place_id=place_id)
        for permission in ("comment.read", "comment.read_masked")
    )


@dataclass(frozen=True, slots=True)
class News:
    """What came since somebody was last here."""

    since: datetime
    comments: int
    praise: int
    trouble: int
    newest: datetime | None


def news_of(place: Place, *, since: datetime, now: datetime) -> News:
    """Comments that a place was given in [since, now)."""
    spoken = Comment.objects.counted().filter(place=place).exclude(text="")
    fresh = spoken.filter(received_at__gte=since, received_at__lt=now)
    return News(
        since=since,
        comments=fresh.count(),
        praise=fresh.filter(reading__is_praise=True).count(),
        trouble=fresh.filter(reading__sentiment__gte=Sentiment.NEGATIVE).count(),
        newest=spoken.aggregate(newest=Max("received_at"))["newest"],
    )


def praise_at(place: Place, person: Person, *, now: datetime, limit: int = 3) -> list[Told]:
    """Compliments of a place from the last weeks: those that say something first, then newest."""
    since = now - timedelta(days=home_policy().praise_days)
    found = compliments(place.organisation_id, frozenset({place.pk}))
    found = found.filter(received_at__gte=since, received_at__lt=now)
    telling = Length("text", output_field=IntegerField())
    says_more = Case(When(length__range=_TELLING, then=0), default=1)
    worded = found.annotate(length=telling).filter(length__gte=_FEWEST_CHARACTERS)
    ordered = worded.order_by(says_more, "-received_at")
    return told(ordered, person, limit=limit)


def praised_for(place: Place, *, now: datetime, limit: int = 4) -> list[ThemeCount]:
    """What a place is praised for most often lately: its strengths."""
    counts = theme_counts(place.organisation_id, frozenset({place.pk}), now=now)
    known = [count for count in counts if count.praise and count.theme not in _JUST_PRAISE]
    return sorted(known, key=lambda count: -count.praise)[:limit]


def fresh_at(place: Place, person: Person, *, now: datetime, limit: int = 4) -> list[Told]:
    """The newest comments of a place that are not praise."""
    spoken = Comment.objects.counted().filter(place=place, received_at__lt=now).exclude(text="")
    rest = spoken.exclude(reading__is_praise=True).order_by("-received_at")
    return told(rest, person, limit=limit)


def rises_at(place: Place, *, now: datetime) -> list[Rise]:
    """Themes that come up more at a place than they did before."""
    return rising_themes(place.organisation_id, frozenset({place.pk}), now=now)


def due_at(place: Place, person: Person, *, now: datetime) -> list[FollowUp]:
    """Follow-ups due at a place, for those who may read its cases."""
    if not person.may("case.read", place_id=place.pk):
        return []
    return follow_ups_due(place.pk, now)


def local_day(place: Place, now: datetime) -> date:
    """What day it is at a place."""
    return now.astimezone(ZoneInfo(place.site.zone)).date()


def organisation_day(organisation_id: int, now: datetime) -> date:
    """What day it is where the organisation keeps its books."""
    zone = Organisation.objects.values_list("zone", flat=True).get(pk=organisation_id)
    return now.astimezone(ZoneInfo(zone)).date()


def targets(organisation_id: int) -> dict[str, MeasureTarget]:
    """What is wanted of each measure that has a target, by its code."""
    rows = MeasureTarget.objects.filter(organisation_id=organisation_id).order_by("at", "pk")
    newest = {row.measure: row for row in rows}
    return {code: row for code, row in newest.items() if row.value is not None}
