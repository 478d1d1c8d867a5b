"""Recording how many were treated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.places.models import Place
from wellheard.people.visits.models import VisitCount

ALL = "all"


@dataclass(frozen=True, slots=True)
class NewCount:
    """Visits in one month; ``group`` and ``value`` are "all" for everybody."""

    place_id: int
    month: date
    visits: int
    group: str = ALL
    value: str = ALL


def record_visits(counts: Iterable[NewCount], *, by: Actor, at: datetime) -> int:
    """Keep the counts, replacing earlier ones of the same place, month and group. How many.

    Raises ValueError for a place of another organisation or a month that is not a first day.
    """
    rows = list(counts)
    with acting(by, at=at) as trail:
        ours = set(Place.objects.of(by.organisation_id).values_list("pk", flat=True))
        if any(row.place_id not in ours for row in rows):
            raise ValueError("a count names a place of another organisation")
        if any(row.month.day != 1 for row in rows):
            raise ValueError("a month is given by its first day")
        VisitCount.objects.bulk_create(
            [
                VisitCount(
                    organisation_id=by.organisation_id,
                    place_id=row.place_id,
                    month=row.month,
                    group=row.group,
                    value=row.value,
                    visits=row.visits,
                )
                for row in rows
            ],
            batch_size=2000,
            update_conflicts=True,
            update_fields=["visits"],
            unique_fields=["place", "month", "group", "value"],
        )
        trail.write("visits_recorded", ("people.visitcount", "batch"), count=len(rows))
    return len(rows)
