"""The page of dimensions: what is asked about, what is not, and who can act on each answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.scores.coverage import (
    Lever,
    LeverError,
    coverage,
    dimension_model,
    levers_of,
    set_lever,
)


@requires("measure.read")
@require_GET
def dimensions(request: StaffRequest) -> HttpResponse:
    """Every question under its dimension."""
    return render(request, "scores/coverage.html", _page(request))


@requires("measure.define")
@require_POST
def lever(request: StaffRequest) -> HttpResponse:
    """Say who acts on a question by what."""
    given = {
        name: request.POST.get(name, "")[:size]
        for name, size in (("item", 80), ("dimension", 16), ("process", 80), ("owner", 80))
    }
    new = Lever(text="", lever=request.POST.get("lever", "")[:200], **given)
    try:
        set_lever(new, by=request.person.actor, at=timezone.now())
    except LeverError as error:
        page = {**_page(request), "problem": str(error)}
        return render(request, "scores/coverage.html", page, status=422)
    return redirect("scores:coverage")


def _page(request: StaffRequest) -> dict[str, Any]:
    organisation_id = request.person.organisation_id
    found, model = coverage(organisation_id), dimension_model()
    return {
        "dimensions": [
            {"code": code, "title": title, "levers": found.by_dimension[code]}
            for code, title in model.dimensions.items()
        ],
        "unplaced": found.unplaced,
        "flagged": found.flagged,
        "uncovered": [model.dimensions[code] for code in found.uncovered],
        "questions": levers_of(organisation_id),
        "choices": model.dimensions.items(),
        "may_define": request.person.may("measure.define"),
        "model": model.name,
        "trail": [{"label": _("Measures"), "url": reverse("scores:catalogue")}],
    }
