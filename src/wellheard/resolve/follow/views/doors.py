"""Doors of the patient pages: where a request comes from, and how often it may try."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from wellheard.base.pages.errors import error_page
from wellheard.resolve.follow.queries import may_try


def whence(request: HttpRequest) -> str:
    """Where the request comes from; only ever kept as a digest, and for a day."""
    return str(request.META.get("REMOTE_ADDR", ""))


def too_often(request: HttpRequest, door: str, now: datetime) -> HttpResponse | None:
    """The page that asks to wait, when this door was tried too often from there."""
    return None if may_try(door, whence(request), now) else error_page(request, 429)
