"""What the homes of the roles show beyond the measures: what is due, who is heard, how it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q

from wellheard.listen.intake.models import Comment
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.models import Response
from wellheard.measures.intervals import wilson
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place
from wellheard.prove.boards.rules import home_policy
from wellheard.resolve.complaints.models import Case, Clock, Promise
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.scores.models import MeasureProposal
from wellheard.understand.themes.models import CommentReading, Correction, ThemeLabel

_SOON = timedelta(days=2)
_IMPORTS = 5


@dataclass(frozen=True, slots=True)
class Coverage:
    """How fresh the data are, whose voices they hold, and who is missing.

    ``languages``: (code, answers), only of groups that may be shown; ``others``: whether smaller
    ones are left out. ``silent``: open places without one answer or comment in the time.
    """

    days: int
    answers: int
    comments: int
    answers_to: datetime | None
    comments_to: datetime | None
    languages: tuple[tuple[str, int], ...]
    others: bool
    silent: tuple[Place, ...]


def coverage(organisation_id: int, places: Iterable[Place], *, now: datetime) -> Coverage:
    """Freshness and coverage of these places over the policy's days."""
    days = home_policy().coverage_days
    ids = {place.pk: place for place in places}
    answers = Response.objects.filter(organisation_id=organisation_id, place_id__in=ids)
    comments = Comment.objects.counted().filter(organisation_id=organisation_id, place_id__in=ids)
    since = now - timedelta(days=days)
    lately = answers.received_between(since, now)
    spoken = comments.received_between(since, now).exclude(text="")
    by_language = dict(lately.values_list("language").annotate(n=Count("*")).order_by())
    smallest = load_policy().minimum_group
    shown = {code: n for code, n in by_language.items() if code and n >= smallest}
    heard = {
        *lately.values_list("place_id", flat=True).distinct(),
        *comments.received_between(since, now).values_list("place_id", flat=True).distinct(),
    }
    return Coverage(
        days=days,
        answers=sum(by_language.values()),
        comments=spoken.count(),
        answers_to=answers.aggregate(newest=Max("received_at"))["newest"],
        comments_to=comments.aggregate(newest=Max("received_at"))["newest"],
        languages=tuple(sorted(shown.items(), key=lambda pair: (-pair[1], pair[0]))),
        others=len(shown) < len([code for code in by_language if code]),
        silent=tuple(place for pk, place in ids.items() if pk not in heard and place.is_open),
    )


@dataclass(frozen=True, slots=True)
class Due:
    """Open matters of the whole organisation, as counts only."""

    past_day_seven: int
    open_grievances: int
    clocks_late: int
    clocks_soon: int
    promises_late: int
    promises_soon: int


def due_counts(organisation_id: int, *, now: datetime) -> Due:
    """Grievances past their seventh day, and what is late or due within two days."""
    cases = Case.objects.of(organisation_id).open()
    grievances = cases.filter(klass="grievance")
    clocks = Clock.objects.running().filter(case__in=cases)
    promises = Promise.objects.filter(case__in=cases, kept_at__isnull=True)
    late, soon = Q(due_at__lte=now), Q(due_at__gt=now, due_at__lte=now + _SOON)
    return Due(
        past_day_seven=grievances.filter(received_at__lte=now - timedelta(days=7)).count(),
        open_grievances=grievances.count(),
        clocks_late=clocks.filter(late).count(),
        clocks_soon=clocks.filter(soon).count(),
        promises_late=promises.filter(late).count(),
        promises_soon=promises.filter(soon).count(),
    )


@dataclass(frozen=True, slots=True)
class InboxState:
    """The cases a person may see, by how soon something is due."""

    late: int
    soon: int
    later: int
    mine: int


def inbox_state(person: Person, *, now: datetime) -> InboxState:
    """Open cases by their next deadline."""
    cases = Case.objects.visible_to(person).open()
    late = cases.filter(next_due_at__lte=now).count()
    soon = cases.filter(next_due_at__gt=now, next_due_at__lte=now + _SOON).count()
    everything = cases.count()
    return InboxState(
        late, soon, everything - late - soon, cases.filter(owner_id=person.user_id).count()
    )


@dataclass(frozen=True, slots=True)
class Share:
    """Some of all, in percent with its Wilson interval."""

    some: int
    of: int
    estimate: float
    low: float
    high: float

    @classmethod
    def read(cls, some: int, of: int) -> Share | None:
        if of == 0:
            return None
        found = wilson(some, of)
        return cls(some, of, 100 * found.estimate, 100 * found.low, 100 * found.high)


@dataclass(frozen=True, slots=True)
class SurveyHealth:
    """Invitations that were made in the time: opened and finished, as shares of them."""

    made: int
    begun: Share | None
    finished: Share | None


def survey_health(organisation_id: int, *, now: datetime) -> SurveyHealth:
    """How surveys fare over the policy's days."""
    since = now - timedelta(days=home_policy().coverage_days)
    rows = Invitation.objects.filter(
        organisation_id=organisation_id, made_at__gte=since, made_at__lt=now
    ).aggregate(
        made=Count("pk"),
        begun=Count("pk", filter=Q(begun_at__isnull=False)),
        finished=Count("pk", filter=Q(finished_at__isnull=False)),
    )
    made = rows["made"]
    return SurveyHealth(made, Share.read(rows["begun"], made), Share.read(rows["finished"], made))


@dataclass(frozen=True, slots=True)
class Import:
    """One file that came in: what it brought, how many, when."""

    kind: str
    rows: int
    at: datetime


def newest_imports(organisation_id: int) -> list[Import]:
    """The newest files of comments and of answers."""
    found = []
    for kind, model in (("comments", Comment), ("answers", Response)):
        rows = model._default_manager.filter(
            organisation_id=organisation_id, import_batch__isnull=False
        )
        batches = rows.values("import_batch").annotate(n=Count("pk"), at=Max("recorded_at"))
        found += [Import(kind, row["n"], row["at"]) for row in batches.order_by("-at")[:_IMPORTS]]
    return sorted(found, key=lambda each: each.at, reverse=True)[:_IMPORTS]


@dataclass(frozen=True, slots=True)
class ModelState:
    """How the comment engine fares here: labels people took away or set, of those looked at.

    Only comments that somebody corrected were surely looked at, so this is no error rate.
    """

    engines: tuple[tuple[str, int], ...]
    labels: int
    taken_away: int
    put: int
    feelings: int


def model_state(organisation_id: int) -> ModelState:
    """The engine's versions in use and people's corrections so far."""
    readings = CommentReading.objects.filter(organisation_id=organisation_id)
    engines = readings.values_list("engine").annotate(n=Count("pk")).order_by("-n")[:3]
    labels = ThemeLabel.objects.filter(organisation_id=organisation_id, source="machine")
    counted = labels.aggregate(n=Count("pk"), gone=Count("pk", filter=Q(holds=False)))
    changed = Counter(
        Correction.objects.filter(organisation_id=organisation_id).values_list("field", flat=True)
    )
    put = ThemeLabel.objects.filter(organisation_id=organisation_id, source="person", holds=True)
    return ModelState(
        engines=tuple((engine, n) for engine, n in engines),
        labels=counted["n"],
        taken_away=counted["gone"],
        put=put.count(),
        feelings=changed["sentiment"],
    )


def waiting_proposals(organisation_id: int) -> int:
    """Changes of measures that nobody has decided yet."""
    rows = MeasureProposal.objects.filter(organisation_id=organisation_id, decision__isnull=True)
    return rows.count()
