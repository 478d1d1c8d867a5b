"""Waits read from visits and from answers; small groups never leave."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from wellheard.measures.waits import MeanDifference, Wait, Waits, wait_of, waits_of
from wellheard.people.places.models import Organisation, Place
from wellheard.people.visits.models import Visit
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.disclosure.rules import may_show
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.rules import added, months_of_people
from wellheard.understand.facts.slices import Month, Period, Slice, Where
from wellheard.understand.waits.rules import Beside, Minutes, Part, beside, over_all, wait_policy

_READ_AT_ONCE = 10_000
_CAME = (Visit.Status.ARRIVED, Visit.Status.FINISHED)


@dataclass(slots=True)
class Clocked:
    """Waits of one place by month and minute, whose they were, their two parts, and why visits
    had none."""

    by_month: dict[Month, Minutes] = field(default_factory=lambda: defaultdict(Counter))
    people: dict[Month, set[str]] = field(default_factory=lambda: defaultdict(set))
    people_in_rooms: set[str] = field(default_factory=set)
    until_room: Minutes = field(default_factory=Counter)
    in_room: Minutes = field(default_factory=Counter)
    without: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class PlaceWaits:
    """One place: measured parts month by month, reported ones, and both side by side.

    ``clocked``: everything in the parts together, None when that is too few to show;
    ``until_room`` and ``in_room``: its two parts, where enough visits have both; ``withheld``:
    some visits or answers are in no figure; ``without``: visits without a wait, by why.
    """

    place_id: int
    period: Period
    measured: tuple[Part, ...]
    reported: tuple[Part, ...]
    beside: tuple[Beside, ...]
    clocked: Waits | None
    difference: MeanDifference | None
    until_room: Waits | None
    in_room: Waits | None
    without: Mapping[str, int]
    withheld: bool


def waits_at(
    organisation: Organisation, period: Period, places: frozenset[int] | None = None
) -> dict[int, PlaceWaits]:
    """Waits at each of these places (None: every place) that has any, over whole months."""
    found = _clocked(organisation, period, places)
    said, withheld = _reported(organisation.pk, period, places)
    return {
        place: _of_place(
            place, period, found.get(place) or Clocked(), said.get(place, []), withheld
        )
        for place in sorted({*found, *said})
    }


def recent_period(month: Month) -> Period:
    """The last whole months that the list of places is made of."""
    return Period.ending(month, wait_policy().recent_months)


def charted_period(month: Month) -> Period:
    """The last whole months that a place's charts are made of."""
    return Period.ending(month, wait_policy().months)


def _of_place(
    place: int, period: Period, clocked: Clocked, said: list[Part], withheld: bool
) -> PlaceWaits:
    measured = list(_parts(clocked, place, period))
    policy = wait_policy()
    pairs = tuple(beside(said, measured, longest=policy.longest_answer))
    shown = added(part.minutes for part in measured)
    inside = set(period.months)
    everybody = added(clocked.by_month[month] for month in clocked.by_month if month in inside)
    return PlaceWaits(
        place_id=place,
        period=period,
        measured=tuple(measured),
        reported=tuple(said),
        beside=pairs,
        clocked=waits_of(shown, limit=policy.long_minutes) if shown else None,
        difference=over_all(pairs),
        until_room=_stretch(clocked.until_room, clocked, inside),
        in_room=_stretch(clocked.in_room, clocked, inside),
        without=dict(clocked.without),
        withheld=withheld or shown.total() < everybody.total(),
    )


def _stretch(minutes: Minutes, clocked: Clocked, inside: set[Month]) -> Waits | None:
    """A part of the wait; None when the people it is known of, or the others, are too few."""
    least = load_policy().minimum_group
    everybody = set().union(*(who for month, who in clocked.people.items() if month in inside))
    others = len(everybody - clocked.people_in_rooms)
    if len(clocked.people_in_rooms) < least or not may_show(others, least):
        return None
    return waits_of(minutes, limit=wait_policy().long_minutes)


