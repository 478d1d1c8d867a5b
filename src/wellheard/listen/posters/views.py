"""The poster of a place: to look at, to print, to send to a printer's."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wellheard.listen.cards.queries import Spot
from wellheard.listen.intake.rules.words import read_line
from wellheard.listen.posters.models import PosterAlarm
from wellheard.listen.posters.queries import poster_of
from wellheard.listen.posters.rules import PAPERS, card_address, paper_for, short_address
from wellheard.listen.posters.sheets import draw
from wellheard.listen.posters.watching import note_print
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.actions import add_touchpoint, close_touchpoint
from wellheard.people.places.models import Place, PlaceQuerySet, Touchpoint


@require_GET
@requires("poster.print")
def posters(request: StaffRequest) -> HttpResponse:
    """The places whose poster this person may print, with their short addresses."""
    places = list(_places(request).prefetch_related("touchpoints"))
    spots = [spot for place in places for spot in (Spot(place), *_touchpoints(place))]
    alarms = PosterAlarm.objects.filter(place__in=places, closed_at=None).order_by("opened_at")
    context = {
        "rows": [{"spot": each, "address": _shown_address(each), **_links(each)} for each in spots],
        "alarms": [
            {
                "spot": Spot(each.place, each.touchpoint),
                "words": _why_words(each.why),
                "last_at": each.last_at,
                **_links(Spot(each.place, each.touchpoint)),
            }
            for each in alarms.select_related("place", "touchpoint")
        ],
    }
    return render(request, "posters/posters.html", context)


@require_GET
@requires("poster.print")
def page(request: StaffRequest, place_id: int, touchpoint_id: int | None = None) -> HttpResponse:
    """The poster on the screen, with the ways to print it."""
    spot = _spot(request, place_id, touchpoint_id)
    paper = paper_for(spot.place.organisation.country)
    papers = sorted(PAPERS, key=lambda each: each != paper)
    links, within = _links(spot), [] if spot.touchpoint else _touchpoints(spot.place)
    context = {
        "spot": spot,
        "place": spot.place,
        "poster": poster_of(spot, base=settings.ADDRESS),
        "papers": [(_paper_words(each), f"{links['pdf']}?paper={each}") for each in papers],
        "svg_url": f"{links['svg']}?paper={paper}",
        "touchpoints": [{"spot": each, **_links(each)} for each in within],
        "trail": [
            {"label": _("Posters"), "url": reverse("posters:posters")},
            {"label": spot.name, "url": ""},
        ],
    }
    return render(request, "posters/poster.html", context)


@require_GET
@requires("poster.print")
def pdf(request: StaffRequest, place_id: int, touchpoint_id: int | None = None) -> HttpResponse:
    """The poster as tagged PDF, for A4 or US letter paper."""
    spot = _spot(request, place_id, touchpoint_id)
    sheet = draw(poster_of(spot, base=settings.ADDRESS), paper=_paper(request, spot), kind="pdf")
    address = card_address(settings.ADDRESS, spot.code)
    note_print(spot, address, by=request.person.actor, at=timezone.now())
    response = HttpResponse(sheet, content_type="application/pdf")
    name = slugify(f"{spot.place.site.name} {spot.name}") or spot.code.lower()
    response["Content-Disposition"] = f'inline; filename="poster-{name}.pdf"'
    return response


@require_GET
@requires("poster.print")
def svg(request: StaffRequest, place_id: int, touchpoint_id: int | None = None) -> HttpResponse:
    """The poster as SVG, its letters drawn as outlines."""
    spot = _spot(request, place_id, touchpoint_id)
    sheet = draw(poster_of(spot, base=settings.ADDRESS), paper=_paper(request, spot), kind="svg")
    response = HttpResponse(sheet, content_type="image/svg+xml")
    # Opened by itself an SVG is a document: it may draw, and nothing else.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@require_POST
@requires("poster.print")
def name_touchpoint(request: StaffRequest, place_id: int) -> HttpResponse:
    """Give a spot within a place a poster of its own."""
    place = _spot(request, place_id).place
    name = read_line(request.POST.get("name", ""), longest=120)
    if name:
        add_touchpoint(place, name=name, by=request.person.actor, at=timezone.now())
    return redirect("posters:poster", place.pk)


@require_POST
@requires("poster.print")
def end_touchpoint(request: StaffRequest, place_id: int, touchpoint_id: int) -> HttpResponse:
    """The spot is no more: its address takes no cards."""
    spot = _spot(request, place_id, touchpoint_id)
    assert spot.touchpoint is not None
    close_touchpoint(spot.touchpoint, by=request.person.actor, at=timezone.now())
    return redirect("posters:poster", place_id)


def _places(request: StaffRequest) -> PlaceQuerySet:
    person = request.person
    places = Place.objects.of(person.organisation_id).open()
    return places.within(person.places("poster.print")).select_related("site", "organisation")


def _spot(request: StaffRequest, place_id: int, touchpoint_id: int | None = None) -> Spot:
    place = _places(request).filter(pk=place_id).first()
    if place is None:
        raise Http404
    if touchpoint_id is None:
        return Spot(place)
    touchpoint = Touchpoint.objects.open().filter(pk=touchpoint_id, place=place).first()
    if touchpoint is None:
        raise Http404
    return Spot(place, touchpoint)


def _touchpoints(place: Place) -> list[Spot]:
    return [Spot(place, each) for each in place.touchpoints.all() if each.closed_on is None]


def _links(spot: Spot) -> dict[str, str]:
    """The addresses of a poster: its page, its PDF and its drawing."""
    names = (("url", "poster"), ("pdf", "pdf"), ("svg", "svg"))
    if spot.touchpoint is None:
        return {key: reverse(f"posters:{name}", args=[spot.place.pk]) for key, name in names}
    ids = [spot.place.pk, spot.touchpoint.pk]
    return {key: reverse(f"posters:touchpoint_{name}", args=ids) for key, name in names}


def _shown_address(spot: Spot) -> str:
    return short_address(card_address(settings.ADDRESS, spot.code))


def _paper(request: StaffRequest, spot: Spot) -> str:
    asked = request.GET.get("paper", "")
    return asked if asked in PAPERS else paper_for(spot.place.organisation.country)


def _why_words(why: str) -> str:
    return {
        "silent": _("no card has come for far longer than usual: does it still hang there?"),
        "address": _("its code leads to an old address: print it again"),
        "words": _("it was printed with older words: print it again"),
    }[why]


def _paper_words(paper: str) -> str:
    return _("PDF for A4 paper") if paper == "a4" else _("PDF for US letter paper")
