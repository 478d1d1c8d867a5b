"""What other rooms and pages ask about cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from wellheard.base.vault.sealing import digest
from wellheard.people.access.person import Person
from wellheard.resolve.complaints.models import Case, Clock, Escalation, Page, Promise
from wellheard.resolve.complaints.models.case import CaseQuerySet
from wellheard.resolve.complaints.rules.deadlines import clock_words
from wellheard.resolve.complaints.rules.packs import Count

FOLLOW = "case-follow"
_AHEAD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One thing that is due at a place. `kind` is "clock" or "promise"; never a patient's words."""

    case_id: int
    reference: str
    owner: str
    kind: str
    words: str
    due_at: datetime
    late: bool


def follow_ups_due(place_id: int, now: datetime) -> list[FollowUp]:
    """What is late or due within two days at a place, most urgent first: clocks and promises."""
    open_here = Case.objects.open().filter(place_id=place_id, confidential=False)
    clocks = Clock.objects.running().filter(case__in=open_here, due_at__lte=now + _AHEAD)
    promises = Promise.objects.filter(
        case__in=open_here, kept_at__isnull=True, due_at__lte=now + _AHEAD
    )
    found = [_of_clock(clock, now) for clock in clocks.select_related(*_CASE)]
    found += [_of_promise(promise, now) for promise in promises.select_related(*_CASE)]
    return sorted(found, key=lambda one: (one.due_at, one.case_id))


_CASE = ("case__owner", "case__site", "case__organisation")


def _of_clock(clock: Clock, now: datetime) -> FollowUp:
    case = clock.case
    return FollowUp(
        case_id=case.pk,
        reference=case.reference,
        owner=case.owner.name,
        kind="clock",
        words=words_of_clock(clock, case, now),
        due_at=clock.due_at,
        late=now >= clock.due_at,
    )


def _of_promise(promise: Promise, now: datetime) -> FollowUp:
    late = now >= promise.due_at
    return FollowUp(
        case_id=promise.case.pk,
        reference=promise.case.reference,
        owner=promise.case.owner.name,
        kind="promise",
        words="Promise broken" if late else "Promise due",
        due_at=promise.due_at,
        late=late,
    )


def words_of_clock(clock: Clock, case: Case, now: datetime) -> str:
    """What the badge of a clock says at `now`."""
    count = Count(clock.unit, clock.number)
    return clock_words(
        clock.label, count, clock.starts_at, clock.due_at, now, case.zone, case.holidays_in
    )


def open_cases_for(place_id: int) -> CaseQuerySet:
    """The open cases of a place, each matter once, in queue order."""
    return Case.objects.open().counted().filter(place_id=place_id).in_queue_order()


def broken_promises(place_id: int, since: datetime) -> int:
    """How many promises of a place were broken since then: for the unit's weekly note."""
    return Promise.objects.filter(case__place_id=place_id, broken_at__gte=since).count()


def case_by_secret(secret: str) -> Case | None:
    """The case whose secret address this is."""
    found = Case.objects.select_related("organisation", "site", "place", "patient", "comment")
    return found.filter(secret_digest=digest(secret, FOLLOW)).first()


def calls_for(person: Person) -> QuerySet[Page]:
    """Calls to this person that nobody has taken yet, the first one first."""
    mine = Page.objects.filter(
        organisation_id=person.organisation_id,
        to_id=person.user_id,
        answered_at__isnull=True,
        case__closed_at__isnull=True,
        case__safetyreviews__isnull=True,
    )
    return mine.select_related("case__place").order_by("at")


def escalated_to(person: Person) -> QuerySet[Escalation]:
    """What was passed up to this person and they have not opened yet."""
    mine = Escalation.objects.filter(
        organisation_id=person.organisation_id,
        to_id=person.user_id,
        seen_at__isnull=True,
        case__closed_at__isnull=True,
    )
    return mine.select_related("case__place").order_by("at")
