"""Who calls: a program by its token, or a person by the session of the pages. How often, too."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja.security import APIKeyCookie, HttpBearer
from ninja.throttling import SimpleRateThrottle

from wellheard.interop.api.limits import limits
from wellheard.people.access.doors import refuse
from wellheard.people.access.person import Person
from wellheard.people.access.queries import person_by_token


class ApiRequest(HttpRequest):
    """A request of a caller that is known."""

    auth: Person


class Token(HttpBearer):
    """``Authorization: Bearer wh_...``"""

    openapi_description = "A token made by a member of staff; it may do no more than its maker."

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        return person_by_token(token, now=timezone.now())


class Session(APIKeyCookie):
    """The session of a signed-in member of staff; writing also needs the page's CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        # Nobody's session has nothing a forged request could borrow: it is just not known.
        if self.param_name not in request.COOKIES or self.authenticate(request, "") is None:
            return None
        key: str | None = super()._get_key(request)
        return key

    def authenticate(self, request: HttpRequest, key: str | None) -> Person | None:
        person: Person | None = getattr(request, "person", None)
        return person


class PerCaller(SimpleRateThrottle):
    """So many requests a minute for each token and each signed-in person."""

    def __init__(self) -> None:
        super().__init__(f"{limits()['requests_per_minute']}/min")

    def get_cache_key(self, request: HttpRequest) -> str | None:
        person: Person | None = getattr(request, "auth", None)
        if not isinstance(person, Person):
            return None
        return f"api-rate:{person.user_id}:{person.token_id or 0}"


per_caller = PerCaller()


def need(request: ApiRequest, permission: str) -> Person:
    """The caller, who may use the API and holds ``permission`` somewhere; else an audited 403."""
    for one in ("api.use", permission):
        if not request.auth.may(one):
            request.person = request.auth  # type: ignore[attr-defined]  # for the audit row
            refuse(request, one)
    return request.auth


def reach(person: Person, permission: str, place_id: int) -> None:
    """Answer 404 for a place outside the caller's reach: whether it exists is nobody's business."""
    places = person.places(permission)
    if places is not None and place_id not in places:
        raise Http404
