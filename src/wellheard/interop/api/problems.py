"""Errors as problem details (RFC 9457): what went wrong, never what was sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

CONTENT_TYPE = "application/problem+json"
_TITLES = {
    400: "The request cannot be read",
    401: "Who are you?",
    403: "Not allowed",
    404: "Nothing here",
    409: "Said differently before",
    413: "Too large",
    422: "Some values cannot be taken",
    429: "Too many requests",
}


class Fault(Schema):
    """One value that cannot be taken: where it stands, and why."""

    where: str
    why: str


class Problem(Schema):
    """What went wrong. ``errors`` only for 422."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[Fault] = []


class ConflictError(Exception):
    """The same key came with other words before."""


def problem(
    status: int, detail: str = "", *, errors: Sequence[dict[str, str]] = (), **headers: str
) -> HttpResponse:
    """An answer that says what went wrong."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "errors": list(errors),
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = json.dumps(body, ensure_ascii=False)
    return HttpResponse(content, status=status, content_type=CONTENT_TYPE, headers=named)


def answer_problems(api: NinjaAPI) -> None:
    """Answer every refusal of ``api`` with problem details."""
    add = api.add_exception_handler
    add(AuthenticationError, _unknown)
    add(PermissionDenied, lambda r, e: problem(403, "This needs a permission you do not hold."))
    add(Http404, lambda r, e: problem(404, "There is nothing here that you may see."))
    add(ValidationError, _invalid)
    add(Throttled, _throttled)
    add(ConflictError, lambda r, e: problem(409, str(e)))
    add(RequestDataTooBig, lambda r, e: problem(413))
    add(SuspiciousOperation, lambda r, e: problem(400))
    add(HttpError, _refused)


def _unknown(request: HttpRequest, error: Any) -> HttpResponse:
    detail = "Send a token that is still valid: Authorization: Bearer wh_..."
    return problem(401, detail, WWW_Authenticate='Bearer realm="wellheard"')


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, str(error))


def _throttled(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(429, Retry_After=str(error.wait or 60))


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    # The values themselves stay out of the answer: they may be a patient's words.
    errors = [
        {"where": ".".join(str(part) for part in one["loc"]), "why": str(one["msg"])}
        for one in error.errors
    ]
    return problem(422, errors=errors)
