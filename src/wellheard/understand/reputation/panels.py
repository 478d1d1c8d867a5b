"""Public ratings next to internal results, on the page of a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.template.loader import render_to_string
from django.utils import timezone

from wellheard.listen.reviews.queries import newest_of, rating_of
from wellheard.measures.intervals import mean_interval
from wellheard.people.access.doors import StaffRequest
from wellheard.people.places.models import Place
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Month, Period, Slice, Where

ITEM, MOST = "pulse.rating", 10


@dataclass(frozen=True, slots=True)
class Inside:
    """A mean of what patients answered, 0 to 10, with its interval, n and days [first, last]."""

    mean: float
    low: float
    high: float
    n: int
    first: date
    last: date


def on_place(request: StaffRequest, place: Place) -> str:
    """Both, each with its dates and n; nothing where nobody writes in public."""
    now = timezone.now()
    outside = rating_of(place.pk, now=now)
    person = request.person
    may_read = person.may("comment.read_masked", place_id=place.pk)
    voices = newest_of(place.pk) if may_read else []
    if outside is None and not voices:
        return ""
    inside = inside_of(place, now.date()) if person.may("measure.read", place_id=place.pk) else None
    page = {"outside": outside, "inside": inside, "voices": voices, "may_read": may_read}
    return render_to_string("reputation/on_place.html", page, request)


def inside_of(place: Place, today: date) -> Inside | None:
    """The overall rating of the last twelve whole months, as far as it may be shown."""
    period = Period.ending(Month.containing(today), 12)
    table = tabulate(
        Slice(place.organisation_id, ITEM, period, ("place",), Where(frozenset({place.pk})))
    )
    row = table.row(place.pk)
    if row is None or row.counts.n < 2:
        return None
    found = mean_interval([value for value, n in row.counts for _ in range(n)])
    last = period.stop.first_day - timedelta(days=1)
    return Inside(found.estimate, max(0.0, found.low), min(MOST, found.high), found.n,
                  period.start.first_day, last)  # fmt: skip
