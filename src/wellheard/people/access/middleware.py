"""Who asks: read only when a view wants to know, so that patient pages never touch the session."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wellheard.people.access.person import Person, person_of
from wellheard.people.staff.models import User


class PersonOfRequest:
    """Gives every request a ``person``: a Person, or None when nobody is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.__class__ = _with_person(type(request))
        return self._answer(request)


@cache
def _with_person(kind: type[HttpRequest]) -> type[HttpRequest]:
    # A property, so that reading the session and three tables waits until a view asks.
    return type(kind.__name__, (kind,), {"person": cached_property(_read)})


def _read(request: Any) -> Person | None:
    if not request.user.is_authenticated:
        return None
    user = User.objects.get(pk=request.user.pk)
    return person_of(user, now=timezone.now()) if user.is_active else None
