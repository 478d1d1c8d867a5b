"""Surveys out of files and into files."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from wellheard.listen.builder import actions
from wellheard.listen.builder.forms import TakeInForm
from wellheard.listen.builder.views.drafting import trail_to
from wellheard.listen.surveys.actions import OfficialError
from wellheard.listen.surveys.fhir import QuestionnaireError, from_questionnaire, to_questionnaire
from wellheard.listen.surveys.instruments import NoInstrumentError, definition
from wellheard.listen.surveys.logic import InstrumentError
from wellheard.listen.surveys.presenters import official_words
from wellheard.listen.surveys.sheet import SheetError, from_sheet, to_sheet
from wellheard.people.access.doors import StaffRequest, requires

_LARGEST = 5_000_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@requires("survey.change")
def take_in(request: StaffRequest) -> HttpResponse:
    """A survey from a spreadsheet or a FHIR Questionnaire."""
    form = TakeInForm(request.POST or None, request.FILES or None)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > _LARGEST:
                raise QuestionnaireError(_("File"), _("it is larger than 5 MB"))
            content = file.read()
            is_packed = content[:2] == b"PK"
            read = from_sheet(content) if is_packed else from_questionnaire(content)
            draft = actions.take_in_draft(read, by=request.person.actor, at=timezone.now())
        except SheetError as error:
            faults = [str(fault) for fault in error.faults]
        except (QuestionnaireError, InstrumentError) as error:
            faults = [str(error)]
        except OfficialError:
            faults = [official_words()]
        else:
            messages.success(request, _("It is a draft now. Nothing is published."))
            return redirect("builder:draft", draft.pk)
        form.add_error("file", _("Nothing was taken in. Put this right and send it again."))
    context = {"form": form, "faults": faults, "trail": trail_to()}
    return render(request, "builder/take_in.html", context, status=422 if form.errors else 200)


@require_GET
@requires("survey.read")
def give_out(request: StaffRequest, code: str, version: str, form: str) -> HttpResponse:
    """A version as a file: ``form`` "sheet" or "fhir"."""
    try:
        number = int(version)
        data = definition(code, number, organisation_id=request.person.organisation_id)
    except (NoInstrumentError, ValueError) as error:
        raise Http404 from error
    if form == "sheet":
        return _file(to_sheet(data), _XLSX, f"{code}-{version}.xlsx")
    if form != "fhir":
        raise Http404
    page = json.dumps(to_questionnaire(data), ensure_ascii=False, indent=1)
    return _file(page.encode(), "application/fhir+json", f"{code}-{version}.json")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
