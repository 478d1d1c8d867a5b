"""Pages of public voices: what is written, where it is read, and who poses as us."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.pages.panels import panels
from wellheard.listen.intake.actions import CommentsInUseError
from wellheard.listen.reviews import queries
from wellheard.listen.reviews.actions import (
    add_outlet,
    confirm_place,
    judge_spam,
    pause_outlet,
    read_outlet,
    take,
)
from wellheard.listen.reviews.codec import UnreadableError
from wellheard.listen.reviews.connectors.csvfile import read_brought
from wellheard.listen.reviews.forms import (
    ABOUTS,
    KINDS,
    STATES,
    STEPS,
    BroughtForm,
    ListForm,
    OutletForm,
    PlaceForm,
    StepForm,
)
from wellheard.listen.reviews.listings import note_step
from wellheard.listen.reviews.models import Listing, Outlet, PublicReview
from wellheard.listen.reviews.presenters import reading_words, version_words
from wellheard.listen.reviews.watching import watch_bursts
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Organisation, Place

_TREND_MONTHS = 12


@requires("comment.read_masked")
@require_GET
def reviews(request: StaffRequest) -> HttpResponse:
    """What is written about us in public, with the rating by month."""
    person = request.person
    form = ListForm(request.GET, organisation_id=person.organisation_id)
    mine = PublicReview.objects.visible_to(person).select_related("outlet", "place", "suggested")
    shown = _narrowed(mine, form)
    page = {
        "form": form,
        "page": Paginator(shown, 20).get_page(request.GET.get("page")),
        "trend": queries.trend(mine.standing())[:_TREND_MONTHS],
        "burst": queries.open_burst(person.organisation_id),
        "may_manage": person.may("outlet.manage"),
    }
    return render(request, "public_reviews/reviews.html", page)


@requires("comment.read_masked")
@require_GET
def review(request: StaffRequest, publicreview_id: int) -> HttpResponse:
    """One voice: what it says now, what it said before, and which place is meant."""
    found = _review(request, publicreview_id)
    return render(request, "public_reviews/review.html", _review_page(request, found))


@requires("comment.correct")
@require_POST
def place(request: StaffRequest, publicreview_id: int) -> HttpResponse:
    """Confirm which place is meant."""
    found = _review(request, publicreview_id)
    form = PlaceForm(request.POST, places=_places(request))
    if not form.is_valid():
        page = {**_review_page(request, found), "place_form": form}
        return render(request, "public_reviews/review.html", page, status=422)
    confirm_place(found, form.cleaned_data["place"], by=request.person.actor, at=timezone.now())
    return redirect("public_reviews:review", found.pk)


@requires("comment.correct")
@require_POST
def spam(request: StaffRequest, publicreview_id: int) -> HttpResponse:
    """Say that a voice is spam, or that it is none."""
    found = _review(request, publicreview_id)
    is_spam = request.POST.get("spam") == "yes"
    try:
        judge_spam(found, is_spam=is_spam, by=request.person.actor, at=timezone.now())
    except CommentsInUseError:
        messages.error(request, _("A case rests on this review. It stays."))
    return redirect("public_reviews:review", found.pk)


@requires("outlet.manage")
@require_http_methods(["GET", "POST"])
def outlets(request: StaffRequest) -> HttpResponse:
    """Where we are read about, how each was last read, and adding another."""
    person = request.person
    form = OutletForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if Outlet.objects.filter(
            organisation_id=person.organisation_id, name=data["name"]
        ).exists():
            form.add_error("name", _("There is an outlet of this name already."))
        else:
            organisation = Organisation.objects.get(pk=person.organisation_id)
            outlet = add_outlet(organisation, by=person.actor, at=timezone.now(), **data)
            return redirect("public_reviews:outlet", outlet.pk)
    lines = [
        {"outlet": each, "about": ABOUTS[each.about], "kind": KINDS[each.kind],
         "reading": reading_words(newest), "at": newest.at if newest else None}
        for each, newest in queries.outlets_of(person.organisation_id)
    ]  # fmt: skip
    page = {"form": form, "lines": lines, "trail": _trail()}
    return render(request, "public_reviews/outlets.html", page, status=422 if form.errors else 200)


@requires("outlet.manage")
@require_GET
def outlet(request: StaffRequest, outlet_id: int) -> HttpResponse:
    """One outlet with its readings."""
    found = _outlet(request, outlet_id)
    return render(request, "public_reviews/outlet.html", _outlet_page(found, BroughtForm()))


@requires("outlet.manage")
@require_POST
def read_now(request: StaffRequest, outlet_id: int) -> HttpResponse:
    """Read an outlet at once."""
    found = _outlet(request, outlet_id)
    now = timezone.now()
    if found.address:
        read_outlet(found, by=request.person.actor, at=now)
        watch_bursts(found.organisation, by=request.person.actor, at=now)
    return redirect("public_reviews:outlet", found.pk)


@requires("outlet.manage")
@require_POST
def pause(request: StaffRequest, outlet_id: int) -> HttpResponse:
    """Stop reading an outlet, or go on."""
    found = _outlet(request, outlet_id)
    pause_outlet(found, paused=found.paused_at is None, by=request.person.actor, at=timezone.now())
    return redirect("public_reviews:outlet", found.pk)


@requires("outlet.manage")
@require_POST
def bring(request: StaffRequest, outlet_id: int) -> HttpResponse:
    """Take in a CSV file."""
    found = _outlet(request, outlet_id)
    form = BroughtForm(request.POST, request.FILES)
    if form.is_valid() and found.kind == Outlet.Kind.CSV:
        try:
            pulled = read_brought(found, form.cleaned_data["file"].read())
        except UnreadableError:
            form.add_error("file", _("This file has no table we can read: it needs a heading row "
                                     "with a column for the words or the rating."))  # fmt: skip
        else:
            now = timezone.now()
            take(found, pulled, by=request.person.actor, at=now)
            watch_bursts(found.organisation, by=request.person.actor, at=now)
            return redirect("public_reviews:outlet", found.pk)
    return render(request, "public_reviews/outlet.html", _outlet_page(found, form), status=422)


@requires("outlet.manage")
@require_GET
def listings(request: StaffRequest) -> HttpResponse:
    """Listings elsewhere that are near ours, the open ones first."""
    found = Listing.objects.filter(organisation_id=request.person.organisation_id)
    lines = [
        {"listing": each, "state": STATES[each.state]}
        for each in sorted(found.select_related("outlet"), key=lambda each: each.state != "open")
    ]
    return render(request, "public_reviews/listings.html", {"lines": lines, "trail": _trail()})


@requires("outlet.manage")
@require_http_methods(["GET", "POST"])
def listing(request: StaffRequest, listing_id: int) -> HttpResponse:
    """One listing and the log of what was done about it."""
    found = Listing.objects.filter(
        pk=listing_id, organisation_id=request.person.organisation_id
    ).first()
    if found is None:
        raise Http404
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        note_step(found, data["kind"], data["note"], by=request.person.actor, at=timezone.now())
        return redirect("public_reviews:listing", found.pk)
    page = {
        "listing": found,
        "state": STATES[found.state],
        "form": form,
        "steps": [{"step": step, "words": STEPS[step.kind]} for step in found.steps.all()],
        "trail": [*_trail(), {"label": _("Listings"), "url": reverse("public_reviews:listings")}],
    }
    return render(request, "public_reviews/listing.html", page, status=422 if form.errors else 200)


def _narrowed(mine: Any, form: ListForm) -> Any:
    if not form.is_valid():
        return mine.standing()
    state, outlet = form.cleaned_data["state"], form.cleaned_data["outlet"]
    if outlet is not None:
        mine = mine.filter(outlet=outlet)
    if state == "place":
        return mine.standing().filter(confirmed_at=None, place=None, suggested__isnull=False)
    return mine.filter(state=state) if state else mine.standing()


def _review(request: StaffRequest, publicreview_id: int) -> PublicReview:
    mine = PublicReview.objects.visible_to(request.person)
    found = mine.select_related("outlet", "place", "suggested", "comment").filter(
        pk=publicreview_id
    )
    if not (one := found.first()):
        raise Http404
    return one


def _review_page(request: StaffRequest, found: PublicReview) -> dict[str, Any]:
    return {
        "review": found,
        "versions": [
            {"version": each, "words": version_words(each.kind)} for each in found.versions.all()
        ],
        "place_form": PlaceForm(
            None, places=_places(request), initial={"place": found.place_id or found.suggested_id}
        ),
        "panels": panels("public_reviews.review", request, found),
        "may_correct": request.person.may("comment.correct"),
        "trail": _trail(),
    }


def _places(request: StaffRequest) -> Any:
    places = Place.objects.of(request.person.organisation_id).open()
    return places.within(request.person.places("comment.correct"))


def _outlet(request: StaffRequest, outlet_id: int) -> Outlet:
    mine = Outlet.objects.filter(organisation_id=request.person.organisation_id)
    found = mine.select_related("organisation", "site").filter(pk=outlet_id).first()
    if found is None:
        raise Http404
    return found


def _outlet_page(found: Outlet, form: BroughtForm) -> dict[str, Any]:
    return {
        "outlet": found,
        "kind": KINDS[found.kind],
        "about": ABOUTS[found.about],
        "form": form,
        "lines": [
            {"reading": each, "words": reading_words(each)} for each in found.readings.all()[:20]
        ],
        "trail": [*_trail(), {"label": _("Outlets"), "url": reverse("public_reviews:outlets")}],
    }


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Public voices"), "url": reverse("public_reviews:reviews")}]
