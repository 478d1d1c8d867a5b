"""The one door through which answers are counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from wellheard.listen.responses.models import Response
from wellheard.people.places.models import Place
from wellheard.understand.disclosure.policy import Policy, load_policy
from wellheard.understand.facts.rules import (
    WHOLE,
    Atom,
    added,
    atoms_of,
    by_single_month,
    people,
    visible_segments,
    visible_spots,
    weeks_of,
)
from wellheard.understand.facts.slices import (
    TOUCHPOINT,
    Counts,
    Month,
    Row,
    Slice,
    SliceError,
    Table,
)
from wellheard.understand.facts.sources import Wanted, count_facts

Key = tuple[int | str, ...]
# Answers that name no place, or no touchpoint, stand together under this key.
NOWHERE = 0


def tabulate(question: Slice, *, policy: Policy | None = None) -> Table:
    """Count the answers a slice asks for; every group in it may be shown.

    Groups of fewer people than the policy's minimum are joined to their neighbours in time or
    left out, of all totals too. Raises SliceError for a question that cannot be answered safely.
    """
    reading = _Reading(question, policy or load_policy())
    if question.segment == TOUCHPOINT:
        return _by_touchpoint(reading)
    if question.segment is not None:
        return _by_segment(reading, question.segment)
    if "week" in question.by:
        return _by_week(reading)
    if "month" in question.by:
        return _by_month(reading)
    return _by_place(reading)


def newest_answer(organisation_id: int) -> datetime | None:
    """When the newest answer came: how far the data reach."""
    received = Response.objects.filter(organisation_id=organisation_id)
    newest: datetime | None = received.aggregate(newest=Max("received_at"))["newest"]
    return newest


@dataclass(frozen=True, slots=True)
class _Reading:
    """One question with the policy it is answered under."""

    question: Slice
    policy: Policy

    def sites(self) -> dict[int, int]:
        """Site of each place in question."""
        places = Place.objects.filter(organisation_id=self.question.organisation_id)
        where = self.question.where
        if where.places is not None:
            places = places.filter(pk__in=where.places)
        if where.sites is not None:
            places = places.filter(site_id__in=where.sites)
        found = dict(places.values_list("pk", "site_id"))
        return found if self.is_narrowed else {NOWHERE: NOWHERE, **found}

    @property
    def is_narrowed(self) -> bool:
        where = self.question.where
        return where.places is not None or where.sites is not None

    def count(
        self, by: tuple[str, ...], places: frozenset[int] | None = None
    ) -> Iterator[tuple[tuple[Any, ...], int]]:
        """Facts of the whole quarters around the period, by columns of the fact table."""
        question = self.question
        quarters = question.period.whole_quarters
        return count_facts(Wanted(question.organisation_id, question.item, quarters, by, places))

    def counted(self, sites: Mapping[int, int]) -> _Counted:
        """Every atom of the places in question, over whole quarters, and the answers asked for."""
        monthly: dict[int, dict[Month, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
        narrowed = frozenset(sites) if self.is_narrowed else None
        for (place, month, value), n in self.count(("place_id", "month", "value"), narrowed):
            monthly[place or NOWHERE][Month.of(month)][value] += n
        quarters = self.question.period.whole_quarters
        minimum = self.policy.minimum_group
        atoms = [
            atom
            for place in sorted(monthly)
            for atom in atoms_of(place, monthly[place], quarters, minimum)
        ]
        inside = self.question.period.months
        asked = sum(
            people(by_month[month])
            for by_month in monthly.values()
            for month in inside
            if month in by_month
        )
        return _Counted(atoms, asked)

    def row(self, key: Key, counts: Mapping[int, int], *days: date) -> Row:
        low = people(counts) < self.policy.low_below
        start, stop = days or (None, None)
        return Row(key, Counts.of(counts), low, start, stop)

    def table(self, rows: list[Row], *, withheld: bool) -> Table:
        return Table(
            slice=self.question,
            rows=tuple(rows),
            withheld=withheld,
            policy=self.policy.name,
            minimum=self.policy.minimum_group,
            total=Counts.of(added(dict(row.counts.by_value) for row in rows)),
        )


@dataclass(frozen=True, slots=True)
class _Counted:
    """What may be shown, and how many answers were asked for (some may be withheld)."""

    atoms: list[Atom]
    asked: int


def _by_place(reading: _Reading) -> Table:
    sites = reading.sites()
    question = reading.question
    groups: dict[Key, Counter[int]] = defaultdict(Counter)
    spans: dict[Key, tuple[date, date]] = {}
    counted = reading.counted(sites)
    for atom in counted.atoms:
        if not atom.within(question.period):
            continue
        key = tuple(_part(dimension, atom, sites) for dimension in question.by)
        groups[key].update(atom.counts)
        if "quarter" in question.by:
            quarter = atom.start.quarter
            spans[key] = (quarter.first_day, quarter.plus(3).first_day)
    rows = [reading.row(key, groups[key], *spans.get(key, ())) for key in sorted(groups, key=str)]
    return _finished(reading, counted, rows)


def _part(dimension: str, atom: Atom, sites: Mapping[int, int]) -> int | str:
    if dimension == "place":
        return atom.place
    return sites[atom.place] if dimension == "site" else atom.start.quarter.code


def _by_month(reading: _Reading) -> Table:
    """Months of each place (small ones joined), of each site, or of all that is asked for."""
    sites = reading.sites()
    by = reading.question.by
    minimum = reading.policy.minimum_group
    counted = reading.counted(sites)
    inside = [atom for atom in counted.atoms if atom.within(reading.question.period)]
    if "place" in by or (reading.is_narrowed and len(sites) == 1):
        rows = [_place_month(reading, atom, sites) for atom in inside]
        return _finished(reading, counted, sorted(rows, key=lambda row: str(row.key)))
    groups: dict[Key, Counter[int]] = defaultdict(Counter)
    whole_sites = reading.question.where.places is None
    for site in sorted(set(sites.values())):
        own = [atom for atom in inside if sites[atom.place] == site]
        usable = own if whole_sites else [atom for atom in own if atom.is_one_month]
        pooled = by_single_month(usable, minimum)
        for month, counts in pooled.items():
            parts = {"site": site, "month": month.code}
            groups[tuple(parts[dimension] for dimension in by)].update(counts)
    months = {key: Month.of(int(key[by.index("month")])) for key in groups}
    rows = [
        reading.row(key, groups[key], months[key].first_day, months[key].plus(1).first_day)
        for key in sorted(groups)
    ]
    return _finished(reading, counted, rows)


def _place_month(reading: _Reading, atom: Atom, sites: Mapping[int, int]) -> Row:
    parts: dict[str, int] = {
        "place": atom.place,
        "site": sites[atom.place],
        "month": atom.start.code,
    }
    key = tuple(parts[dimension] for dimension in reading.question.by)
    return reading.row(key, atom.counts, atom.start.first_day, atom.stop.first_day)


def _finished(reading: _Reading, counted: _Counted, rows: list[Row]) -> Table:
    shown = sum(row.counts.n for row in rows)
    return reading.table(rows, withheld=counted.asked > shown)


def _by_week(reading: _Reading) -> Table:
    """Weeks of one place; the key is the Monday."""
    sites = reading.sites()
    if len(sites) != 1 or reading.question.where.places is None:
        raise SliceError("week: is counted for one place at a time")
    days: dict[date, Counter[int]] = defaultdict(Counter)
    daily = reading.count(("place_id", "day", "value"), frozenset(sites))
    for (_place, day, value), n in daily:
        days[day][value] += n
    minimum = reading.policy.minimum_group
    counted = reading.counted(sites)
    atoms = [atom for atom in counted.atoms if atom.within(reading.question.period)]
    rows = [
        reading.row(_week_key(reading, sites, week.start), week.counts, week.start, week.stop)
        for week in weeks_of(atoms, days, minimum)
        if week.counts
    ]
    return _finished(reading, counted, rows)


def _week_key(reading: _Reading, sites: Mapping[int, int], monday: date) -> Key:
    place, site = next(iter(sites.items()))
    parts: dict[str, int | str] = {"place": place, "site": site, "week": monday.isoformat()}
    return tuple(parts[dimension] for dimension in reading.question.by)


def _by_segment(reading: _Reading, segment: str) -> Table:
    """One personal attribute, by whole quarters, for sites or the whole organisation."""
    return _visible(reading, _segment_answers(reading, segment))


def answers_by_segment(
    question: Slice, *, policy: Policy | None = None
) -> dict[Month, dict[tuple[int, str], Counter[int]]]:
    """Answers of each quarter by (site, group), of places that may be shown in that quarter.

    Not yet cut to what may be shown: for rules that decide it over several quarters together.
    """
    if question.segment is None or question.segment == TOUCHPOINT:
        raise SliceError("by: needs one personal attribute")
    return _segment_answers(_Reading(question, policy or load_policy()), question.segment)


def _segment_answers(
    reading: _Reading, segment: str
) -> dict[Month, dict[tuple[int, str], Counter[int]]]:
    question = reading.question
    everywhere = _Reading(
        Slice(question.organisation_id, question.item, question.period), reading.policy
    )
    sites = everywhere.sites()
    shown = {(atom.place, atom.start.quarter) for atom in everywhere.counted(sites).atoms}
    cells: dict[Month, dict[tuple[int, str], Counter[int]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    rows = everywhere.count(("place_id", "month", segment, "value"))
    for (place, code, name, value), n in rows:
        quarter = Month.of(code).quarter
        if (place or NOWHERE, quarter) in shown:
            cells[quarter][sites[place or NOWHERE], name][value] += n
    return cells


def _by_touchpoint(reading: _Reading) -> Table:
    """The spots within places, by whole quarters; also for single places, which contain them."""
    sites = reading.sites()
    shown = {(atom.place, atom.start.quarter) for atom in reading.counted(sites).atoms}
    cells: dict[Month, dict[tuple[int, int], Counter[int]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    question = reading.question
    one = question.where.segment and int(question.where.segment[1])
    narrowed = frozenset(sites) if reading.is_narrowed else None
    seen = 0
    by = ("place_id", "month", "touchpoint_id", "value")
    for (at, code, spot, value), n in reading.count(by, narrowed):
        place, quarter = at or NOWHERE, Month.of(code).quarter
        seen += n if one is None or one == (spot or NOWHERE) else 0
        if (place, quarter) in shown:
            cells[quarter][place, spot or NOWHERE][value] += n
    groups: dict[Key, Counter[int]] = defaultdict(Counter)
    for quarter, spots in cells.items():
        for (place, spot), counts in visible_spots(
            spots, quarter, reading.policy.minimum_group
        ).items():
            if one is None or one == spot:
                parts = {"site": sites[place], "quarter": quarter.code, TOUCHPOINT: spot}
                groups[tuple(parts[dimension] for dimension in question.by)].update(counts)
    rows = [_segment_row(reading, key, groups[key]) for key in sorted(groups, key=str)]
    return reading.table(rows, withheld=seen > sum(row.counts.n for row in rows))


def _visible(
    reading: _Reading, cells: Mapping[Month, Mapping[tuple[int, str], Counter[int]]]
) -> Table:
    question = reading.question
    wanted = _wanted_levels(question)
    groups: dict[Key, Counter[int]] = defaultdict(Counter)
    whole = question.where.segment[1] if question.where.segment else None
    seen = 0
    for quarter, table in cells.items():
        seen += sum(
            people(counts)
            for (site, name), counts in table.items()
            if (question.where.sites is None or site in question.where.sites)
            and (whole is None or name == whole)
        )
        for cell in visible_segments(table, quarter, reading.policy.minimum_group):
            if not wanted(cell.level) or (whole is not None and cell.segment != whole):
                continue
            parts = {"site": cell.level, "quarter": quarter.code}
            key = tuple(parts.get(dimension, cell.segment) for dimension in question.by)
            groups[key].update(cell.counts)  # type: ignore[index]  # levels are ids here
    rows = [_segment_row(reading, key, groups[key]) for key in sorted(groups, key=str)]
    return reading.table(rows, withheld=seen > sum(row.counts.n for row in rows))


def _segment_row(reading: _Reading, key: Key, counts: Counter[int]) -> Row:
    by = reading.question.by
    if "quarter" not in by:
        return reading.row(key, counts)
    quarter = Month.of(int(key[by.index("quarter")]))
    return reading.row(key, counts, quarter.first_day, quarter.plus(3).first_day)


def _wanted_levels(question: Slice) -> Callable[[object], bool]:
    sites = question.where.sites
    if "site" not in question.by and sites is None:
        return lambda level: level == WHOLE
    return lambda level: level != WHOLE and (sites is None or level in sites)
