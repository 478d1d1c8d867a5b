"""The doors in front of the pages of signing in, and the moment of a request.

django-allauth calls adapters and forms inside a request without telling them the time; they ask
here, so that the clock is still read at an edge.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from wellheard.people.access.doors import elsewhere, public

View = Callable[..., HttpResponseBase]


def request_moment() -> datetime:
    """Now, within a request."""
    return timezone.now()


def entrance(view: View) -> View:
    """A page for whoever is not signed in yet, or has to show again that it is them."""

    @public("signing in begins here, before anybody is anybody")
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "GET" and request.GET.get("language") in dict(settings.LANGUAGES):
            return _in_language(request, request.GET["language"])
        return view(request, *args, **kwargs)

    return opened


def _in_language(request: HttpRequest, language: str) -> HttpResponseBase:
    """The same page again, in the language just chosen."""
    kept = request.GET.copy()
    del kept["language"]
    response = redirect(f"{request.path}?{kept.urlencode()}" if kept else request.path)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, secure=settings.SECURE, samesite="Lax"
    )
    return response


def own(view: View) -> View:
    """A page about one's own way of signing in: for everybody signed in whose screen is open.

    It needs no permission, and it must open while the second factor is still missing.
    """

    @public("one's own passkeys, codes and password; asks for the signed-in person itself")
    @wraps(view)
    def opened(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.standing.why in ("anonymous", "locked"):
            return elsewhere(request)
        return view(request, *args, **kwargs)

    return opened
