"""Appointments read from visits; small groups never leave."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wellheard.people.places.models import Organisation, Place
from wellheard.people.visits.models import Visit
from wellheard.understand.attendance.rules import (
    CODES,
    Appointment,
    Reminded,
    Why,
    attendance_policy,
    by_reason,
    by_reminder,
    lead_of,
    missed_codes,
    outcome_of,
)
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.rules import Atom, months_of_people
from wellheard.understand.facts.slices import Counts, Month, Period
from wellheard.understand.scores.lines import RateSeries, counted_measure, monthly_rates
from wellheard.understand.scores.rules import Measure

_READ_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Attendance:
    """Appointments of some places over whole months. ``due``: those that count, in months that
    may be shown, by place and month; ``left_out``: those that do not count, by why."""

    period: Period
    sites: Mapping[int, int]
    atoms: tuple[Atom, ...]
    due: Mapping[tuple[int, Month], tuple[Appointment, ...]]
    left_out: Mapping[str, int]
    withheld: bool

    def counts(self, atom: Atom) -> Counter[int]:
        """The appointments of an atom by what became of them."""
        return _coded(row for month in atom.by_month for row in self.due[atom.place, month])

    def rows(self, place: int | None = None) -> Iterator[Appointment]:
        """The appointments of all that may be shown, or of one place."""
        for atom in self.atoms:
            if place is None or atom.place == place:
                for month in atom.by_month:
                    yield from self.due[atom.place, month]


def attendance(
    organisation: Organisation,
    period: Period,
    places: Iterable[Place],
    *,
    now: datetime,
) -> Attendance:
    """Appointments at these places over whole months, those whose time has come by ``now``."""
    listed = list(places)
    due: dict[tuple[int, Month], list[Appointment]] = defaultdict(list)
    left_out: Counter[str] = Counter()
    inside = set(period.months)
    for row in _appointments(organisation, listed, period, now):
        if row.outcome in CODES:
            due[row.place, row.month].append(row)
        elif row.month in inside:
            left_out[row.outcome] += 1
    atoms = tuple(_atoms(due, period))
    shown = sum(len(due[atom.place, month]) for atom in atoms for month in atom.by_month)
    asked = sum(len(rows) for (_, month), rows in due.items() if month in inside)
    kept = {key: tuple(rows) for key, rows in due.items()}
    sites = {place.pk: place.site_id for place in listed}
    return Attendance(period, sites, atoms, kept, dict(left_out), shown < asked)


def by_month(found: Attendance, measure: Measure, place: int | None = None) -> RateSeries:
    """Month by month: one place, small months joined, or all places of whole sites together."""
    rates = monthly_rates(
        found.atoms,
        lambda there, month: _coded(found.due[there, month]),
        sites=found.sites,
        place=place,
    )
    return RateSeries(measure, rates, found.withheld)


def by_place(found: Attendance) -> dict[int, Counts]:
    """What became of the appointments of each place."""
    totals: dict[int, Counter[int]] = defaultdict(Counter)
    for atom in found.atoms:
        totals[atom.place].update(found.counts(atom))
    return {place: Counts.of(counts) for place, counts in totals.items()}


def reminders(found: Attendance, place: int | None = None) -> list[Reminded]:
    """Reminded and not reminded, at all places or one."""
    return by_reminder(found.rows(place), minimum=load_policy().minimum_group)


def reasons(found: Attendance, place: int | None = None) -> list[Why]:
    """Why appointments were missed, at all places or one."""
    return by_reason(found.rows(place), minimum=load_policy().minimum_group)


def missed_measure(title: str, says: str) -> Measure:
    """The share of appointments that were due and missed, whether not come or cancelled late."""
    policy = attendance_policy()
    return counted_measure(
        code="missed",
        title=title,
        says=says,
        statistic="top_box",
        source=policy.source,
        effective_from=policy.effective_from,
        best=missed_codes(),
        scale=(0, 2),
    )


def _coded(rows: Iterable[Appointment]) -> Counter[int]:
    return Counter(CODES[row.outcome] for row in rows)


def _atoms(
    due: Mapping[tuple[int, Month], Collection[Appointment]], period: Period
) -> Iterator[Atom]:
    people: dict[int, dict[Month, set[str]]] = defaultdict(dict)
    for (place, month), rows in due.items():
        people[place][month] = {row.who for row in rows}
    for place in sorted(people):
        yield from months_of_people(place, people[place], period, load_policy().minimum_group)


def _appointments(
    organisation: Organisation, places: Collection[Place], period: Period, now: datetime
) -> Iterator[Appointment]:
    """Those due in whole quarters around the period, each in the month of its place's clock."""
    policy = attendance_policy()
    zones = {place.pk: ZoneInfo(place.site.zone or organisation.zone) for place in places}
    wanted = set(period.whole_quarters.months)
    for place, who, scheduled, booked, cancelled, status, reason, reminder in _visits(
        organisation, zones, period, now
    ):
        month = Month.containing(scheduled.astimezone(zones[place]).date())
        if month not in wanted:
            continue
        notice = timedelta(hours=policy.notice_hours)
        late = None if cancelled is None else scheduled - cancelled < notice
        days = None if booked is None else (scheduled - booked) / timedelta(days=1)
        outcome = outcome_of(status, reason, late=late)
        lead = lead_of(days, policy.lead_days)
        yield Appointment(place, month, who, outcome, lead, reminder, reason)


_Told = tuple[int, str, datetime, datetime | None, datetime | None, str, str, str]


def _visits(
    organisation: Organisation, places: Collection[int], period: Period, now: datetime
) -> Iterator[_Told]:
    """A day more on either side for the sake of the zones."""
    quarters = period.whole_quarters
    start, end = (
        datetime.combine(month.first_day, time(), UTC) + timedelta(days=days)
        for month, days in ((quarters.start, -1), (quarters.stop, 1))
    )
    rows = Visit.objects.filter(
        organisation=organisation,
        place_id__in=places,
        kind__in=attendance_policy().kinds,
        scheduled_at__gte=start,
        scheduled_at__lt=min(end, now),
    ).values_list(
        *("pk", "person_key", "patient_id", "place_id", "scheduled_at", "booked_at"),
        *("cancelled_at", "status", "reason", "reminder"),
    )
    for pk, key, patient, place, *rest in rows.iterator(chunk_size=_READ_AT_ONCE):
        # Of whom nothing is known, nothing can be added up either: each stands for itself.
        who = key or (f"p{patient}" if patient else f"v{pk}")
        yield (place, who, *rest)