def _parts(clocked: Clocked, place: int, period: Period) -> Iterator[Part]:
    """Months with enough people, small ones joined within their quarter."""
    minimum = load_policy().minimum_group
    for atom in months_of_people(place, clocked.people, period, minimum):
        minutes = added(clocked.by_month[month] for month in atom.by_month)
        yield Part(atom.start, atom.stop, minutes)


def _clocked(
    organisation: Organisation, period: Period, places: frozenset[int] | None
) -> dict[int, Clocked]:
    """Whole quarters around the period, as months are joined within them; each place by the
    clock on its own wall."""
    zones = _zones(organisation, places)
    found: dict[int, Clocked] = defaultdict(Clocked)
    wanted, inside = set(period.whole_quarters.months), set(period.months)
    for place, who, scheduled, arrived, roomed, seen in _visits(organisation, period, zones):
        begun = scheduled or arrived
        assert begun is not None  # the query asks for one of the two
        month = Month.containing(begun.astimezone(zones[place]).date())
        if month not in wanted:
            continue
        wait = wait_of(
            scheduled=scheduled, arrived=arrived, roomed=roomed, seen=seen,
            longest=wait_policy().longest_minutes,
        )  # fmt: skip
        _keep(found[place], wait, month, who, is_inside=month in inside)
    return found


def _zones(organisation: Organisation, places: frozenset[int] | None) -> dict[int, ZoneInfo]:
    rows = Place.objects.of(organisation.pk).within(places).values_list("pk", "site__zone")
    return {place: ZoneInfo(zone or organisation.zone) for place, zone in rows}


def _keep(clocked: Clocked, wait: Wait | str, month: Month, who: str, *, is_inside: bool) -> None:
    if isinstance(wait, str):
        clocked.without[wait] += is_inside
        return
    clocked.by_month[month][round(wait.minutes)] += 1
    clocked.people[month].add(who)
    if is_inside and wait.until_room is not None and wait.in_room is not None:
        clocked.until_room[round(wait.until_room)] += 1
        clocked.in_room[round(wait.in_room)] += 1
        clocked.people_in_rooms.add(who)


Came = tuple[int, str, datetime | None, datetime | None, datetime | None, datetime | None]


def _visits(organisation: Organisation, period: Period, places: Collection[int]) -> Iterator[Came]:
    """Visits around these months, a day more on either side for the sake of the zones."""
    quarters = period.whole_quarters
    start, end = (
        datetime.combine(month.first_day, time(), UTC) + timedelta(days=days)
        for month, days in ((quarters.start, -1), (quarters.stop, 1))
    )
    by_time = Q(scheduled_at__gte=start, scheduled_at__lt=end)
    unbooked = Q(scheduled_at=None, arrived_at__gte=start, arrived_at__lt=end)
    visits: QuerySet[Visit] = Visit.objects.filter(
        by_time | unbooked,
        organisation=organisation,
        place_id__in=places,
        kind__in=wait_policy().kinds,
        status__in=_CAME,
    )
    rows = visits.values_list(
        *("pk", "person_key", "patient_id", "place_id"),
        *("scheduled_at", "arrived_at", "roomed_at", "seen_at"),
    )
    for pk, key, patient, place, *moments in rows.iterator(chunk_size=_READ_AT_ONCE):
        # Of whom nothing is known, nothing can be added up either: each stands for itself.
        who = key or (f"p{patient}" if patient else f"v{pk}")
        yield (place, who, *moments)


def _reported(
    organisation_id: int, period: Period, places: frozenset[int] | None
) -> tuple[dict[int, list[Part]], bool]:
    """What people answered, through the facts' door, by place and month."""
    where = Where(places=places)
    table = tabulate(
        Slice(organisation_id, wait_policy().reported_item, period, ("place", "month"), where)
    )
    found: dict[int, list[Part]] = defaultdict(list)
    for row in table.rows:
        place = int(row.key[0])
        if place and row.start is not None and row.stop is not None:
            months = Month.containing(row.start), Month.containing(row.stop)
            found[place].append(Part(*months, Counter(dict(row.counts.by_value))))
    for parts in found.values():
        parts.sort(key=lambda part: part.start)
    return found, table.withheld
