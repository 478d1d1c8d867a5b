"""The page of one case, who else is there, drafts, files, promises, agreements."""

from __future__ import annotations

import json
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wellheard.base.audit.trail import record_read
from wellheard.base.pages.panels import panels
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.resolve.complaints.actions.changing import NotAllowedError
from wellheard.resolve.complaints.actions.classifying import agree_to_lowering
from wellheard.resolve.complaints.actions.closing import undo_closure
from wellheard.resolve.complaints.actions.files import file_bytes
from wellheard.resolve.complaints.actions.promises import keep_promise
from wellheard.resolve.complaints.actions.working import mark_seen_by_owner
from wellheard.resolve.complaints.models import CaseFile, Classification, Draft, Promise
from wellheard.resolve.complaints.presenters.case_page import visitors
from wellheard.resolve.complaints.presenters.copies import copy_of
from wellheard.resolve.complaints.views.desk import (
    PREFIX,
    Spot,
    case_context,
    find_case,
    must_have,
    note_presence,
    spot_of,
)
from wellheard.resolve.complaints.views.doors import in_house_time

_LONGEST_DRAFT = 40_000


@requires("case.read")
@in_house_time
@require_GET
def case(request: StaffRequest, case_id: int) -> HttpResponse:
    """One case on its own page."""
    now, found, person = timezone.now(), find_case(request, case_id), request.person
    mark_seen_by_owner(case_id=found.pk, user_id=person.user_id, by=person.actor, at=now)
    found = find_case(request, case_id)
    context = case_context(request, found, Spot(None), now)
    context["panels"] = panels("complaints.case", request, found)
    context["undo"] = {"case": found} if "closed" in request.GET and not found.is_open else None
    return render(request, "complaints/case.html", context)


@requires("case.read")
@in_house_time
def presence(request: StaffRequest, case_id: int) -> HttpResponse:
    """Who else has the case open; asking says that one is here oneself."""
    now, found = timezone.now(), find_case(request, case_id)
    note_presence(request.person, found, now, writing="writing" in request.GET)
    stale = request.GET.get("version", "").isdigit() and int(request.GET["version"]) < found.version
    context = {
        "others": visitors(found, request.person, now),
        "stale": stale,
        "case": found,
        "spot_url": spot_of(request.GET.get("back", "")).url(found),
    }
    return render(request, "complaints/parts/presence.html", context)


@requires("case.work")
@in_house_time
@require_POST
def draft(request: StaffRequest, case_id: int, form: str) -> HttpResponse:
    """Keep what somebody has begun to write."""
    now, found = timezone.now(), find_case(request, case_id)
    typed = {
        key.removeprefix(f"{PREFIX}-"): str(value)
        for key, value in request.POST.items()
        if key.startswith(f"{PREFIX}-") and not key.endswith("-seen")
    }
    words = json.dumps(typed, ensure_ascii=False)
    if len(words) > _LONGEST_DRAFT:
        return HttpResponse(status=413)
    Draft.objects.update_or_create(
        case=found,
        user_id=request.person.user_id,
        form=form[:16],
        defaults={
            "organisation_id": found.organisation_id,
            "words": words,
            "case_version": found.version,
            "at": now,
        },
    )
    note_presence(request.person, found, now, writing=True)
    return HttpResponse(status=204)


@requires("case.close")
@in_house_time
@require_POST
def undo(request: StaffRequest, case_id: int) -> HttpResponse:
    """Take back a closure made seconds ago."""
    found = find_case(request, case_id)
    must_have(request, "case.close", found)
    try:
        undo_closure(case_id=found.pk, by=request.person.actor, at=timezone.now())
    except NotAllowedError as error:
        messages.warning(request, error.says)
    return redirect(spot_of(request.GET.get("back", "")).url(found))


@requires("case.close")
@in_house_time
@require_POST
def agreement(request: StaffRequest, classification_id: int) -> HttpResponse:
    """The word of a second person on a lower class."""
    row = get_object_or_404(
        Classification, pk=classification_id, organisation_id=request.person.organisation_id
    )
    found = find_case(request, row.case_id)
    must_have(request, "case.close", found)
    try:
        agree_to_lowering(
            classification_id=row.pk,
            agree=request.POST.get("agree") == "yes",
            by=request.person.actor,
            at=timezone.now(),
        )
    except NotAllowedError as error:
        messages.warning(request, error.says)
    return redirect(spot_of(request.POST.get("back", "")).url(found))


@requires("case.work")
@in_house_time
@require_POST
def promise_kept(request: StaffRequest, promise_id: int) -> HttpResponse:
    """Note that a promise was kept."""
    row = get_object_or_404(Promise, pk=promise_id, organisation_id=request.person.organisation_id)
    found = find_case(request, row.case_id)
    must_have(request, "case.work", found)
    try:
        keep_promise(promise_id=row.pk, by=request.person.actor, at=timezone.now())
    except NotAllowedError as error:
        messages.warning(request, error.says)
    return redirect(spot_of(request.POST.get("back", "")).url(found))


@requires("case.read")
@in_house_time
@require_GET
def copy(request: StaffRequest, case_id: int) -> HttpResponse:
    """What they told us, on one page in their language: to read out, to print, to post."""
    found = find_case(request, case_id)
    record_read(request.person.actor, found, at=timezone.now(), copy=1)
    trail = [
        {"label": _("Inbox"), "url": reverse("complaints:inbox")},
        {"label": found.reference, "url": reverse("complaints:case", args=[found.pk])},
        {"label": _("Copy")},
    ]
    context = {"case": found, "c": copy_of(found), "trail": trail}
    return render(request, "complaints/copy.html", context)


@requires("case.read")
@in_house_time
@require_GET
def file(request: StaffRequest, file_id: int) -> HttpResponse:
    """One file of a case; always downloaded, never shown inside our pages."""
    row = get_object_or_404(CaseFile, pk=file_id, organisation_id=request.person.organisation_id)
    found = find_case(request, row.case_id)
    record_read(request.person.actor, found, at=timezone.now(), file=row.pk)
    response = HttpResponse(file_bytes(row), content_type=row.content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    return response
