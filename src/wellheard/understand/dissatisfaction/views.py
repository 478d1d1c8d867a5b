"""Scores and trouble side by side, each counted by itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.dissatisfaction.models import TroubleCount
from wellheard.understand.dissatisfaction.rules import METHOD

_OF_COMMENTS = frozenset({"complaints", "critical"})
_DISAGREE = ("trouble_behind_good_scores", "low_without_trouble")


@requires("measure.read")
@require_GET
def trouble(request: StaffRequest) -> HttpResponse:
    """Every place the person may see: first those whose scores and trouble disagree."""
    person = request.person
    counts = TroubleCount.objects.filter(organisation_id=person.organisation_id)
    newest = counts.order_by("-made_at", "-pk").first()
    rows = [_row(person, each) for each in (newest.stands if newest else [])]
    names = {
        place.pk: place
        for place in Place.objects.of(person.organisation_id)
        .within(person.places("measure.read"))
        .select_related("site")
    }
    shown = [{**row, "place": names[row["place_id"]]} for row in rows if row["place_id"] in names]
    order = {stand: number for number, stand in enumerate(_DISAGREE)}
    shown.sort(key=lambda row: (order.get(row["stand"], 9), row["place"].name))
    return render(
        request,
        "dissatisfaction/trouble.html",
        {"rows": shown, "count": newest, "method": METHOD, "words": _words()},
    )


def _row(person: Person, stand: dict[str, Any]) -> dict[str, Any]:
    """One place's line; counts of comments only for those who may read them."""
    place_id = stand["place_id"]
    may_count = person.may("comment.read_masked", place_id=place_id)
    troubles = [
        {**each, "percent": 100 * each["rate"], "name": _name(each)}
        for each in stand["troubles"]
        if may_count or each["stream"] not in _OF_COMMENTS
    ]
    minimum = load_policy().minimum_group
    for each in troubles:
        # A handful of people with trouble, or without, is not told as a share.
        few = min(each["events"], each["of"] - each["events"])
        each["is_few"] = 0 < few < minimum
    hidden = len(troubles) < len(stand["troubles"])
    told = stand["stand"] if not hidden or stand["stand"] == "cannot_tell" else "not_all_shown"
    return {**stand, "troubles": troubles, "stand": told, "says": _words()[told]}


def _name(trouble: dict[str, Any]) -> str:
    question = trouble.get("question", "")
    return f"{_stream(trouble['stream'])} ({question})" if question else _stream(trouble["stream"])


def _stream(stream: str) -> str:
    return {
        "problems": _("People with a problem"),
        "complaints": _("Complaints per answer"),
        "critical": _("Critical comments"),
        "no_shows": _("Missed visits"),
    }[stream]


def _words() -> dict[str, str]:
    return {
        "trouble_behind_good_scores": _("Good scores hide trouble"),
        "low_without_trouble": _("Low scores without more trouble"),
        "agree_badly": _("Both say: trouble"),
        "agree_well": _("Both say: no more trouble than elsewhere"),
        "cannot_tell": _("Cannot tell: too few answers"),
        "not_all_shown": _("You do not see all of it"),
    }
