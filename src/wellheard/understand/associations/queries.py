"""Experience and outcomes by place and quarter, each through its own door, joined as sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Avg, Count, Q
from django.db.models.functions import TruncQuarter

from wellheard.people.visits.models import Visit
from wellheard.understand.adherence.queries import adherence_by_place
from wellheard.understand.associations.rules import (
    Found,
    Unit,
    associate,
    association_policy,
)
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Counts, Month, Period, Slice
from wellheard.understand.longterm.queries import changes_by_place, largest_asking
from wellheard.understand.readmissions.queries import tallies
from wellheard.understand.readmissions.rules import READMITTED
from wellheard.understand.scores.queries import scored
from wellheard.understand.scores.rules import Measure

# A place in a quarter, or over the whole period: then the quarter is None.
Key = tuple[int, Month | None]
Values = Mapping[Key, float]


@dataclass(frozen=True, slots=True)
class Associations:
    """What goes along with one measure, over which months."""

    measure: Measure
    period: Period
    found: tuple[Found, ...]


def associations(organisation_id: int, measure: Measure, *, now: datetime) -> Associations:
    """Each outcome beside the measure over the last whole quarters."""
    policy = association_policy()
    stop = Month.containing(now.date()).quarter
    period = Period.ending(stop, 3 * policy.quarters)
    said = _experience(organisation_id, measure, period)
    mix = _case_mix(organisation_id, period)
    found = []
    for outcome in policy.outcomes:
        values = _READERS[outcome.code](organisation_id, period, now)
        units = _units(values, said, mix)
        by_quarter = any(quarter is not None for _, quarter in values)
        found.append(associate(outcome, units, policy, by_quarter=by_quarter))
    return Associations(measure, period, tuple(found))


def _units(values: Values, said: Values, mix: Mapping[Key, tuple[float, float]]) -> list[Unit]:
    return [
        Unit(key[0], said[key], value, mix.get(key))
        for key, value in sorted(values.items(), key=str)
        if key in said
    ]


def _experience(organisation_id: int, measure: Measure, period: Period) -> Values:
    """The measure at each place, by quarter and over all of them."""
    found: dict[Key, float] = {}
    quarterly = tabulate(Slice(organisation_id, measure.item, period, ("place", "quarter")))
    for row in quarterly.rows:
        if (score := scored(measure, row.counts)) is not None:
            found[int(row.key[0]), Month.of(int(row.key[1]))] = score.estimate
    whole = tabulate(Slice(organisation_id, measure.item, period, ("place",)))
    for row in whole.rows:
        if (score := scored(measure, row.counts)) is not None:
            found[int(row.key[0]), None] = score.estimate
    return found


def _case_mix(organisation_id: int, period: Period) -> dict[Key, tuple[float, float]]:
    """Mean age and share of surgical stays among those who were treated at each place."""
    rows = Visit.objects.ended_between(_moment(period.start), _moment(period.stop)).filter(
        organisation_id=organisation_id, age__isnull=False
    )
    told = {
        "age_mean": Avg("age"),
        "n": Count("pk"),
        "surgical": Count("pk", filter=Q(service_line=Visit.Line.SURGICAL)),
    }
    found: dict[Key, tuple[float, float]] = {}
    least = load_policy().minimum_group
    marked = rows.annotate(quarter=TruncQuarter("ended_at", tzinfo=UTC))
    # What is counted has no type that a checker could know.
    quarterly: Any = marked.values("place_id", "quarter").annotate(**told).order_by()
    whole: Any = rows.values("place_id").annotate(**told).order_by()
    for row in [*quarterly, *whole]:
        began = row.get("quarter")
        if row["n"] >= least:
            key = (row["place_id"], Month.containing(began.date()) if began else None)
            found[key] = (row["age_mean"], row["surgical"] / row["n"])
    return found


def _readmitted(organisation_id: int, period: Period, now: datetime) -> Values:
    """The rate at each place in each whole quarter whose stays have had their 30 days."""
    found = tallies(organisation_id, until=now, months=len(period.months))
    counted: dict[Key, Counter[int]] = defaultdict(Counter)
    inside = set(found.period.months)
    for atom in found.atoms:
        quarter = atom.start.quarter
        if {quarter, quarter.plus(1), quarter.plus(2)} <= inside:
            counted[atom.place, quarter].update(found.counts(atom))
    rates: dict[Key, float] = {}
    for key, counts in counted.items():
        if (score := scored(READMITTED, Counts.of(counts))) is not None:
            rates[key] = score.estimate
    return rates


def _adherence(organisation_id: int, period: Period, now: datetime) -> Values:
    told = adherence_by_place(
        organisation_id, start=period.start.first_day, stop=period.stop.first_day
    )
    return {(place, None): percent for place, (_, percent) in told.items()}


def _health(organisation_id: int, period: Period, now: datetime) -> Values:
    months = largest_asking(organisation_id)
    changes = changes_by_place(organisation_id, months) if months else {}
    return {(place, None): change.estimate for place, change in changes.items()}


def _moment(month: Month) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=UTC)


_READERS: dict[str, Callable[[int, Period, datetime], Values]] = {
    "readmitted": _readmitted,
    "adherence": _adherence,
    "health": _health,
}
