"""Who asks: read only when a view wants to know, so that patient pages never touch the session."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cache, cached_property
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wellheard.people.access.person import Person
from wellheard.people.access.standing import Standing, standing_of


class PersonOfRequest:
    """Gives every request its ``standing``, and a ``person``: a Person, or None when nobody may
    act just now (not signed in, locked, second factor missing)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kind = cast(Hashable, type(request))  # the stubs give HttpRequest a hash of its own
        request.__class__ = _with_person(kind)
        return self._answer(request)


@cache
def _with_person(kind: Any) -> type[HttpRequest]:
    # Properties, so that reading the session and four tables waits until a view asks.
    parts = {"standing": cached_property(_standing), "person": cached_property(_person)}
    return type(kind.__name__, (kind,), parts)


def _standing(request: Any) -> Standing:
    return standing_of(request, now=timezone.now())


def _person(request: Any) -> Person | None:
    standing: Standing = request.standing
    return standing.person
