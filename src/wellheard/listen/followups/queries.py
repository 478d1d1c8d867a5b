"""How asking again goes, in counts; what was answered is read in ``understand``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from wellheard.listen.followups.models import FollowUp, FollowUpPlan


@dataclass(frozen=True, slots=True)
class Asked:
    """One time of asking: how many wait, were asked, answered, and were not asked, by why."""

    months: int
    waiting: int
    asked: int
    answered: int
    dropped: dict[str, int]


def plans(organisation_id: int) -> list[FollowUpPlan]:
    """Every plan, newest first."""
    rows = FollowUpPlan.objects.filter(organisation_id=organisation_id)
    return list(rows.select_related("proposed_by", "started_by").prefetch_related("places"))


def asked(plan: FollowUpPlan) -> list[Asked]:
    """Each time of asking, in order."""
    rows = FollowUp.objects.filter(plan=plan)
    counted = rows.order_by("months").values("months").annotate(
        waiting=Count("pk", filter=Q(asked_at=None, dropped_as="")),
        asked=Count("pk", filter=Q(asked_at__isnull=False)),
        answered=Count("pk", filter=Q(invitation__response__isnull=False)),
    )  # fmt: skip
    return [
        Asked(
            row["months"],
            row["waiting"],
            row["asked"],
            row["answered"],
            _dropped(rows, row["months"]),
        )
        for row in counted
    ]


def _dropped(rows: QuerySet[FollowUp], months: int) -> dict[str, int]:
    left = rows.filter(months=months).exclude(dropped_as="")
    return dict(left.order_by().values_list("dropped_as").annotate(Count("pk")))


@dataclass(frozen=True, slots=True)
class Course:
    """One person's answers by months after one visit; no name, for sums only."""

    visit_id: int
    place_id: int
    answers: dict[int, dict[str, int]]


def courses(organisation_id: int) -> Iterator[Course]:
    """Everybody who answered the first time, with what they answered later."""
    rows = FollowUp.objects.filter(
        organisation_id=organisation_id, invitation__response__isnull=False
    ).order_by("visit_id", "plan_id", "months")
    found: dict[int, Course] = {}
    columns = ("visit_id", "visit__place_id", "months", "invitation__response__answers")
    for visit_id, place_id, months, answers in rows.values_list(*columns):
        course = found.setdefault(visit_id, Course(visit_id, place_id, {}))
        course.answers.setdefault(months, answers)
    return (course for course in found.values() if 0 in course.answers)
