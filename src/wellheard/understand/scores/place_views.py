"""Measures place by place: as answered, with the same mix of people, and weighted to visits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.base.pages import figures
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Place
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.scores.adjusted import adjustment_policy
from wellheard.understand.scores.comparison import (
    FEWEST_UNITS,
    Compared,
    Ranked,
    board_of,
    compared_places,
)
from wellheard.understand.scores.queries import measures, organisation_day, score
from wellheard.understand.scores.rules import Measure, Score
from wellheard.understand.scores.weighted import WeightedScore, weight_policy, weighted_score

_QUARTERS = 4
_KINDS = {"better": "better", "worse": "worse", "cannot_tell": "plain"}


@requires("review.read")
@require_GET
def places(request: StaffRequest, code: str) -> HttpResponse:
    """Places beside the average of places; nobody is ranked."""
    organisation_id = request.person.organisation_id
    today = organisation_day(organisation_id, timezone.now())
    measure = measures(organisation_id, on=today).get(code)
    if measure is None:
        raise Http404
    period = Period.ending(Month.containing(today).quarter, 3 * _QUARTERS)
    found = compared_places(organisation_id, measure, period)
    weighted = weighted_score(organisation_id, measure, period)
    whole = score(organisation_id, measure, period)
    return render(
        request,
        "scores/places.html",
        {
            "measure": measure,
            "lines": _lines(organisation_id, found),
            "adjustment": found[0].adjusted.adjustment if found and found[0].adjusted else "",
            "whole": _figure(whole),
            "whole_method": whole.method if whole else "",
            "weighted": _weighted(measure, weighted),
            "start": period.start.first_day,
            "stop": period.stop.first_day - timedelta(days=1),
            "policy": f"{load_policy().name}, {weight_policy().name}",
            "minimum": load_policy().minimum_group,
            "trail": [
                {"label": _("Measures"), "url": reverse("scores:catalogue")},
                {"label": measure.title, "url": reverse("scores:measure", args=[code])},
            ],
        },
    )


@requires("review.read")
@require_GET
def board(request: StaffRequest) -> HttpResponse:
    """Every measure of every place, and where each place stands among all of them."""
    organisation_id = request.person.organisation_id
    today = organisation_day(organisation_id, timezone.now())
    period = Period.ending(Month.containing(today).quarter, 3 * _QUARTERS)
    catalogue = list(measures(organisation_id, on=today).values())
    found = board_of(organisation_id, catalogue, period)
    shown = [measure for measure in catalogue if found[measure.code]]
    adjusted = any(each.compared.adjusted for here in found.values() for each in here.values())
    return render(
        request,
        "scores/board.html",
        {
            "measures": shown,
            "lines": _board_lines(organisation_id, {each: found[each.code] for each in shown}),
            "adjustment": adjustment_policy().words if adjusted else "",
            "start": period.start.first_day,
            "stop": period.stop.first_day - timedelta(days=1),
            "policy": load_policy().name,
            "minimum": load_policy().minimum_group,
            "fewest": FEWEST_UNITS,
            "trail": [{"label": _("Measures"), "url": reverse("scores:catalogue")}],
        },
    )


def _board_lines(
    organisation_id: int, columns: dict[Measure, dict[int, Ranked]]
) -> list[dict[str, Any]]:
    """By site and name, as everywhere: where a place stands is told in its cells."""
    rows = Place.objects.filter(organisation_id=organisation_id).select_related("site")
    return [
        {
            "name": place.name,
            "site": place.site.name,
            "cells": [_cell(measure, here.get(place.pk)) for measure, here in columns.items()],
        }
        for place in rows.order_by("site__name", "name")
        if any(place.pk in here for here in columns.values())
    ]


def _cell(measure: Measure, ranked: Ranked | None) -> dict[str, str]:
    if ranked is None:
        return {"measure": measure.title}
    score = ranked.compared.adjusted or ranked.compared.raw
    stands = ""
    if ranked.percentile is not None:
        stands = _("percentile %(rank)s of %(count)s places") % {
            "rank": figures.number(ranked.percentile),
            "count": figures.number(ranked.of),
        }
    verdict = {"better": _("better"), "worse": _("worse")}.get(ranked.compared.verdict, "")
    return {
        "measure": measure.title,
        "figure": _figure(score),
        "stands": stands,
        "verdict": verdict,
        "kind": _KINDS[ranked.compared.verdict],
    }


def _lines(organisation_id: int, found: list[Compared]) -> list[dict[str, Any]]:
    names = {
        place.pk: (place.name, place.site.name)
        for place in Place.objects.filter(organisation_id=organisation_id).select_related("site")
    }
    words = {
        "better": _("better than the average place"),
        "worse": _("worse than the average place"),
        "cannot_tell": _("cannot tell from the average"),
    }
    lines = [
        {
            "name": names[each.place_id][0],
            "site": names[each.place_id][1],
            "raw": _figure(each.raw),
            "adjusted": _figure(each.adjusted),
            "verdict": words[each.verdict],
            "kind": _KINDS[each.verdict],
            "is_low": each.raw.is_low,
        }
        for each in found
        if each.place_id in names
    ]
    # By name: places differ in whom they care for, so they are not ranked.
    return sorted(lines, key=lambda line: (line["site"], line["name"]))


def _figure(score: Score | None) -> str:
    if score is None:
        return ""
    return figures.figure(
        score.estimate, n=score.n, low=score.low, high=score.high, unit=score.measure.unit
    )


def _weighted(measure: Measure, found: WeightedScore | None) -> dict[str, str] | None:
    if found is None:
        return None
    value = figures.with_unit(found.estimate, measure.unit)
    return {
        "figure": f"{value} ({figures.interval(found.low, found.high)})",
        "n": figures.number(found.n),
        "effective": figures.number(found.effective_n),
        "effect": figures.number(found.design_effect, 2),
        "margins": ", ".join(name.replace("_band", "") for name in found.margins),
        "method": found.method,
    }
