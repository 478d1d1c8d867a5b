"""Noting a change on a place's page."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.people.places.models import Place
from wellheard.prove.effects.actions import ChangeNotToComeError, note_change, withdraw_change
from wellheard.prove.effects.models import Change

PERMISSION = "case.work"


@requires(PERMISSION)
@require_POST
def note(request: StaffRequest, place_id: int) -> HttpResponse:
    """Note what a place began to do, and go back to its chart."""
    here = _place_or_refusal(request, place_id)
    measure = request.POST.get("measure", "")[:40]
    try:
        note_change(
            here,
            what=request.POST.get("what", ""),
            started_on=_day(request.POST.get("started_on", "")),
            measure=measure,
            by=request.person.actor,
            at=timezone.now(),
        )
    except ChangeNotToComeError:
        return _back(here, measure, problem="future")
    except ValueError:
        return _back(here, measure, problem="words")
    return _back(here, measure)


@requires(PERMISSION)
@require_POST
def withdraw(request: StaffRequest, change_id: int) -> HttpResponse:
    """Take a note back."""
    change = Change.objects.filter(
        pk=change_id, organisation_id=request.person.organisation_id
    ).first()
    if change is None:
        raise Http404
    here = _place_or_refusal(request, change.place_id)
    withdraw_change(change.pk, by=request.person.actor, at=timezone.now())
    return _back(here, change.measure)


def _place_or_refusal(request: StaffRequest, place_id: int) -> Place:
    found = Place.objects.of(request.person.organisation_id).filter(pk=place_id).first()
    if found is None:
        raise Http404
    if not request.person.may(PERMISSION, place_id=found.pk):
        refuse(request, PERMISSION, ("people.place", str(found.pk)))
    return found


def _day(text: str) -> date:
    day = parse_date(text)
    if day is None:
        raise ValueError("started_on: is not a day")
    return day


def _back(here: Place, measure: str, *, problem: str = "") -> HttpResponse:
    asked = {"measure": measure, "problem": problem}
    query = urlencode({name: value for name, value in asked.items() if value})
    url = reverse("boards:place", args=[here.pk])
    return redirect(f"{url}?{query}#better" if query else f"{url}#better")
