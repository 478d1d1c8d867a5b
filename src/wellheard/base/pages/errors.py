"""Error pages that say what to do. Staff and patients get their own."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _

API_PREFIX = "/api/"
STAFF_PREFIX = "/staff/"


def error_page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    """The page for one status; JSON where a program asked."""
    if request.path.startswith(API_PREFIX):
        return JsonResponse({"detail": str(context.get("detail", status))}, status=status)
    context.setdefault("staff_page", request.path.startswith(STAFF_PREFIX))
    return render(request, f"wellheard/errors/{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page; without anything that could break again when the database is what broke."""
    try:
        return error_page(request, 500)
    except Exception:
        alone = {"staff_page": False, "offered_languages": [settings.LANGUAGE_CODE]}
        page = get_template("wellheard/errors/500.html").render(alone)
        return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, 403, detail=_("The page was open too long. Go back and try again."))
