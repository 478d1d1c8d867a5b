"""The sampling frame in the database: who of a span may be asked, and who not and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, F, Q, Value, When

from wellheard.channels.outbox.models import MessageAttempt
from wellheard.listen.sampling.models import SampleMember
from wellheard.listen.sampling.rules import Candidate
from wellheard.listen.sampling.vocabulary import Eligibility, limits
from wellheard.people.patients.models import Patient
from wellheard.people.places.models import Organisation
from wellheard.people.visits.models import Visit, VisitQuerySet

_STRATA = {"place": "place_id"}
_READ_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Frame:
    """``visits``: how many ended in the span; ``left_out``: reason to how many of them."""

    candidates: Sequence[Candidate]
    visits: int
    left_out: dict[str, int]


def visits_of_span(
    organisation: Organisation,
    starts_on: date,
    ends_on: date,
    place_ids: Sequence[int] = (),
    *,
    after: str = "visit",
) -> VisitQuerySet:
    """Finished visits that ended on days of the half-open span, where the hospital stands;
    ``after`` "booking": appointments that were booked on those days, whatever became of them."""
    zone = ZoneInfo(organisation.zone)
    start = datetime.combine(starts_on, time(), zone)
    end = datetime.combine(ends_on, time(), zone)
    mine = Visit.objects.filter(organisation=organisation)
    if after == "booking":
        found = mine.filter(booked_at__gte=start, booked_at__lt=end, scheduled_at__isnull=False)
    else:
        found = mine.ended_between(start, end)
    return found.filter(place_id__in=place_ids) if place_ids else found


def frame_of(
    visits: VisitQuerySet,
    rule: Eligibility,
    *,
    organisation: Organisation,
    languages: Sequence[str],
    stratum: str = "",
    at: datetime,
) -> Frame:
    """Who may be asked at ``at``. Each visit is left out for the first reason that holds.

    ``languages``: those the instrument is published in; an unknown language is taken for the
    organisation's first.
    """
    column = _STRATA.get(stratum, stratum)
    marked = visits.annotate(
        why_not=_reason(rule, organisation, languages, at),
        stratum=F(column) if column else Value(""),
    )
    # One pass over the rows: the reasons cost the database more than all the rest.
    columns = ("why_not", "pk", "patient_id", "person_key", "household", "stratum")
    asked = _asked_lately(organisation, at)
    candidates: list[Candidate] = []
    left_out: Counter[str] = Counter()
    # Of a million visits each costs what its constructor costs; a tuple's own is the cheapest.
    make, texts = partial(tuple.__new__, Candidate), _Texts()
    for reason, pk, patient_id, key, household, group in marked.values_list(*columns).iterator(
        chunk_size=_READ_AT_ONCE
    ):
        if reason:
            left_out[reason] += 1
        elif patient_id in asked.patients or (key and key in asked.keys):
            left_out["asked_lately"] += 1
        else:
            person = key or (f"p{patient_id}" if patient_id else "")
            candidates.append(make((pk, texts[group], person, household)))
    return Frame(candidates, len(candidates) + left_out.total(), dict(left_out))


class _Texts(dict[object, str]):
    """The text of a value that very many rows share, made once."""

    def __missing__(self, value: object) -> str:
        return self.setdefault(value, str(value))


def _reason(
    rule: Eligibility, organisation: Organisation, languages: Sequence[str], at: datetime
) -> Case:
    """The first reason why a visit is left out; "" when there is none. The order is told by the
    page that shows the counts."""
    spoken = Q(language="") | Q(language__in=languages)
    for language in languages:
        spoken |= Q(language__startswith=f"{language}-")
    earliest = at - timedelta(days=rule.first_within_days)
    tests = [
        ("other_kind", ~Q(kind__in=rule.kinds)),
        ("not_over", Q(**{f"{rule.moment}__gt": at})),
        ("too_late", Q(**{f"{rule.moment}__lt": earliest})),
        ("minor", Q(age__lt=rule.least_age)),
        ("age_unknown", Q(age=None, age_band="") | Q(age=None, age_band="0-17")),
        ("died", Q(discharge_to="died") | Q(patient_id__in=_dead(organisation))),
        ("discharged_to", Q(discharge_to__in=rule.not_discharged_to)),
        ("excluded", Q(exclusion__in=rule.exclusions)),
        ("no_language", ~spoken),
    ]
    if rule.after == "booking":
        tests.append(("called_off", Q(status=Visit.Status.CANCELLED)))
    if rule.least_nights:
        tests.append(("no_night", Q(nights__lt=rule.least_nights)))
    if rule.service_lines:
        tests.append(("other_line", ~Q(service_line__in=rule.service_lines)))
    whens = [When(test, then=Value(reason)) for reason, test in tests]
    return Case(*whens, default=Value(""), output_field=CharField())


def _dead(organisation: Organisation) -> object:
    return Patient.objects.filter(organisation=organisation, deceased_on__isnull=False).values("pk")


@dataclass(frozen=True, slots=True)
class _Asked:
    patients: frozenset[int]
    keys: frozenset[str]


def _asked_lately(organisation: Organisation, at: datetime) -> _Asked:
    """People who were drawn, or to whom a survey went, within the days in which nobody is asked
    twice: over all plans and everything else that asks by message."""
    since = at - timedelta(days=limits().frequency_days)
    drawn = SampleMember.objects.filter(organisation=organisation, starts_at__gt=since)
    sent = (
        MessageAttempt.objects.filter(
            message__organisation=organisation,
            message__purpose="survey",
            started_at__gt=since,
        )
        .exclude(outcome__in=["failed", "rejected"])
        .values_list("message__patient_id", flat=True)
    )
    patients = {p for p in drawn.values_list("patient_id", flat=True) if p is not None}
    keys = {k for k in drawn.values_list("person_key", flat=True) if k}
    return _Asked(frozenset(patients | set(sent)), frozenset(keys))
