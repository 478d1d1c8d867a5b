"""What waits for an answer, and how often and how fast we answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from wellheard.listen.reviews.models import Outlet, PublicReview
from wellheard.measures.intervals import Median, Proportion, median_interval, wilson
from wellheard.people.access.person import Person, person_of
from wellheard.people.staff.models import User
from wellheard.resolve.replies import facts
from wellheard.resolve.replies.models import PublicReply, ReplyDraft, ReplyTry
from wellheard.resolve.replies.policy import desk
from wellheard.resolve.replies.rules.standing import TONES, State, Tone, due_at

_SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Waiting:
    """One review and how its answer stands."""

    review: PublicReview
    reply: PublicReply | None
    tone: Tone
    state: State
    is_safety: bool
    due_at: datetime
    draft: ReplyDraft | None
    changed_since: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """When a review was written and answered in public; None: it is not."""

    tone: Tone
    written_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many reviews of one tone were answered, and how fast (days)."""

    tone: str
    share: Proportion | None
    days: Median | None


@dataclass(frozen=True, slots=True)
class Month:
    """Replies published within one month: the median of days they took, and how many."""

    first: date
    days: Median


def answerable(person: Person) -> QuerySet[PublicReview]:
    """Reviews that the person may read and that can be answered: standing, and no mention or
    listing."""
    found = PublicReview.objects.visible_to(person).standing()
    return found.filter(outlet__about__in=(Outlet.About.REVIEW, Outlet.About.STORY)).select_related(
        "outlet", "place", "organisation", "comment__reading", "comment__concern",
        "reply__owner", "reply__review",
    )  # fmt: skip


def waiting_of(review: PublicReview) -> Waiting:
    """How the answer to one review stands."""
    reply = getattr(review, "reply", None)
    tone, is_safety = facts.tone(review), facts.is_safety(review)
    draft = facts.newest_draft(reply) if reply is not None else None
    state: State = facts.standing_of(reply) if reply is not None else "unanswered"
    told = published_draft(reply) if reply is not None and state == "published" else None
    return Waiting(
        review=review,
        reply=reply,
        tone=tone,
        state=state,
        is_safety=is_safety,
        due_at=due_at(review.first_seen_at, tone, is_safety=is_safety, days=desk().due_days),
        draft=draft,
        changed_since=told is not None
        and told.review_version_id != facts.newest_version(review).pk,
    )


def published_draft(reply: PublicReply) -> ReplyDraft | None:
    """The words that stand in public."""
    made = reply.tries.filter(outcome=ReplyTry.Outcome.PUBLISHED).select_related("draft").first()
    return made.draft if made is not None else None


def unanswered(person: Person, *, now: datetime) -> list[Waiting]:
    """Of the last months, those without a reply in public: what is due first comes first."""
    found = answerable(person).exclude(reply__tries__outcome=ReplyTry.Outcome.PUBLISHED)
    lines = [waiting_of(each) for each in found.filter(written_at__gte=since(now))]
    return sorted(lines, key=lambda line: (line.due_at, line.review.pk))


def answered_lately(person: Person, *, now: datetime, most: int = 10) -> list[Waiting]:
    """The newest replies that stand in public."""
    found = answerable(person).filter(reply__tries__outcome=ReplyTry.Outcome.PUBLISHED)
    newest = found.filter(written_at__gte=since(now)).order_by("-reply__tries__ended_at")
    return [waiting_of(each) for each in newest[:most]]


def since(now: datetime) -> datetime:
    """How far back the desk looks."""
    return now - timedelta(days=round(desk().months * 30.44))


def answers(person: Person, *, now: datetime) -> list[Answered]:
    """Every review of the last months with its answer. Who deleted theirs is not counted."""
    published = dict(
        ReplyTry.objects.filter(
            outcome=ReplyTry.Outcome.PUBLISHED, reply__organisation_id=person.organisation_id
        ).values_list("reply__review_id", "ended_at")
    )
    return [
        Answered(facts.tone(each), each.written_at, published.get(each.pk))
        for each in answerable(person).filter(written_at__gte=since(now))
    ]


def coverage(found: Iterable[Answered]) -> list[Coverage]:
    """By tone, praise and criticism alike, then of all."""
    by_tone: dict[str, list[Answered]] = {tone: [] for tone in TONES}
    for each in found:
        by_tone[each.tone].append(each)
    every = [each for some in by_tone.values() for each in some]
    return [_coverage(tone, some) for tone, some in {**by_tone, "all": every}.items()]


def months(found: Iterable[Answered]) -> list[Month]:
    """By the month in which the reply was published (so that none is still to come), the oldest
    first; months without a reply are absent."""
    taken: dict[date, list[float]] = defaultdict(list)
    for each in found:
        if each.published_at is not None:
            taken[each.published_at.date().replace(day=1)].append(_days(each))
    return [Month(first, median_interval(days)) for first, days in sorted(taken.items())]


def owners(person: Person, *, now: datetime) -> list[User]:
    """Who may answer reviews, by name."""
    staff = User.objects.filter(organisation_id=person.organisation_id, is_active=True)
    held = staff.filter(memberships__ended_at=None).distinct().order_by("name")
    return [user for user in held if person_of(user, now=now).may("reply.write")]


def _coverage(tone: str, some: list[Answered]) -> Coverage:
    days = [_days(each) for each in some if each.published_at is not None]
    return Coverage(
        tone,
        wilson(len(days), len(some)) if some else None,
        median_interval(days) if days else None,
    )


def _days(each: Answered) -> float:
    assert each.published_at is not None
    return max(0.0, (each.published_at - each.written_at).total_seconds() / _SECONDS_A_DAY)
