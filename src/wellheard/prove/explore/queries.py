"""The figures that answer what is asked; every group in them may be shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _

from wellheard.measures.intervals import newcombe
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place, Site, Touchpoint
from wellheard.prove.charts.rules import Point, Series, Step
from wellheard.prove.explore.asking import Asked, period_of
from wellheard.understand.facts.queries import NOWHERE, tabulate
from wellheard.understand.facts.slices import TOUCHPOINT, Month, Period, Row, Slice, Table, Where
from wellheard.understand.scores.queries import scored, seams
from wellheard.understand.scores.rules import Measure, Score

_MONTHS = 12


class OutOfReachError(Exception):
    """The person may not see figures of this part; ``place_id`` when a place was named."""

    def __init__(self, place_id: int | None = None) -> None:
        super().__init__("out of reach")
        self.place_id = place_id


@dataclass(frozen=True, slots=True)
class Figure:
    """One group in one stretch of time. ``against``: the difference to the largest group."""

    key: int | str
    name: str
    start: date
    stop: date
    score: Score
    against: Difference | None = None
    is_largest: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Percentage points with their interval; whether it can be told from none at all."""

    estimate: float
    low: float
    high: float

    @property
    def is_told(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything the page, the files and the sentence are made of.

    ``notes``: codes of what was done other than asked. ``series``: one chart a group, when it is
    asked by time. ``missing``: names of groups with too few answers.
    """

    asked: Asked
    measure: Measure
    period: Period
    figures: tuple[Figure, ...]
    series: tuple[tuple[int | str, str, Series], ...]
    whole: Score | None
    withheld: bool
    policy: str
    minimum: int
    notes: tuple[str, ...]
    missing: tuple[str, ...]


def answer(asked: Asked, measure: Measure, person: Person, *, today: date) -> Answer:
    """Count what is asked, within what this person may see. Raises OutOfReachError."""
    fitted, notes = _fitted(asked, person)
    period = period_of(fitted, today=today, months=_MONTHS)
    if fitted.segment:
        period = _quarters(fitted, period, today)
    places = _places(fitted, person)
    question = Slice(
        person.organisation_id,
        measure.item,
        period,
        tuple(part for part in (fitted.by, fitted.step) if part),  # type: ignore[misc]  # read from closed lists
        _where(fitted, person, places),
    )
    table = tabulate(question)
    figures = _figures(fitted, measure, table, period, places)
    by_time = fitted.step in ("month", "week")
    return Answer(
        asked=fitted,
        measure=measure,
        period=period,
        figures=tuple(_compared(fitted, figures)),
        series=tuple(_series(fitted, measure, table, figures, person.organisation_id))
        if by_time
        else (),
        whole=scored(measure, table.total),
        withheld=table.withheld,
        policy=table.policy,
        minimum=table.minimum,
        notes=tuple(notes),
        missing=tuple(_missing(fitted, figures, places)),
    )


def _fitted(asked: Asked, person: Person) -> tuple[Asked, list[str]]:
    """The nearest question that may be counted, and what was changed about it."""
    notes = []
    reach = person.places("measure.read")
    if asked.people and reach is not None:
        asked = asked.change(by="place", group="")
        notes.append("groups_need_whole")
    if asked.people and (asked.place is not None or asked.kind):
        asked = asked.change(place=None, kind="")
        notes.append("groups_not_by_place")
    if asked.segment and asked.step in ("month", "week"):
        asked = asked.change(step="quarter")
        notes.append("groups_by_quarter")
    if asked.step == "week" and asked.place is None:
        asked = asked.change(step="month")
        notes.append("weeks_one_place")
    if asked.place is not None and asked.by != TOUCHPOINT:
        asked = asked.change(by="")
    return asked, notes


def _quarters(asked: Asked, period: Period, today: date) -> Period:
    """Whole quarters around a period; the one that still runs only when it was asked for."""
    whole = period.whole_quarters
    running = Month.containing(today).quarter
    if asked.until or whole.stop <= running or whole.start >= running:
        return whole
    return Period(whole.start, running)


def _places(asked: Asked, person: Person) -> dict[int, Place]:
    """The places in question that this person may see figures of."""
    reach = person.places("measure.read")
    found = Place.objects.of(person.organisation_id).within(reach).select_related("site")
    if asked.place is not None:
        found = found.filter(pk=asked.place)
        if not found:
            raise OutOfReachError(asked.place)
    if asked.site is not None:
        found = found.filter(site_id=asked.site)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    return {place.pk: place for place in found}


def _where(asked: Asked, person: Person, places: dict[int, Place]) -> Where:
    segment = (asked.segment, asked.group) if asked.segment and asked.group else None
    if asked.people:
        sites = frozenset({asked.site}) if asked.site is not None else None
        return Where(sites=sites, segment=segment)
    if asked.place is not None or asked.kind or person.places("measure.read") is not None:
        return Where(places=frozenset(places), segment=segment)
    sites = frozenset({asked.site}) if asked.site is not None else None
    return Where(sites=sites, segment=segment)


def _figures(
    asked: Asked, measure: Measure, table: Table, period: Period, places: dict[int, Place]
) -> list[Figure]:
    names = _names(asked, places)
    found = []
    for row in table.rows:
        score = scored(measure, row.counts)
        if score is None:
            continue
        key = row.key[0] if asked.by else ""
        if asked.by == "place" and key == 0:
            continue
        start = row.start or period.start.first_day
        stop = row.stop or period.stop.first_day
        name = str(key) if asked.people else names.get(key, str(key))
        found.append(Figure(key, name, start, stop, score))
    return sorted(found, key=lambda each: (each.name.casefold(), each.start))


def _names(asked: Asked, places: dict[int, Place]) -> dict[int | str, str]:
    if asked.by == "site":
        ids = {place.site_id for place in places.values()}
        return dict(Site.objects.filter(pk__in=ids).values_list("pk", "name"))
    if asked.by == TOUCHPOINT:
        spots = Touchpoint.objects.filter(place_id__in=places)
        named: dict[int | str, str] = {NOWHERE: _("No touchpoint named")}
        return named | {spot.pk: f"{spot.name}, {places[spot.place_id].name}" for spot in spots}
    return {pk: place.name for pk, place in places.items()}


def _compared(asked: Asked, figures: list[Figure]) -> Iterable[Figure]:
    """Groups of people against the largest of them; places only against their own past."""
    if not asked.people or asked.step or len(figures) < 2:
        return figures
    largest = max(figures, key=lambda each: each.score.n)
    measure = largest.score.measure
    if measure.statistic != "top_box":
        return figures
    return [
        Figure(
            each.key,
            each.name,
            each.start,
            each.stop,
            each.score,
            None if each is largest else _difference(each.score, largest.score),
            each is largest,
        )
        for each in figures
    ]


def _difference(ours: Score, theirs: Score) -> Difference:
    found = newcombe(
        round(ours.estimate * ours.n / 100), ours.n, round(theirs.estimate * theirs.n / 100),
        theirs.n,
    )  # fmt: skip
    return Difference(100 * found.estimate, 100 * found.low, 100 * found.high)


def _series(
    asked: Asked, measure: Measure, table: Table, figures: list[Figure], organisation_id: int
) -> Iterable[tuple[int | str, str, Series]]:
    changed = tuple(seams(organisation_id, measure))
    rows: dict[int | str, list[Row]] = defaultdict(list)
    for row in table.rows:
        rows[row.key[0] if asked.by else ""].append(row)
    step: Step = "week" if asked.step == "week" else "month"
    for key, group in groupby(figures, key=lambda each: each.key):
        name = next(group).name
        points = [point for row in rows[key] if (point := _point(measure, row)) is not None]
        yield (
            key,
            name,
            Series(
                measure=measure,
                step=step,
                points=tuple(sorted(points, key=lambda point: point.start)),
                withheld=table.withheld,
                policy=table.policy,
                minimum=table.minimum,
                seams=changed,
            ),
        )


def _point(measure: Measure, row: Row) -> Point | None:
    score = scored(measure, row.counts)
    if score is None or row.start is None or row.stop is None:
        return None
    return Point(row.start, row.stop, score, row.counts)


def _missing(asked: Asked, figures: list[Figure], places: dict[int, Place]) -> list[str]:
    """Open places with too few answers to stand beside the others."""
    if asked.by != "place":
        return []
    shown = {each.key for each in figures}
    return sorted(place.name for pk, place in places.items() if pk not in shown and place.is_open)
