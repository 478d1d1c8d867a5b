"""Series of measures over time, through the facts' one door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from wellheard.prove.charts.rules import Point, Series, Step, chart_policy
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Month, Period, Row, Slice, Table, Where
from wellheard.understand.scores.queries import scored, seams
from wellheard.understand.scores.rules import Measure


def monthly_series(
    organisation_id: int,
    measure: Measure,
    *,
    until: date,
    where: Where | None = None,
    months: int | None = None,
) -> Series:
    """The measure by whole months that ended by ``until``."""
    period = Period.ending(Month.containing(until), months or chart_policy().months)
    question = Slice(organisation_id, measure.item, period, ("month",), where or Where())
    table = tabulate(question)
    return _of_rows(organisation_id, measure, "month", table.rows, table, question.where.places)


def weekly_series(
    organisation_id: int, measure: Measure, *, place_id: int, until: date, weeks: int | None = None
) -> Series:
    """The measure by whole weeks, Monday to Sunday, that ended by ``until``, at one place."""
    count = weeks or chart_policy().weeks
    end = until - timedelta(days=until.weekday())
    begin = end - timedelta(weeks=count)
    # One month more than the days asked for, so that weeks across its end are whole.
    period = Period(Month.containing(begin), Month.containing(until).plus(1))
    where = Where(places=frozenset({place_id}))
    table = tabulate(Slice(organisation_id, measure.item, period, ("week",), where))
    rows = [row for row in table.rows if _starts_within(row, begin, end)]
    return _of_rows(organisation_id, measure, "week", rows, table, where.places)


def series_by_place(
    organisation_id: int,
    measure: Measure,
    *,
    until: date,
    places: Iterable[int],
    months: int | None = None,
) -> dict[int, Series]:
    """The monthly series of each place that has one."""
    period = Period.ending(Month.containing(until), months or chart_policy().months)
    where = Where(places=frozenset(places))
    table = tabulate(Slice(organisation_id, measure.item, period, ("place", "month"), where))
    by_place: dict[int, list[Row]] = defaultdict(list)
    for row in table.rows:
        by_place[int(row.key[0])].append(row)
    return {
        place: _of_rows(organisation_id, measure, "month", rows, table, {place})
        for place, rows in by_place.items()
    }


def _starts_within(row: Row, begin: date, end: date) -> bool:
    return row.start is not None and row.stop is not None and row.start >= begin and row.stop <= end


def _of_rows(
    organisation_id: int,
    measure: Measure,
    step: Step,
    rows: Iterable[Row],
    table: Table,
    places: Collection[int] | None,
) -> Series:
    points = [point for row in rows if (point := _point(measure, row)) is not None]
    return Series(
        measure=measure,
        step=step,
        points=tuple(sorted(points, key=lambda point: point.start)),
        withheld=table.withheld,
        policy=table.policy,
        minimum=table.minimum,
        seams=tuple(seams(organisation_id, measure, places=places)),
    )


def _point(measure: Measure, row: Row) -> Point | None:
    score = scored(measure, row.counts)
    if score is None or row.start is None or row.stop is None:
        return None
    return Point(row.start, row.stop, score, row.counts)
