"""Bringing a file in, step by step, and taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.pages.errors import error_page
from wellheard.base.pages.figures import number
from wellheard.interop.csvfiles.actions import CannotUndoError, RowsRefusedError, undo_import
from wellheard.interop.csvfiles.codec import FileRefusedError, limits
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.interop.uploads import actions, tasks
from wellheard.interop.uploads.forms import ColumnsForm, ShareForm, UploadForm
from wellheard.interop.uploads.models import Upload
from wellheard.interop.uploads.presenters import (
    PUBLISHED,
    count_words,
    fault_lead,
    first_step,
    lines,
    open_uploads,
    release_words,
    share_words,
)
from wellheard.interop.uploads.queries import (
    guessed,
    our_columns,
    preview_of,
    release_of,
    share_of,
    table_of,
)
from wellheard.interop.uploads.rules import columns_of
from wellheard.interop.uploads.store import FileGoneError
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Organisation

A_PAGE = 30


@require_GET
@requires("import.run")
def imports(request: StaffRequest) -> HttpResponse:
    """Everything that was imported, newest first, and what is not in yet."""
    home = request.person.organisation_id
    page = Paginator(ImportBatch.objects.filter(organisation_id=home), A_PAGE).get_page(
        request.GET.get("page")
    )
    unfinished = Upload.objects.filter(organisation_id=home).exclude(state=Upload.State.DONE)
    context = {
        "page": page,
        "lines": lines(list(page.object_list)),
        "uploads": open_uploads(unfinished),
    }
    return render(request, "uploads/imports.html", context)


@require_http_methods(["GET", "POST"])
@requires("import.run")
def upload(request: StaffRequest) -> HttpResponseBase:
    """Choose a file. What cannot be read at all is refused here, with the reason."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = _keep(request, form)
        except FileRefusedError as error:
            form.add_error("file", _sentence(error))
        else:
            return redirect(f"imports:{first_step(kept)}", kept.token)
    context = {"form": form, "trail": _trail(), "most": limits()["largest_upload_bytes"] // 10**6}
    return render(request, "uploads/upload.html", context, status=422 if form.errors else 200)


def _keep(request: StaffRequest, form: UploadForm) -> Upload:
    file = form.cleaned_data["file"]
    return actions.keep_upload(
        organisation=Organisation.objects.get(pk=request.person.organisation_id),
        kind=form.cleaned_data["kind"],
        name=file.name or "",
        data=file.read(),
        by=request.person.actor,
        at=timezone.now(),
    )


@require_http_methods(["GET", "POST"])
@requires("import.run")
def columns(request: StaffRequest, token: str) -> HttpResponseBase:
    """Which column is what: guessed, shown with what stands in it, confirmed by a person."""
    found = _upload(request, token)
    if found.kind == ImportBatch.Kind.CMS or found.state not in _OPEN:
        return redirect("imports:progress", token)
    if found.kind == ImportBatch.Kind.SHARE:
        return _whose(request, found)
    try:
        table = table_of(found)
    except (FileGoneError, FileRefusedError):
        return error_page(request, 404)
    guess = found.columns or guessed(found.kind, table)
    theirs = columns_of(table)
    form = ColumnsForm(found.kind, our_columns(found.kind), theirs, guess, request.POST or None)
    if request.method == "POST" and form.is_valid():
        used = form.used()
        actions.choose_columns(
            found, table.header, used, by=request.person.actor, at=timezone.now()
        )
        return redirect("imports:check", token)
    used_now = set(guess.values())
    context = {
        "upload": found,
        "form": form,
        "ignored": [column for column in theirs if column.name not in used_now],
        "rows": len(table.rows),
        "trail": _trail(),
    }
    return render(request, "uploads/columns.html", context, status=422 if form.errors else 200)


def _whose(request: StaffRequest, found: Upload) -> HttpResponseBase:
    """Of which year a file of published cases is, and which hospitals in it are ours."""
    form = ShareForm(request.POST or None, initial=found.columns)
    if request.method == "POST" and form.is_valid():
        actions.say_whose(found, form.cleaned_data, by=request.person.actor, at=timezone.now())
        return redirect("imports:check", found.token)
    context = {"upload": found, "form": form, "trail": _trail()}
    status = 422 if form.errors else 200
    return render(request, "uploads/whose.html", context, status=status)


_OPEN = (Upload.State.READY, Upload.State.REFUSED)


@require_http_methods(["GET", "POST"])
@requires("import.run")
def check(request: StaffRequest, token: str) -> HttpResponseBase:
    """The first rows and every fault, before anything is kept; POST starts the import."""
    found = _upload(request, token)
    if found.state not in _OPEN:
        return redirect("imports:progress", token)
    if request.method == "POST":
        return _start(request, found)
    try:
        return render(request, "uploads/check.html", _seen(found))
    except FileGoneError:
        return error_page(request, 404)
    except FileRefusedError as error:
        context = {"upload": found, "refused": _sentence(error), "trail": _trail()}
        return render(request, "uploads/check.html", context, status=422)


def _seen(found: Upload) -> dict[str, Any]:
    context: dict[str, Any] = {"upload": found, "trail": _trail()}
    if found.kind == ImportBatch.Kind.CMS:
        return context | {"release": release_words(release_of(found))}
    if found.kind == ImportBatch.Kind.SHARE:
        return context | _share_seen(found)
    seen = preview_of(found)
    most = limits()["most_faults_told"]
    return context | {
        "seen": seen,
        "faults": seen.faults[:most],
        "hidden": max(len(seen.faults) - most, 0),
        "fault_lead": fault_lead(len(seen.faults)) if seen.faults else "",
    }


def _share_seen(found: Upload) -> dict[str, Any]:
    most = limits()["most_faults_told"]
    try:
        return {"release": share_words(share_of(found))}
    except RowsRefusedError as error:
        hidden = max(len(error.faults) - most, 0)
        lead = fault_lead(len(error.faults))
        return {"faults": error.faults[:most], "hidden": hidden, "fault_lead": lead}


def _start(request: StaffRequest, found: Upload) -> HttpResponseBase:
    try:
        actions.hand_over(
            found, tasks.import_upload.enqueue, by=request.person.actor, at=timezone.now()
        )
    except actions.NotReadyError:
        messages.info(request, _("This file was already handed over."))
    return redirect("imports:progress", found.token)


@require_GET
@requires("import.run")
def progress(request: StaffRequest, token: str) -> HttpResponse:
    """Where an import stands. The page comes again by itself until there is a result."""
    found = _upload(request, token)
    context: dict[str, Any] = {
        "upload": found,
        "waits": found.state == Upload.State.WAITING,
        "trail": _trail(),
    }
    if found.result is not None:
        context["facts"] = count_words(found.result)
        context["may_undo"] = found.result.undone_at is None and found.kind not in PUBLISHED
    if found.state == Upload.State.REFUSED:
        context["fault_lead"] = fault_lead(len(found.refusal))
    if found.state == Upload.State.READY:
        context["next_url"] = reverse(f"imports:{first_step(found)}", args=[token])
    return render(request, "uploads/progress.html", context)


@require_POST
@requires("import.run")
def forget(request: StaffRequest, token: str) -> HttpResponseBase:
    """Remove an uploaded file that is not to be imported."""
    try:
        actions.drop_upload(_upload(request, token), by=request.person.actor, at=timezone.now())
    except actions.NotReadyError:
        return error_page(request, 409)
    messages.success(request, _("The file was removed. Nothing of it was kept."))
    return redirect("imports:imports")


@require_http_methods(["GET", "POST"])
@requires("import.run")
def undo(request: StaffRequest, batch: str) -> HttpResponseBase:
    """Take an import back, after a page that says what that means."""
    found = get_object_or_404(
        ImportBatch, organisation_id=request.person.organisation_id, pk=_pk_of(batch)
    )
    refused = ""
    if request.method == "POST":
        try:
            count = undo_import(found, by=request.person.actor, at=timezone.now())
        except CannotUndoError as error:
            refused = _sentence(error)
        else:
            done = _("%(count)s rows were taken back.") % {"count": number(count)}
            messages.success(request, done)
            return redirect("imports:imports")
    context = {
        "batch": found,
        "facts": count_words(found),
        "refused": refused,
        "trail": _trail(),
    }
    return render(request, "uploads/undo.html", context, status=409 if refused else 200)


def _pk_of(batch: str) -> int:
    """An import by the number that its row has; anything else is nothing we have."""
    if not batch.isascii() or not batch.isdigit() or len(batch) > 18:
        raise Http404
    return int(batch)


def _upload(request: StaffRequest, token: str) -> Upload:
    return get_object_or_404(
        Upload.objects.select_related("organisation", "result"),
        organisation_id=request.person.organisation_id,
        token=token,
    )


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Imports"), "url": reverse("imports:imports")}]


def _sentence(error: Exception) -> str:
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}."
