"""The page on which a person follows their case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from wellheard.people.access.doors import public


@public("the secret address is the key")
def case(request: HttpRequest, secret: str) -> HttpResponse:
    return HttpResponse(status=404)
