"""Reads of public voices: the rating with its interval, and its trend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wellheard.listen.reviews.models import BurstAlarm, Outlet, OutletReading, PublicReview

STARS = 5


@dataclass(frozen=True, slots=True)
class Rating:
    """A mean of public ratings put on 0 to 5, with a 95 % interval (None below two)."""

    n: int
    mean: float
    low: float | None
    high: float | None
    first: date
    last: date


def rating_of(place_id: int, *, now: datetime, days: int = 365) -> Rating | None:
    """What a place is given in public. Deleted reviews and spam count for nothing."""
    reviews = PublicReview.objects.filter(place_id=place_id).standing()
    return _rating(_marks(reviews.filter(written_at__gte=now - timedelta(days=days))))


def trend(reviews: Iterable[PublicReview]) -> list[tuple[date, Rating]]:
    """By month of writing (its first day), the newest first; months without ratings are absent."""
    months: dict[date, list[tuple[float, date]]] = defaultdict(list)
    for value, day in _marks(reviews):
        months[day.replace(day=1)].append((value, day))
    return [
        (month, found)
        for month, marks in sorted(months.items(), reverse=True)
        if (found := _rating(marks)) is not None
    ]


def newest_of(place_id: int, *, most: int = 2) -> list[PublicReview]:
    """The newest public voices of a place that can still be read there."""
    found = PublicReview.objects.filter(place_id=place_id).standing().exclude(text="")
    return list(found.select_related("outlet")[:most])


def open_burst(organisation_id: int) -> BurstAlarm | None:
    """The alarm that is open now."""
    return BurstAlarm.objects.filter(organisation_id=organisation_id, closed_at=None).first()


def _marks(reviews: Iterable[PublicReview]) -> list[tuple[float, date]]:
    return [
        (float(each.rating) * STARS / each.rating_max, each.written_at.date())
        for each in reviews
        if each.rating is not None and each.rating_max
    ]


def _rating(marks: list[tuple[float, date]]) -> Rating | None:
    if not marks:
        return None
    from wellheard.measures.intervals import mean_interval

    values, days = [value for value, _ in marks], [day for _, day in marks]
    first, last = min(days), max(days)
    if len(values) < 2:
        return Rating(1, values[0], None, None, first, last)
    found = mean_interval(values)
    low, high = max(0.0, found.low), min(float(STARS), found.high)
    return Rating(found.n, found.estimate, low, high, first, last)


def outlets_of(organisation_id: int) -> list[tuple[Outlet, OutletReading | None]]:
    """Every outlet with its newest reading."""
    found = Outlet.objects.filter(organisation_id=organisation_id)
    return [(outlet, outlet.readings.first()) for outlet in found]
