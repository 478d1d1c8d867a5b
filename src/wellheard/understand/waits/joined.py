"""One place, quarter by quarter: waits, missed appointments, comments and complaints together.

Only sums stand side by side; nobody's visit is ever joined with what they said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from wellheard.listen.intake.models import Comment
from wellheard.measures.waits import MeanDifference, Waits, waits_of
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place
from wellheard.understand.attendance.queries import Attendance
from wellheard.understand.facts.rules import added
from wellheard.understand.facts.slices import Counts, Month, Period
from wellheard.understand.themes.models import ThemeLabel
from wellheard.understand.themes.queries import Told, comments_on, told
from wellheard.understand.waits.queries import PlaceWaits
from wellheard.understand.waits.rules import over_all, wait_policy


@dataclass(frozen=True, slots=True)
class Said:
    """How many comments, or complaints, there were, and how many of them about waiting."""

    n: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Quarter:
    """Months [start, stop) of one quarter. None: nothing that may be shown, or nothing the person
    may count."""

    start: Month
    stop: Month
    waits: Waits | None
    difference: MeanDifference | None
    due: Counts | None
    comments: Said | None
    complaints: Said | None


Moments = Iterable[tuple[datetime, bool]]


def quarters_of(
    waits: PlaceWaits,
    appointments: Attendance,
    *,
    comments: Mapping[Month, Said] | None,
    complaints: Mapping[Month, Said] | None,
) -> list[Quarter]:
    """Every quarter of one place in which anything is known, the newest first; ``comments`` and
    ``complaints`` by the quarter's first month, None for those who may not count them."""
    period = waits.period
    found = []
    for first in period.whole_quarters.months[::3]:
        start, stop = max(first, period.start), min(first.plus(3), period.stop)
        quarter = Quarter(
            start,
            stop,
            _waits(waits, first),
            over_all(pair for pair in waits.beside if pair.start.quarter == first),
            _due(appointments, first),
            None if comments is None else comments.get(first, Said(0, 0)),
            None if complaints is None else complaints.get(first, Said(0, 0)),
        )
        if _says_something(quarter):
            found.append(quarter)
    return found[::-1]


def _says_something(quarter: Quarter) -> bool:
    said = [each for each in (quarter.comments, quarter.complaints) if each is not None]
    return quarter.waits is not None or quarter.due is not None or any(each.n for each in said)


def _waits(waits: PlaceWaits, first: Month) -> Waits | None:
    minutes = added(part.minutes for part in waits.measured if part.start.quarter == first)
    return waits_of(minutes, limit=wait_policy().long_minutes) if minutes else None


def _due(appointments: Attendance, first: Month) -> Counts | None:
    counts: Counter[int] = Counter()
    for atom in appointments.atoms:
        if atom.start.quarter == first:
            counts.update(appointments.counts(atom))
    return Counts.of(counts) if counts else None


def by_quarter(moments: Moments, zone: ZoneInfo) -> dict[Month, Said]:
    """Moments of what was said, and whether it was about waiting, by quarter."""
    all_, waiting = Counter[Month](), Counter[Month]()
    for moment, is_waiting in moments:
        quarter = Month.containing(moment.astimezone(zone).date()).quarter
        all_[quarter] += 1
        waiting[quarter] += is_waiting
    return {quarter: Said(n, waiting[quarter]) for quarter, n in all_.items()}


def comments_at(place: Place, period: Period) -> dict[Month, Said]:
    """Comments with words about a place by quarter; the caller may read them, at least masked."""
    zone = ZoneInfo(place.site.zone)
    start, end = span(period, zone)
    labelled = ThemeLabel.objects.filter(
        comment=OuterRef("pk"), theme=wait_policy().theme, holds=True
    )
    rows = (
        Comment.objects.counted()
        .filter(place=place)
        .exclude(text="")
        .received_between(start, end)
        .annotate(waiting=Exists(labelled))
        .values_list("received_at", "waiting")
    )
    return by_quarter(rows, zone)


def voices_at(place: Place, person: Person) -> list[Told]:
    """The newest comments about waiting, as this person may see them."""
    found = comments_on(place.organisation_id, wait_policy().theme, frozenset({place.pk}))
    return [each for each in told(found, person, limit=wait_policy().voices) if each.text]


def may_read(person: Person, place: Place) -> bool:
    """Whether a person may read, and so count, the comments of a place."""
    permissions = ("comment.read", "comment.read_masked")
    return any(person.may(each, place_id=place.pk) for each in permissions)


def span(period: Period, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a period and the first after it."""
    start, end = (
        datetime.combine(month.first_day, time(), zone).astimezone(UTC)
        for month in (period.start, period.stop)
    )
    return start, end
