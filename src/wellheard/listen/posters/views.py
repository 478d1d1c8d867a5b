"""The poster of a place: to look at, to print, to send to a printer's."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.listen.posters.models import PosterAlarm
from wellheard.listen.posters.queries import poster_of
from wellheard.listen.posters.rules import PAPERS, card_address, paper_for, short_address
from wellheard.listen.posters.sheets import draw
from wellheard.listen.posters.watching import note_print
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Place, PlaceQuerySet


@require_GET
@requires("poster.print")
def posters(request: StaffRequest) -> HttpResponse:
    """The places whose poster this person may print, with their short addresses."""
    rows = [
        {
            "place": place,
            "address": short_address(card_address(settings.ADDRESS, place.code)),
            "url": reverse("posters:poster", args=[place.pk]),
            "pdf": reverse("posters:pdf", args=[place.pk]),
        }
        for place in _places(request)
    ]
    mine = _places(request).values("pk")
    alarms = PosterAlarm.objects.filter(
        organisation_id=request.person.organisation_id, closed_at=None, place_id__in=mine
    )
    context = {
        "rows": rows,
        "alarms": [(each, _why_words(each.why)) for each in alarms.select_related("place")],
    }
    return render(request, "posters/posters.html", context)


@require_GET
@requires("poster.print")
def page(request: StaffRequest, place_id: int) -> HttpResponse:
    """The poster on the screen, with the ways to print it."""
    place = _place(request, place_id)
    paper = paper_for(place.organisation.country)
    papers = sorted(PAPERS, key=lambda each: each != paper)
    pdf = reverse("posters:pdf", args=[place.pk])
    return render(
        request,
        "posters/poster.html",
        {
            "place": place,
            "poster": poster_of(place, base=settings.ADDRESS),
            "papers": [(_paper_words(each), f"{pdf}?paper={each}") for each in papers],
            "svg_url": f"{reverse('posters:svg', args=[place.pk])}?paper={paper}",
            "kiosk_url": f"/c/{place.code}/?kiosk",
            "trail": [
                {"label": _("Posters"), "url": reverse("posters:posters")},
                {"label": place.name, "url": ""},
            ],
        },
    )


@require_GET
@requires("poster.print")
def pdf(request: StaffRequest, place_id: int) -> HttpResponse:
    """The poster as tagged PDF, for A4 or US letter paper."""
    place = _place(request, place_id)
    sheet = draw(poster_of(place, base=settings.ADDRESS), paper=_paper(request, place), kind="pdf")
    _note(request, place)
    response = HttpResponse(sheet, content_type="application/pdf")
    name = slugify(f"{place.site.name} {place.name}") or place.code.lower()
    response["Content-Disposition"] = f'inline; filename="poster-{name}.pdf"'
    return response


@require_GET
@requires("poster.print")
def svg(request: StaffRequest, place_id: int) -> HttpResponse:
    """The poster as SVG, its letters drawn as outlines."""
    place = _place(request, place_id)
    sheet = draw(poster_of(place, base=settings.ADDRESS), paper=_paper(request, place), kind="svg")
    response = HttpResponse(sheet, content_type="image/svg+xml")
    # Opened by itself an SVG is a document: it may draw, and nothing else.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _places(request: StaffRequest) -> PlaceQuerySet:
    person = request.person
    places = Place.objects.of(person.organisation_id).open()
    return places.within(person.places("poster.print")).select_related("site", "organisation")


def _place(request: StaffRequest, place_id: int) -> Place:
    place = _places(request).filter(pk=place_id).first()
    if place is None:
        raise Http404
    return place


def _paper(request: StaffRequest, place: Place) -> str:
    asked = request.GET.get("paper", "")
    return asked if asked in PAPERS else paper_for(place.organisation.country)


def _note(request: StaffRequest, place: Place) -> None:
    address = card_address(settings.ADDRESS, place.code)
    note_print(place, address, by=request.person.actor, at=timezone.now())


def _why_words(why: str) -> str:
    return {
        "silent": _("no card has come for far longer than usual: does it still hang there?"),
        "address": _("its code leads to an old address: print it again"),
        "words": _("it was printed with older words: print it again"),
    }[why]


def _paper_words(paper: str) -> str:
    return _("PDF for A4 paper") if paper == "a4" else _("PDF for US letter paper")
