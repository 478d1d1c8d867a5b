"""Waits on the page of a place: the chart beside what people say of waiting."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from wellheard.people.access.person import Person
from wellheard.people.places.models import Place
from wellheard.understand.waits import pages, presenters


def on_place(request: HttpRequest, place: Place) -> str:
    """Nothing where no wait is known, or for who may not read measures there."""
    person: Person = request.person  # type: ignore[attr-defined]  # set for every staff request
    if not person.may("measure.read", place_id=place.pk):
        return ""
    _period, waits = pages.charted(place, timezone.now())
    if waits is None or waits.clocked is None:
        return ""
    page = {
        "place": place,
        "charts": pages.median_charts(request, waits),
        "says": presenters.difference_sentence(waits.difference),
        "difference": presenters.difference_words(waits.difference),
        "voices": pages.voices(request, place),
    }
    return render_to_string("waits/on_place.html", page, request)
