"""The front page and the short addresses printed on posters."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_from_request

from wellheard.people.access.doors import public


@public("the door of the house: says what this is and where to go")
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "front/front.html")


@public("the short address under a poster's code")
def short_card_address(request: HttpRequest, code: str) -> HttpResponse:
    return redirect(f"/{_language(request)}/c/{code}/")


@public("the short address in a letter, for following a concern")
def short_follow_address(request: HttpRequest) -> HttpResponse:
    return redirect(f"/{_language(request)}/follow/")


@public("patient pages are for the people who were given their address, not for search engines")
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


def _language(request: HttpRequest) -> str:
    return get_language_from_request(request)
