"""Every view carries exactly one of these: the permission it needs, or why it needs none."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode

from wellheard.base.audit.trail import acting
from wellheard.people.access.person import Person

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class StaffRequest(HttpRequest):
    """A request behind ``requires``: somebody is signed in and may be here."""

    person: Person


class Marked(Protocol):
    permission: str
    public: str


def requires(permission: str) -> Callable[[Callable[..., HttpResponseBase]], Any]:
    """Only for people who hold the permission somewhere; a refusal is audited.

    The view still asks about the place or case itself (``person.may``, ``visible_to``).
    """

    def mark(view: Callable[..., HttpResponseBase]) -> Any:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            person: Person | None = request.person
            if person is None:
                return elsewhere(request)
            if not person.may(permission):
                refuse(request, permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the route guard
        return guarded

    return mark


_WAYS = {
    "anonymous": "/accounts/login/",
    "locked": "/accounts/reauthenticate/",
    "second_factor": "/accounts/2fa/",
}


def elsewhere(request: HttpRequest) -> HttpResponseBase:
    """To signing in, unlocking or adding a second factor, and from there back to this page."""
    standing = getattr(request, "standing", None)
    way = _WAYS[standing.why if standing and standing.why else "anonymous"]
    address = f"{way}?{urlencode({'next': _page(request)})}"
    if request.headers.get("HX-Request"):
        # A fragment of a page cannot show the sign-in: the whole page goes there.
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _page(request: HttpRequest) -> str:
    """The page to come back to: this one, or, where this is no page, the one it was sent from."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.get_full_path()
    sent_from = urlsplit(request.headers.get("Referer", ""))
    return sent_from.path or "/staff/"


def public(why: str) -> Callable[[View], View]:
    """For everybody; says why."""

    def mark(view: View) -> View:
        cast(Any, view).public = why
        return view

    return mark


def refuse(request: HttpRequest, permission: str, subject: tuple[str, str] | None = None) -> None:
    """Note the denied attempt, then answer 403."""
    person: Person | None = getattr(request, "person", None)
    if person is not None:
        route = request.resolver_match.route if request.resolver_match else ""
        with acting(person.actor, at=timezone.now()) as trail:
            trail.write("denied", subject or ("route", route[:80]), permission=permission)
    raise PermissionDenied(permission)
