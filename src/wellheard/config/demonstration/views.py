"""The start page of the demonstration: one click into each role. It exists nowhere else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from wellheard.config.demonstration.people import hospital_page
from wellheard.config.demonstration.people import truths as planted
from wellheard.config.demonstration.roles import ROLES, staff_of
from wellheard.people.access.doors import public
from wellheard.people.places.models import Organisation, Place
from wellheard.people.staff.models import User

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public("the demonstration's front door: invented people only")
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Who would you like to be?"""
    organisation = Organisation.objects.first()
    if organisation is None:
        raise Http404
    return render(
        request,
        "demonstration/start.html",
        {
            "organisation": organisation,
            "roles": [(role, staff_of(role.code)) for role in ROLES],
            "card_place": Place.objects.get(name=planted()["bell-rising"]["place"]),
        },
    )


@public("the demonstration signs anybody in as an invented member of staff")
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as the chosen member of staff."""
    if not settings.DEMONSTRATION:
        raise PermissionDenied
    emails = {person["email"] for person in hospital_page()["staff"]}
    email = request.POST.get("email", "")
    if email not in emails:
        raise Http404
    login(request, User.objects.get(email=email), backend=_BACKEND)
    return redirect("/staff/")


@public("tells what was put into the invented data, for those who judge the findings")
@require_GET
def truths(request: HttpRequest) -> HttpResponse:
    """What was planted, with its dates in this loading."""
    last_day = timezone.now().date() - timedelta(days=1)
    return render(
        request,
        "demonstration/truths.html",
        {"truths": [_dated(truth, last_day) for truth in planted().values()]},
    )


def _dated(truth: Any, last_day: date) -> dict[str, Any]:
    days = next(
        (truth[key] for key in ("fixed_days_ago", "last_days", "days_ago") if key in truth), None
    )
    return {**truth, "on": last_day - timedelta(days=days) if days else None}
