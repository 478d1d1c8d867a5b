"""Places and their charts for programs."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from wellheard.people.access.person import Person
from wellheard.people.places.models import Place
from wellheard.prove.boards.queries import local_day, places_of
from wellheard.prove.charts.presenters.drawing import drawing_of
from wellheard.prove.charts.queries import monthly_series, weekly_series
from wellheard.prove.charts.rules import Series, chart_policy
from wellheard.understand.facts.slices import Where
from wellheard.understand.scores.queries import NoMeasureError, measure

router = Router(tags=["places"])


class PlaceOut(Schema):
    """A place the person may see."""

    id: int
    name: str
    kind: str
    site: str
    code: str


class PointOut(Schema):
    """One period [start, stop) of a chart."""

    start: date
    stop: date
    n: int
    estimate: float
    low: float
    high: float
    few: bool


class ChartOut(Schema):
    """A measure at a place over time, with what its control chart says in one sentence."""

    place: int
    measure: str
    step: str
    says: str
    verdict: str
    basis: list[str]
    withheld: bool
    points: list[PointOut]


@router.get("", response=list[PlaceOut], summary="Places")
def list_places(request: HttpRequest) -> list[dict[str, Any]]:
    """The open places the person may see, by site and name."""
    return [
        {
            "id": place.pk,
            "name": place.name,
            "kind": place.kind,
            "site": place.site.name,
            "code": place.code,
        }
        for place in places_of(_person(request, "place.read"))
    ]


@router.get("/{place_id}/chart", response=ChartOut, summary="One measure of one place")
def show_chart(
    request: HttpRequest,
    place_id: int,
    measure_code: str = "rating",
    step: Literal["month", "week"] = "month",
) -> dict[str, Any]:
    """The chart as the place's page shows it; 404 for no such place or measure."""
    person = _person(request, "measure.read")
    place = _place_or_404(person, place_id)
    today = local_day(place, timezone.now())
    try:
        found = measure(person.organisation_id, measure_code, on=today)
    except NoMeasureError:
        raise Http404 from None
    if step == "week":
        series = weekly_series(place.organisation_id, found, place_id=place.pk, until=today)
    else:
        where = Where(places=frozenset({place.pk}))
        series = monthly_series(place.organisation_id, found, until=today, where=where)
    return _chart(place, series)


def _person(request: HttpRequest, permission: str) -> Person:
    person: Person | None = getattr(request, "person", None)
    if person is None or not person.may(permission):
        raise PermissionDenied(permission)
    return person


def _place_or_404(person: Person, place_id: int) -> Place:
    place = places_of(person).filter(pk=place_id).first()
    if place is None:
        raise Http404
    if not person.may("measure.read", place_id=place.pk):
        raise PermissionDenied("measure.read")
    return place


def _chart(place: Place, series: Series) -> dict[str, Any]:
    drawing = drawing_of(series, chart_policy())
    return {
        "place": place.pk,
        "measure": series.measure.code,
        "step": series.step,
        "says": drawing.says,
        "verdict": drawing.verdict,
        "basis": list(drawing.basis),
        "withheld": series.withheld,
        "points": [
            {
                "start": point.start,
                "stop": point.stop,
                "n": point.n,
                "estimate": round(point.score.estimate, 4),
                "low": round(point.score.low, 4),
                "high": round(point.score.high, 4),
                "few": point.score.is_low,
            }
            for point in series.points
        ],
    }
