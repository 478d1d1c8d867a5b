"""Pages of the round: places, beds, the two taps, and what staff heard."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.vault.sealing import new_token
from wellheard.listen.rounds.actions import name_beds, note_round, report_heard
from wellheard.listen.rounds.forms import BedsForm, HeardForm, RoundForm
from wellheard.listen.rounds.models import Bed
from wellheard.listen.rounds.prompts import prompts
from wellheard.listen.rounds.queries import coverage, last_rounds
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Place
from wellheard.people.staff.models import User


@requires("round.write")
@require_GET
def rounds(request: StaffRequest) -> HttpResponse:
    """How far rounds reach in each place."""
    lines = coverage(list(_places(request, "round.write")), now=timezone.now())
    page = {"lines": lines, "days": prompts().coverage_days}
    return render(request, "rounds/rounds.html", page)


@requires("round.write")
@require_GET
def place(request: StaffRequest, place_id: int) -> HttpResponse:
    """The beds of a place; the first tap."""
    here = _place(request, place_id)
    last = last_rounds(here)
    beds = list(Bed.objects.filter(place=here, removed_at=None))
    page = {
        "place": here,
        "beds": [{"bed": bed, "last": last.get(bed.pk)} for bed in beds],
        "found": coverage([here], now=timezone.now())[0],
        "days": prompts().coverage_days,
        "form": BedsForm(initial={"beds": "\n".join(bed.label for bed in beds)}),
        "trail": _trail(),
    }
    return render(request, "rounds/place.html", page)


@requires("round.write")
@require_POST
def beds(request: StaffRequest, place_id: int) -> HttpResponse:
    """Name the beds of a place."""
    here = _place(request, place_id)
    form = BedsForm(request.POST)
    if form.is_valid():
        labels = form.cleaned_data["beds"].splitlines()
        name_beds(here, labels[:300], by=request.person.actor, at=timezone.now())
    return redirect("rounds:place", here.pk)


@requires("round.write")
@require_http_methods(["GET", "POST"])
def bed(request: StaffRequest, place_id: int, bed_id: int) -> HttpResponse:
    """One talk at one bed; the second tap says what was done."""
    here = _place(request, place_id)
    found = Bed.objects.filter(pk=bed_id, place=here, removed_at=None).first()
    if found is None:
        raise Http404
    return _talk(request, here, found)


@requires("round.write")
@require_http_methods(["GET", "POST"])
def anywhere(request: StaffRequest, place_id: int) -> HttpResponse:
    """One talk in a place without beds, such as a waiting room."""
    return _talk(request, _place(request, place_id), None)


def _talk(request: StaffRequest, here: Place, found: Bed | None) -> HttpResponse:
    staff = User.objects.filter(
        organisation_id=here.organisation_id, is_active=True, memberships__place=here,
        memberships__ended_at=None,
    ).distinct().order_by("name")  # fmt: skip
    form = RoundForm(request.POST or None, staff=staff, initial={"key": new_token()})
    if request.method == "POST" and form.is_valid():
        note_round(place=here, bed=found, by=request.person.actor, at=timezone.now(),
                   **form.cleaned_data)  # fmt: skip
        messages.success(request, _("Noted. Thank you."))
        return redirect("rounds:place", here.pk)
    page = {
        "place": here,
        "bed": found,
        "form": form,
        "prompts": prompts(),
        "trail": [*_trail(), {"label": here.name, "url": reverse("rounds:place", args=[here.pk])}],
    }
    return render(request, "rounds/talk.html", page, status=422 if form.errors else 200)


@requires("heard.report")
@require_http_methods(["GET", "POST"])
def heard(request: StaffRequest) -> HttpResponse:
    """What a patient told a member of staff."""
    places = _places(request, "heard.report")
    form = HeardForm(request.POST or None, places=places, initial={"key": new_token()})
    if request.method == "POST" and form.is_valid():
        report_heard(by=request.person.actor, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Thank you. It is kept as a comment and gets an owner."))
        return redirect("rounds:heard")
    return render(request, "rounds/heard.html", {"form": form}, status=422 if form.errors else 200)


def _places(request: StaffRequest, permission: str) -> Any:
    places = Place.objects.of(request.person.organisation_id).open()
    return places.within(request.person.places(permission)).select_related("site", "organisation")


def _place(request: StaffRequest, place_id: int) -> Place:
    found: Place | None = _places(request, "round.write").filter(pk=place_id).first()
    if found is None:
        raise Http404
    return found


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Rounds"), "url": reverse("rounds:rounds")}]
