"""The register of complaints and its totals: one query, counted in several ways (C05)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from wellheard.people.access.person import Person
from wellheard.resolve.complaints.models import Case, Issue, IssueOutcome
from wellheard.resolve.complaints.models.case import CaseQuerySet
from wellheard.resolve.complaints.queries.filters import CaseFilter, cases_for
from wellheard.understand.themes.models import ThemeLabel

_AGES = ((7, "0-7 days"), (30, "8-30 days"), (90, "31-90 days"), (10**6, "over 90 days"))


@dataclass(frozen=True, slots=True)
class Total:
    """How many cases share one value. `code` is the value a filter takes."""

    code: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The same cases counted in each way. A case may have several themes and issues."""

    cases: int
    by_place: tuple[Total, ...]
    by_class: tuple[Total, ...]
    by_tier: tuple[Total, ...]
    by_status: tuple[Total, ...]
    by_age: tuple[Total, ...]
    by_theme: tuple[Total, ...]
    by_category: tuple[Total, ...]
    by_severity: tuple[Total, ...]
    by_stage: tuple[Total, ...]
    by_outcome: tuple[Total, ...]


def register(person: Person, wanted: CaseFilter, now: datetime) -> CaseQuerySet:
    """The cases of the register: each matter once, newest first."""
    cases = cases_for(person, wanted, now, base=Case.objects.counted())
    return cases.select_related("place", "owner", "comment").order_by("-received_at", "-pk")


def totals(person: Person, wanted: CaseFilter, now: datetime) -> Totals:
    """The register of the same filter, counted."""
    cases = register(person, wanted, now).order_by()
    ids = cases.values("pk")
    issues = Issue.objects.filter(case__in=ids, joined=False)
    return Totals(
        cases=cases.count(),
        by_place=_counted(cases.values_list("place_id", "place__name")),
        by_class=_counted(cases.values_list("klass", "klass")),
        by_tier=_counted(cases.values_list("tier", "tier")),
        by_status=_by_status(cases, now),
        by_age=_by_age(cases, now),
        by_theme=_themes(ids),
        by_category=_per_case(issues.exclude(category=""), "category"),
        by_severity=_per_case(issues.filter(severity__isnull=False), "severity"),
        by_stage=_per_case(issues.exclude(stage=""), "stage"),
        by_outcome=_per_case(_newest_outcomes(ids), "outcome"),
    )


def _counted(pairs: QuerySet[Case, tuple[object, object]]) -> tuple[Total, ...]:
    counts: dict[tuple[object, object], int] = {}
    for pair in pairs:
        counts[pair] = counts.get(pair, 0) + 1
    rows = [
        Total(str(code if code is not None else ""), str(label or ""), count)
        for (code, label), count in counts.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.label)))


def _by_status(cases: CaseQuerySet, now: datetime) -> tuple[Total, ...]:
    counts: dict[str, int] = {}
    fields = (
        "closed_at",
        "ending",
        "snoozed_until",
        "answered_at",
        "reopened_at",
        "acknowledged_at",
    )
    for case in cases.select_related(None).only(*fields):
        status = case.status(now)
        counts[status] = counts.get(status, 0) + 1
    return tuple(Total(code, code, count) for code, count in sorted(counts.items()))


def _by_age(cases: CaseQuerySet, now: datetime) -> tuple[Total, ...]:
    counts = dict.fromkeys((label for _, label in _AGES), 0)
    for received_at, closed_at in cases.values_list("received_at", "closed_at"):
        days = ((closed_at or now) - received_at) // timedelta(days=1)
        counts[next(label for most, label in _AGES if days <= most)] += 1
    return tuple(Total(label, label, count) for label, count in counts.items())


def _themes(ids: QuerySet[Case, Any]) -> tuple[Total, ...]:
    labels = ThemeLabel.objects.filter(comment__case__in=ids, holds=True)
    rows = labels.values("theme").annotate(n=Count("comment__case", distinct=True))
    return tuple(
        Total(row["theme"], row["theme"], row["n"]) for row in rows.order_by("-n", "theme")
    )


