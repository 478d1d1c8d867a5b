"""The page of places that became one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.merging.actions import CannotMergeError, merge_place, undo_merge
from wellheard.people.places.models import Place, PlaceMerge


@requires("place.manage")
@require_http_methods(["GET", "POST"])
def merges(request: StaffRequest) -> HttpResponse:
    """What was merged; a form for two places, shown once more before it is done."""
    if request.method != "POST":
        return _page(request)
    old, into = _chosen(request, "old"), _chosen(request, "into")
    why = request.POST.get("why", "")
    if old is None or into is None:
        return _page(request, problem=_("Choose both places."), status=422)
    asked = {"old": old, "into": into, "why": why}
    if "sure" not in request.POST:
        return _page(request, asked=asked)
    try:
        merge_place(old, into, why=why, by=request.person.actor, at=timezone.now())
    except CannotMergeError as error:
        return _page(request, problem=_PROBLEMS.get(str(error), str(error)), status=422)
    messages.success(request, _("Done. From now on both are one place."))
    return redirect("merging:merges")


@requires("place.manage")
@require_POST
def undo(request: StaffRequest, place_merge_id: int) -> HttpResponse:
    """Open the old place again."""
    mine = PlaceMerge.objects.filter(organisation_id=request.person.organisation_id)
    merge = get_object_or_404(mine.standing(), pk=place_merge_id)
    undo_merge(merge, by=request.person.actor, at=timezone.now())
    messages.success(request, _("Taken back: the old place is open again."))
    return redirect("merging:merges")


_PROBLEMS = {
    "a place cannot be merged into itself": _("Choose two different places."),
    "both places must be of the same site": _("Both places must be of the same site."),
    "both places must be open": _("Both places must be open."),
}


def _chosen(request: StaffRequest, name: str) -> Place | None:
    given = request.POST.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        return None
    places = Place.objects.of(request.person.organisation_id).open().select_related("site")
    return places.filter(pk=int(given)).first()


def _page(
    request: StaffRequest,
    *,
    asked: dict[str, Any] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    organisation_id = request.person.organisation_id
    rows = PlaceMerge.objects.filter(organisation_id=organisation_id)
    return render(
        request,
        "merging/merges.html",
        {
            "places": Place.objects.of(organisation_id).open().select_related("site"),
            "merges": rows.select_related("old__site", "into").order_by("-merged_at"),
            "asked": asked,
            "problem": problem,
        },
        status=status,
    )
