"""The design page, and whole patient pages made of its parts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import urlencode

from wellheard.base.pages import presenters
from wellheard.base.pages.errors import error_page

PERMISSION = "design.read"
PATIENT_PAGES = ("question", "story", "problem", "check", "thanks")
STATUSES = (400, 403, 404, 409, 413, 429, 500, 503)


def design(request: HttpRequest) -> HttpResponse:
    """Every part once; ``?show=both|rtl|print`` chooses the grounds."""
    if refusal := door(request):
        return refusal
    shown = request.GET.get("show", "both")
    if shown not in presenters.VIEWS:
        raise Http404
    return render(
        request,
        "design/design.html",
        {
            "sections": presenters.sections(shown, at=timezone.now(), request=request),
            "shown": shown,
            "patient_pages": PATIENT_PAGES,
            "statuses": STATUSES,
        },
    )


def patient_page(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """One whole patient page with invented content, as a patient would get it."""
    if refusal := door(request):
        return refusal
    if name not in PATIENT_PAGES or language not in presenters.SAMPLES:
        raise Http404
    ground = presenters.Ground(name, "light", language)
    with translation.override(language):
        context = presenters.specimens(ground, timezone.now())
        context |= {"part": name, "back_url": "#", "privacy_url": "#"}
        context["organisation"] = {"name": context["s"]["hospital"]}
        context["form"] = context["wrong"] if name == "problem" else context.pop("form")
        return render(request, f"design/patient/{name}.html", context)


def error(request: HttpRequest, status: int, audience: str) -> HttpResponse:
    """One error page, answered with 200 because nothing went wrong."""
    if refusal := door(request):
        return refusal
    if status not in STATUSES:
        raise Http404
    shown = error_page(request, status, staff_page=audience == "staff")
    shown.status_code = 200
    return shown


def door(request: HttpRequest) -> HttpResponse | None:
    """Staff who may see the design pass; others are asked to sign in, or refused.

    The rooms above define who may what; this room only asks the person of the request.
    """
    person: Any = getattr(request, "person", None)
    if person is None:
        return redirect(f"/accounts/login/?{urlencode({'next': request.get_full_path()})}")
    if not person.may(PERMISSION):
        raise PermissionDenied(PERMISSION)
    return None


def mark_views() -> None:
    """Name the permission on each view, where the route guard reads it."""
    views: list[Any] = [design, patient_page, error]
    for view in views:
        view.permission = PERMISSION


mark_views()
