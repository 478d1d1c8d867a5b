"""Reading how many were treated."""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from wellheard.people.visits.actions import ALL
from wellheard.people.visits.models import VisitCount


def visits(place_ids: frozenset[int], *, start: date, end: date) -> int | None:
    """Visits to these places in the months from ``start`` up to, not including, ``end``.

    None when nothing was recorded (which is not the same as nobody came).
    """
    rows = VisitCount.objects.filter(
        place_id__in=place_ids, month__gte=start, month__lt=end, group=ALL
    )
    total: int | None = rows.aggregate(total=Sum("visits"))["total"]
    return total


def visits_by_group(
    place_ids: frozenset[int], group: str, *, start: date, end: date
) -> dict[str, int]:
    """Visits by the values of one group ("language", "age_band") in the half-open months."""
    rows = (
        VisitCount.objects.filter(
            place_id__in=place_ids, month__gte=start, month__lt=end, group=group
        )
        .values_list("value")
        .annotate(total=Sum("visits"))
    )
    return dict(rows)
