"""Measures and scores for programs: scoped to what the person may see, small groups withheld."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.errors import HttpError

from wellheard.people.access.person import Person
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Month, Period, Slice, SliceError, Table, Where
from wellheard.understand.scores.queries import NoMeasureError, measure, measures, scored
from wellheard.understand.scores.rules import Measure

router = Router(tags=["measures"])


class MeasureOut(Schema):
    """One entry of the metric catalogue."""

    code: str
    title: str
    item: str
    statistic: str
    best: list[int]
    direction: str
    definition: str
    owner: str
    source: str
    version: int
    effective_from: str


class ScoreOut(Schema):
    """One group with its score. `start` and `stop`: the days [start, stop) it covers."""

    key: list[int | str]
    n: int
    estimate: float
    low: float
    high: float
    level: float
    method: str
    adjustment: str
    few: bool
    start: date | None = None
    stop: date | None = None


class ScoresOut(Schema):
    """The groups that may be shown. `withheld`: some answers are in none of them."""

    measure: str
    version: int
    by: list[str]
    rows: list[ScoreOut]
    withheld: bool
    minimum_group: int
    policy: str


class ScoresAsked(Schema):
    """Which answers: whole months [start, stop) as yyyy-mm, grouped and narrowed.

    `by`: place, site, month, quarter, week, or one of language, age_band, sex, ethnicity, payer,
    mode (these by whole quarters, for sites or the organisation). `value` narrows to one group of
    `segment`.
    """

    start: str
    stop: str
    by: list[str] = []
    place: list[int] = []
    site: list[int] = []
    segment: str = ""
    value: str = ""


@router.get("", response=list[MeasureOut], summary="The metric catalogue")
def list_measures(request: HttpRequest) -> list[dict[str, Any]]:
    """Every measure as it stands today."""
    person = person_who_may(request, "measure.read")
    found = measures(person.organisation_id, on=timezone.localdate())
    return [_measure(each) for each in found.values()]


@router.get("/{code}/scores", response=ScoresOut, summary="Scores of one measure")
def list_scores(
    request: HttpRequest,
    code: str,
    asked: Query[ScoresAsked],
) -> dict[str, Any]:
    """Scores by the groups asked for; 404 for no such measure, 422 for what is never counted."""
    person = person_who_may(request, "measure.read")
    try:
        found = measure(person.organisation_id, code, on=timezone.localdate())
    except NoMeasureError:
        raise Http404 from None
    try:
        question = Slice(
            person.organisation_id,
            found.item,
            Period(_month(asked.start), _month(asked.stop)),
            tuple(asked.by),  # type: ignore[arg-type]  # the slice refuses unknown names
            _where(person, asked),
        )
        return _scores(found, tabulate(question))
    except SliceError as error:
        raise HttpError(422, str(error)) from None


def person_who_may(request: HttpRequest, permission: str) -> Person:
    """Who asks; raises PermissionDenied when they may not do this anywhere."""
    person: Person | None = getattr(request, "person", None)
    if person is None or not person.may(permission):
        raise PermissionDenied(permission)
    return person


def _where(person: Person, asked: ScoresAsked) -> Where:
    """What was asked for, within what the person may see."""
    reach = person.places("measure.read")
    places = frozenset(asked.place) or None
    if reach is not None:
        if asked.site or asked.segment or (places is not None and not places <= reach):
            raise PermissionDenied("measure.read")
        places = places or reach
    segment = (asked.segment, asked.value) if asked.segment else None
    return Where(places=places, sites=frozenset(asked.site) or None, segment=segment)


def _month(text: str) -> Month:
    year, _dash, number = text.partition("-")
    if not (year.isdecimal() and number.isdecimal() and len(year) == 4 and len(number) == 2):
        raise SliceError("start and stop: months are written yyyy-mm")
    if not (1900 <= int(year) <= 2200 and 1 <= int(number) <= 12):
        raise SliceError("start and stop: there is no such month")
    return Month(int(year), int(number))


def _measure(each: Measure) -> dict[str, Any]:
    return {
        "code": each.code,
        "title": each.title,
        "item": each.item,
        "statistic": each.statistic,
        "best": sorted(each.best),
        "direction": each.direction,
        "definition": each.definition,
        "owner": each.owner,
        "source": each.source,
        "version": each.version,
        "effective_from": each.effective_from,
    }


def _scores(found: Measure, table: Table) -> dict[str, Any]:
    rows = []
    for row in table.rows:
        score = scored(found, row.counts)
        if score is None:
            continue
        rows.append(
            {
                "key": list(row.key),
                "n": score.n,
                "estimate": round(score.estimate, 4),
                "low": round(score.low, 4),
                "high": round(score.high, 4),
                "level": score.level,
                "method": score.method,
                "adjustment": score.adjustment,
                "few": score.is_low,
                "start": row.start,
                "stop": row.stop,
            }
        )
    return {
        "measure": found.code,
        "version": found.version,
        "by": list(table.slice.by),
        "rows": rows,
        "withheld": table.withheld,
        "minimum_group": load_policy().minimum_group,
        "policy": table.policy,
    }
