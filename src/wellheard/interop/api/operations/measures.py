"""Reading measures and themes. Small groups never leave: all counting goes through disclosure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from wellheard.interop.api.doors import ApiRequest, need
from wellheard.interop.api.operations.places import place_for
from wellheard.interop.api.problems import Problem
from wellheard.interop.api.refusals import REFUSALS
from wellheard.interop.api.shapes import Code, GapOut, MeasureOut, PlaceCode, ScoreOut, ThemeOut
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place, Site
from wellheard.understand.equity.queries import equity_of
from wellheard.understand.equity.rules import Gap
from wellheard.understand.facts.slices import Month, Period, Where
from wellheard.understand.scores.queries import (
    NoMeasureError,
    measure,
    measures,
    organisation_day,
    score,
)
from wellheard.understand.scores.rules import Measure, Score
from wellheard.understand.themes.queries import theme_counts

router = Router(tags=["measures"])


class Asked(Schema):
    """Over how many whole months, and of which place."""

    months: int = Field(12, ge=1, le=24)
    place: PlaceCode | None = None


@router.get(
    "/measures", response={200: list[MeasureOut], REFUSALS: Problem}, operation_id="list_measures"
)
def list_measures(request: ApiRequest) -> Any:
    """The catalogue: what is measured and how, in the version in force today."""
    person = need(request, "measure.read")
    found = measures(person.organisation_id, on=timezone.localdate()).values()
    return [{name: getattr(each, name) for name in MeasureOut.model_fields} for each in found]


@router.get(
    "/measures/{code}/score", response={200: ScoreOut, REFUSALS: Problem}, operation_id="read_score"
)
def read_score(request: ApiRequest, code: Code, asked: Query[Asked]) -> Any:
    """A measure over the last whole months, of one place or of all the caller may read."""
    person = need(request, "measure.read")
    try:
        what = measure(person.organisation_id, code, on=timezone.localdate())
    except NoMeasureError:
        raise Http404 from None
    place = place_for(person, asked.place, "measure.read")
    stop = Month.containing(timezone.localdate())
    period = Period.ending(stop, asked.months)
    found = score(person.organisation_id, what, period, _where(person, place))
    return _shown(what, found, asked, place, stop)


class AskedGaps(Schema):
    """The whole organisation, or one site by its code."""

    site: str | None = Field(None, max_length=20)


@router.get(
    "/measures/{code}/gaps",
    response={200: list[GapOut], REFUSALS: Problem},
    operation_id="list_gaps",
)
def list_gaps(request: ApiRequest, code: Code, asked: Query[AskedGaps]) -> Any:
    """Gaps between groups of people over the last whole quarters, as the equity page shows them."""
    need(request, "measure.read")
    person = need(request, "review.read")
    today = organisation_day(person.organisation_id, timezone.now())
    what = measures(person.organisation_id, on=today).get(code)
    site = None
    if asked.site is not None:
        sites = Site.objects.filter(organisation_id=person.organisation_id, code=asked.site)
        site = sites.first()
    if what is None or (asked.site is not None and site is None):
        raise Http404
    site_id = site.pk if site else None
    pages = equity_of(person.organisation_id, what, until=today, site_id=site_id)
    return [_gap(page.attribute, gap) for page in pages for gap in page.gaps]


def _gap(attribute: str, gap: Gap) -> dict[str, Any]:
    score = gap.score
    return {
        "attribute": attribute,
        "n": gap.n,
        "estimate": score.estimate,
        "low": score.low,
        "high": score.high,
        "difference_low": gap.low,
        "difference_high": gap.high,
        **{
            name: getattr(gap, name)
            for name in ("group", "difference", "ratio", "p_adjusted", "verdict")
        },
    }


@router.get(
    "/themes", response={200: list[ThemeOut], REFUSALS: Problem}, operation_id="list_themes"
)
def list_themes(request: ApiRequest) -> Any:
    """What comments of the recent weeks are about, in the places whose comments may be read."""
    person = need(request, "comment.read_masked")
    within = person.places("comment.read_masked")
    found = theme_counts(person.organisation_id, within, now=timezone.now())
    return [
        {
            "theme": each.theme,
            "recent": each.recent,
            "before": each.before,
            "praise": each.praise,
            "trouble": each.trouble,
            "rises": each.rise is not None,
        }
        for each in found
    ]


def _where(person: Person, place: Place | None) -> Where:
    if place is not None:
        return Where(places=frozenset({place.pk}))
    return Where(places=person.places("measure.read"))


def _shown(
    what: Measure, found: Score | None, asked: Asked, place: Place | None, stop: Month
) -> dict[str, Any]:
    figures = asdict(found) if found else {"method": "", "is_low": True}
    return {
        "measure": what.code,
        "months": asked.months,
        "until": f"{stop.year}-{stop.number:02d}",
        "place": place.code if place else None,
        "few": figures["is_low"],
        "method": figures["method"],
        **{name: figures.get(name) for name in ("n", "estimate", "low", "high", "level")},
    }
