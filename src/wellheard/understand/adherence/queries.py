"""Programmes of reminders and what came of them; only sums of enough people leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import mean

from django.db.models import QuerySet

from wellheard.understand.adherence.models import AdherenceRecord
from wellheard.understand.adherence.rules import (
    Compared,
    Covered,
    Design,
    adherence_policy,
    compare,
)
from wellheard.understand.disclosure.policy import load_policy

_GROUPS = ("medicine", "age_band", "sex", "payer")


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme: its design, over which days, how many people, what came of it."""

    name: str
    design: Design
    people: int
    first: date
    last: date
    compared: Compared | None


def programmes(organisation_id: int) -> list[Programme]:
    """Every programme of reminders, by name."""
    rows = AdherenceRecord.objects.filter(organisation_id=organisation_id)
    names = rows.order_by("programme").values_list("programme", flat=True).distinct()
    return [_programme(rows.filter(programme=name), name) for name in names]


def _programme(rows: QuerySet[AdherenceRecord], name: str) -> Programme:
    records = list(rows.order_by("pk"))
    design: Design = records[0].design  # type: ignore[assignment]  # the model's own choices
    covered = [_covered(each) for each in records]
    return Programme(
        name,
        design,
        len({each.who for each in covered}),
        min(each.starts_on for each in records),
        max(each.starts_on for each in records),
        compare(design, covered, adherence_policy(), minimum=load_policy().minimum_group),
    )


def _covered(row: AdherenceRecord) -> Covered:
    return Covered(
        row.person_key,
        100 * row.days_covered / row.days,
        row.reminded,
        {name: getattr(row, name) for name in _GROUPS},
        row.place_id,
    )


def adherence_by_place(
    organisation_id: int, *, start: date, stop: date
) -> dict[int, tuple[int, float]]:
    """At each place the people and their mean share of days covered, of spans that began in
    [start, stop), where enough people are."""
    rows = AdherenceRecord.objects.filter(
        organisation_id=organisation_id, place__isnull=False, starts_on__gte=start,
        starts_on__lt=stop,
    )  # fmt: skip
    return _means(_covered(row) for row in rows.order_by("pk"))


def _means(rows: Iterable[Covered]) -> dict[int, tuple[int, float]]:
    by_place: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.place is not None:
            by_place[row.place][row.who].append(row.percent)
    least = load_policy().minimum_group
    return {
        place: (len(people), mean(mean(each) for each in people.values()))
        for place, people in by_place.items()
        if len(people) >= least
    }