def _newest_outcomes(ids: QuerySet[Case, Any]) -> QuerySet[IssueOutcome]:
    newest = (
        IssueOutcome.objects.filter(issue__case__in=ids)
        .order_by("issue_id", "-at", "-pk")
        .values_list("issue_id", "pk")
    )
    first: dict[int, int] = {}
    for issue_id, outcome_id in newest:
        first.setdefault(issue_id, outcome_id)
    return IssueOutcome.objects.filter(pk__in=first.values())


def _per_case(rows: QuerySet[Issue] | QuerySet[IssueOutcome], field: str) -> tuple[Total, ...]:
    counted = rows.order_by().values(field).annotate(n=Count("case", distinct=True))
    return tuple(
        Total(str(row[field]), str(row[field]), row["n"]) for row in counted.order_by("-n", field)
    )


@dataclass(frozen=True, slots=True)
class Month:
    """The written notices of one month: how many, their mean days, and how many were late."""

    first_day: datetime
    notices: int
    mean_days: float
    beyond_seven: int
    beyond_with_interim: int


def notice_months(person: Person, now: datetime, months: int = 12) -> list[Month]:
    """Mean calendar days from receipt to written notice by month (CMS-17, CMS-18).

    Counted from the day of receipt to the day the letter was released, formal cases only.
    """
    cases = (
        Case.objects.counted()
        .visible_to(person)
        .filter(answered_at__gte=now - timedelta(days=31 * months), clocks__code="decision")
        .distinct()
        .annotate(month=TruncMonth("answered_at"))
        .values_list("month", "received_at", "answered_at", "pk")
    )
    with_interim = set(
        Case.objects.filter(letters__kind="interim", letters__dispatches__left_at__isnull=False)
        .of(person.organisation_id)
        .values_list("pk", flat=True)
    )
    groups: dict[datetime, list[tuple[float, int]]] = {}
    for month, received_at, answered_at, pk in cases:
        if answered_at is not None:
            length = (answered_at - received_at) / timedelta(days=1)
            groups.setdefault(month, []).append((length, pk))
    return [_month(first, rows, with_interim) for first, rows in sorted(groups.items())]


def _month(first: datetime, rows: Iterable[tuple[float, int]], with_interim: set[int]) -> Month:
    days = list(rows)
    late = [pk for length, pk in days if length > 7]
    return Month(
        first_day=first,
        notices=len(days),
        mean_days=sum(length for length, _ in days) / len(days),
        beyond_seven=len(late),
        beyond_with_interim=sum(1 for pk in late if pk in with_interim),
    )


@dataclass(frozen=True, slots=True)
class Handling:
    """How people rated the handling: counts and means of the three questions; None below five."""

    ratings: int
    respect: float | None
    process: float | None
    outcome: float | None


FEWEST_RATINGS = 5


def handling(person: Person, wanted: CaseFilter, now: datetime) -> Handling:
    """Totals of the three questions; single answers are never shown to staff."""
    ids = register(person, wanted, now).order_by().values("pk")
    rows = list(
        Case.objects.filter(pk__in=ids, handlingratings__isnull=False).values_list(
            "handlingratings__respect", "handlingratings__process", "handlingratings__outcome"
        )
    )
    if len(rows) < FEWEST_RATINGS:
        return Handling(len(rows), None, None, None)
    means = [sum(row[place] for row in rows) / len(rows) for place in range(3)]
    return Handling(len(rows), *means)


def effectiveness(person: Person, wanted: CaseFilter, now: datetime) -> tuple[int, int]:
    """(effective, closed): closed cases whose person is satisfied and that were not reopened."""
    closed = register(person, wanted, now).closed().order_by()
    satisfied = Q(closures__satisfied="yes", closures__reopening__isnull=True)
    reopened = Q(closures__reopening__kind__in=["person", "staff"])
    effective = closed.filter(satisfied).exclude(pk__in=closed.filter(reopened).values("pk"))
    return effective.distinct().count(), closed.count()


def overdue(organisation_id: int, now: datetime) -> int:
    """How many open cases are past something that was due."""
    return Case.objects.of(organisation_id).open().filter(next_due_at__lte=now).count()
