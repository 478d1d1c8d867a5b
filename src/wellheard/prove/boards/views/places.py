"""The list of places, one place, and its Monday sheet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from wellheard.base.pages.panels import panels
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.access.person import Person
from wellheard.people.access.places import place_or_refusal
from wellheard.people.places.models import Place
from wellheard.prove.boards import homes, queries
from wellheard.prove.boards import presenters as words
from wellheard.prove.boards.actions import note_visit
from wellheard.prove.boards.rules import home_policy
from wellheard.prove.charts.presenters.drawing import Drawing, drawing_of
from wellheard.prove.charts.queries import monthly_series, series_by_place, weekly_series
from wellheard.prove.charts.rules import chart_policy
from wellheard.prove.effects.presenters import ChangeLine, change_lines
from wellheard.prove.effects.queries import changes_at
from wellheard.prove.reviews.queries import unopened_digest
from wellheard.understand.facts.queries import newest_answer
from wellheard.understand.facts.slices import Where
from wellheard.understand.scores.queries import measures
from wellheard.understand.scores.rules import Measure

_WEEK = timedelta(days=7)


@requires("place.read")
def places(request: StaffRequest) -> HttpResponse:
    """Every place the person may see, each beside its own past and nobody else's."""
    person = request.person
    today = queries.organisation_day(person.organisation_id, timezone.now())
    found = queries.places_of(person)
    wanted = request.GET.get("q", "").strip()
    for word in wanted.split()[:6]:
        found = found.filter(name__icontains=word) | found.filter(site__name__icontains=word)
    listed = list(found)
    catalogue = measures(person.organisation_id, on=today)
    chosen = _chosen(request, catalogue)
    allowed = person.places("measure.read")
    series = series_by_place(
        person.organisation_id,
        catalogue[chosen],
        until=today,
        places=[p.pk for p in listed if allowed is None or p.pk in allowed],
    )
    months = home_policy().recent_months
    return render(
        request,
        "boards/places.html",
        {
            "lines": words.place_lines(listed, series, months=months, until=today),
            "query": wanted,
            "measure": catalogue[chosen],
            "choices": words.measure_choices(catalogue, home_policy().place, chosen),
            "data_to": newest_answer(person.organisation_id),
        },
    )


@requires("place.read")
def place(request: StaffRequest, place_id: int) -> HttpResponse:
    """One place: what was praised, what is new, what is due, and whether it gets better."""
    here = place_or_refusal(request, place_id, "place.read")
    now = timezone.now()
    board = _board(request.person, here, now)
    before = note_visit(here.pk, comments=board["shown"], by=request.person.actor, at=now)
    if board["may_read"]:
        since = before or now - _WEEK
        news = queries.news_of(here, since=since, now=now)
        board["news"] = words.news_sentence(news, is_first=before is None)
        board["comments_to"] = news.newest
    board["finding_panels"] = panels("boards.place", request, here)
    board["end_panels"] = panels("boards.place_end", request, here)
    found = homes.coverage(here.organisation_id, [here], now=now)
    board["coverage_says"] = words.coverage_words(found)
    return render(request, "boards/place.html", {**board, **_chart(request, here, now)})


@requires("place.read")
def monday(request: StaffRequest, place_id: int) -> HttpResponse:
    """One sheet of paper for a huddle of five minutes."""
    here = place_or_refusal(request, place_id, "place.read")
    now = timezone.now()
    board = _board(request.person, here, now)
    if board["may_read"]:
        news = queries.news_of(here, since=now - _WEEK, now=now)
        board["news"] = words.news_sentence(news, is_first=True)
        note_visit(here.pk, comments=board["shown"], by=request.person.actor, at=now)
    return render(request, "boards/monday.html", {**board, **_chart(request, here, now)})


def _board(person: Person, here: Place, now: datetime) -> dict[str, Any]:
    may_read = queries.may_read_comments(person, here.pk)
    praise = queries.praise_at(here, person, now=now) if may_read else []
    fresh = queries.fresh_at(here, person, now=now) if may_read else []
    return {
        "place": here,
        "now": now,
        "may_read": may_read,
        "praise": words.voices(praise),
        "strengths": words.strengths(queries.praised_for(here, now=now)) if may_read else [],
        "fresh": words.voices(fresh),
        "shown": len(praise) + len(fresh),
        "rises": words.rise_words(queries.rises_at(here, now=now), here) if may_read else [],
        "due": queries.due_at(here, person, now=now),
        "digest": unopened_digest(person, here.pk),
        "may_cases": person.may("case.read", place_id=here.pk),
        "reader_url": words.address("search:reader"),
        "inbox_url": words.address("complaints:inbox"),
    }


def _chart(request: StaffRequest, here: Place, now: datetime) -> dict[str, Any]:
    person = request.person
    if not person.may("measure.read", place_id=here.pk):
        return {"chart": None}
    today = queries.local_day(here, now)
    catalogue = measures(person.organisation_id, on=today)
    chosen = _chosen(request, catalogue)
    weekly = request.GET.get("step") == "week"
    measure = catalogue[chosen]
    changes = change_lines(changes_at(here, chosen), measure, until=today)
    return {
        "chart": _drawn(here, measure, today, changes, weekly=weekly),
        "changes": changes,
        "may_note": person.may("case.work", place_id=here.pk),
        "change_problem": _change_problem(request.GET.get("problem", "")),
        "choices": words.measure_choices(catalogue, home_policy().place, chosen),
        "steps": [
            {"value": "month", "label": _("By month"), "chosen": not weekly},
            {"value": "week", "label": _("By week"), "chosen": weekly},
        ],
        "measure": measure,
    }


def _change_problem(code: str) -> str:
    return {
        "future": _("A change can be noted from the day it begins."),
        "words": _("Say what you began to do, and since when."),
    }.get(code, "")


def _drawn(
    here: Place, measure: Measure, today: date, changes: list[ChangeLine], *, weekly: bool
) -> Drawing:
    organisation_id = here.organisation_id
    if weekly:
        series = weekly_series(organisation_id, measure, place_id=here.pk, until=today)
    else:
        where = Where(places=frozenset({here.pk}))
        series = monthly_series(organisation_id, measure, until=today, where=where)
    events = [(line.letter, line.change.started_on) for line in changes]
    levels = [(line.new_level_from, line.change.what) for line in changes if line.new_level_from]
    return drawing_of(series, chart_policy(), events, levels)


def _chosen(request: StaffRequest, catalogue: Any) -> str:
    asked = request.GET.get("measure", "")
    return asked if asked in catalogue else home_policy().first_measure
