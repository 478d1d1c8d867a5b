"""Readmissions by place and month, only of groups that may be shown, and what was said there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from wellheard.people.places.models import Organisation, Place
from wellheard.people.visits.models import Visit
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.rules import Atom, months_of_people
from wellheard.understand.facts.slices import Counts, Month, Period, Slice
from wellheard.understand.predictions.stays import stays_since
from wellheard.understand.readmissions.rules import (
    AWAY,
    BACK,
    READMITTED,
    Followed,
    Index,
    follow,
    last_whole_month,
    readmission_policy,
)
from wellheard.understand.scores.lines import RateSeries, monthly_rates
from wellheard.understand.scores.queries import scored
from wellheard.understand.scores.rules import Measure, Score

# Long stays and returns reach over the first month's edge.
_BEFORE = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Tallies:
    """What may be shown of an organisation's index stays; every figure is a sum of ``atoms``.

    ``stays``: index stays by place and month, ``people``: the people in them.
    """

    period: Period
    sites: Mapping[int, int]
    atoms: tuple[Atom, ...]
    stays: Mapping[tuple[int, Month], Counter[int]]
    followed: Followed
    unknown: int

    @property
    def withheld(self) -> bool:
        """Whether some stays are in none of the figures."""
        shown = sum(sum(self.counts(atom).values()) for atom in self.atoms)
        inside = sum(sum(each.values()) for (_, m), each in self.stays.items() if m in self._months)
        return shown < inside

    @property
    def _months(self) -> frozenset[Month]:
        return frozenset(self.period.months)

    def counts(self, atom: Atom) -> Counter[int]:
        """The stays of an atom: how many came back, how many did not."""
        total: Counter[int] = Counter()
        for month in atom.by_month:
            total.update(self.stays[atom.place, month])
        return total


def tallies(organisation_id: int, *, until: datetime, months: int | None = None) -> Tallies:
    """Index stays of the last whole months whose every stay has had its 30 days."""
    policy = readmission_policy()
    zone = ZoneInfo(Organisation.objects.values_list("zone", flat=True).get(pk=organisation_id))
    stop = last_whole_month(until.astimezone(zone).date(), policy)
    period = Period.ending(stop, months or policy.months)
    opened = datetime.combine(period.start.quarter.first_day, datetime.min.time(), UTC)
    followed = follow(
        stays_since(organisation_id, since=opened - _BEFORE, until=until), policy, until=until
    )
    sites = dict(Place.objects.filter(organisation_id=organisation_id).values_list("pk", "site_id"))
    people, stays = _counted(followed.index, zone)
    minimum = load_policy().minimum_group
    atoms = [
        atom
        for place in sorted(people)
        for atom in months_of_people(place, people[place], period, minimum)
    ]
    unknown = _unknown(organisation_id, opened)
    return Tallies(period, sites, tuple(atoms), stays, followed, unknown)


def _counted(
    index: Iterable[Index], zone: ZoneInfo
) -> tuple[dict[int, dict[Month, set[str]]], dict[tuple[int, Month], Counter[int]]]:
    """People and stays by place and month of leaving. A group is as large as its people."""
    people: dict[int, dict[Month, set[str]]] = defaultdict(lambda: defaultdict(set))
    stays: dict[tuple[int, Month], Counter[int]] = defaultdict(Counter)
    for each in index:
        month = Month.containing(each.ended.astimezone(zone).date())
        people[each.place][month].add(each.who)
        stays[each.place, month][BACK if each.back else AWAY] += 1
    return people, stays


def _unknown(organisation_id: int, since: datetime) -> int:
    """Stays of people whom nothing names, so that a return could not be seen."""
    rows = Visit.objects.filter(
        organisation_id=organisation_id, kind=Visit.Kind.INPATIENT, ended_at__gte=since
    )
    return rows.filter(person_key="", patient=None).count()


def by_month(found: Tallies, *, place: int | None = None) -> RateSeries:
    """The rate month by month, of the organisation or one place (small months joined there)."""
    rates = monthly_rates(
        found.atoms,
        lambda there, month: found.stays[there, month],
        sites=found.sites,
        place=place,
    )
    return RateSeries(READMITTED, rates, found.withheld)


@dataclass(frozen=True, slots=True)
class PlaceRate:
    """One place over a year: its rate, and what was said of it in the same months."""

    place: int
    score: Score
    experience: Score | None


def by_place(
    organisation_id: int, found: Tallies, experience: Measure
) -> tuple[Period, list[PlaceRate]]:
    """Each place's rate beside its experience, both over the same months and only as sums: no
    answer is ever joined with a stay."""
    year = Period.ending(found.period.stop, readmission_policy().table_months)
    totals: dict[int, Counter[int]] = defaultdict(Counter)
    for atom in found.atoms:
        if atom.within(year):
            totals[atom.place].update(found.counts(atom))
    said = tabulate(Slice(organisation_id, experience.item, year, ("place",)))
    rows = []
    for place, counts in sorted(totals.items()):
        rate = scored(READMITTED, Counts.of(counts))
        row = said.row(place)
        if rate is not None:
            rows.append(PlaceRate(place, rate, scored(experience, row.counts) if row else None))
    return year, rows


def whole_rate(found: Tallies, period: Period) -> Score | None:
    """The organisation's rate over whole months; None when nothing may be shown."""
    total: Counter[int] = Counter()
    for atom in found.atoms:
        if atom.within(period):
            total.update(found.counts(atom))
    return scored(READMITTED, Counts.of(total))
