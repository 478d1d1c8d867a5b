"""Choices told to the panels, and groups of those we treat that sit on no board."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from wellheard.listen.panels.actions import members_on
from wellheard.listen.panels.models import ChoiceAnswer, Panel
from wellheard.people.visits.models import Visit
from wellheard.understand.choices.rules import OTHER, Shown, pooled_table
from wellheard.understand.disclosure.policy import load_policy

SEGMENTS = ("language", "age_band")
ATTRIBUTES = ("language", "sex", "age_band", "ethnicity")
_LEAST_SHARE = 0.05
_DAYS = 365


@dataclass(frozen=True, slots=True)
class Reasons:
    """Reasons of one side ("for" us or "not") by segment, and the days they were told on."""

    table: Shown | None
    first: date | None
    last: date | None


def reasons_told(organisation_id: int, *, side: str, kind: str, segment: str) -> Reasons:
    """What the panels of one kind said. They are never put together with patients."""
    told = ChoiceAnswer.objects.filter(
        organisation_id=organisation_id, panel__kind=kind, reason__startswith=f"{side}:"
    )
    rows = list(told.values_list("reason", segment, "told_on"))
    days = [day for _, _, day in rows]
    table = pooled_table([(reason, group) for reason, group, _ in rows], _minimum())
    # Days are told with the table only: of a few answers they would say when each was given.
    return Reasons(table, min(days), max(days)) if table else Reasons(None, None, None)


def went_to(organisation_id: int) -> list[tuple[str, int]]:
    """Where people went instead, the most named first; what fewer than the minimum named is left
    out, and so is everything when what is left out could be told from the total."""
    told = ChoiceAnswer.objects.filter(organisation_id=organisation_id, reason__startswith="not:")
    names: Counter[str] = Counter(
        " ".join(name.split()).title()
        for name in told.exclude(went_to="").values_list("went_to", flat=True)
    )
    table = pooled_table([(name, "") for name in names.elements()], _minimum())
    if table is None:
        return []
    return [(row, table.row_totals[row]) for row in table.rows if row != OTHER]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of those we treat: its share of visits, and whether anybody of it is seated."""

    attribute: str
    value: str
    share: float
    seated: bool


def diversity(panel: Panel, *, now: datetime) -> tuple[list[Group], int]:
    """(groups, visits they are counted from). Only groups of at least the minimum and 5 % of a
    year's visits; of members no number is shown, only whether anybody is there."""
    members = members_on(panel, now.date())
    visits = Visit.objects.filter(
        organisation_id=panel.organisation_id, ended_at__gte=now - timedelta(days=_DAYS),
        ended_at__lte=now,
    )  # fmt: skip
    groups: list[Group] = []
    total = visits.count()
    for attribute in ATTRIBUTES:
        seated = {getattr(member, attribute).casefold() for member in members}
        counted = visits.exclude(**{attribute: ""}).values_list(attribute).annotate(n=Count("pk"))
        known = list(counted.order_by("-n"))
        said = sum(n for _, n in known)
        groups += [
            Group(attribute, value, n / said, value.casefold() in seated)
            for value, n in known
            if n >= _minimum() and n / said >= _LEAST_SHARE
        ]
    return groups, total


def _minimum() -> int:
    return load_policy().minimum_group
