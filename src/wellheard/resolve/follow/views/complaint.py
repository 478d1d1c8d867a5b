"""The complaint form: one question a page, works without JavaScript, kept for a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wellheard.listen.intake.rules.files import FileRefusedError
from wellheard.people.access.doors import public
from wellheard.people.patients.rules import ContactNotUnderstoodError
from wellheard.people.places.models import Organisation
from wellheard.people.places.queries import place_by_code
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.rules.files import MOST_FILES, check_file
from wellheard.resolve.follow.actions import (
    TooManyFilesError,
    Writing,
    begin_complaint,
    drop_file,
    keep_answers,
    keep_file,
    open_complaint,
    send_complaint,
)
from wellheard.resolve.follow.forms import FORMS, PageForm
from wellheard.resolve.follow.presenters import receipt_values
from wellheard.resolve.follow.queries import note_try
from wellheard.resolve.follow.rules.answers import (
    STEPS,
    Answers,
    is_whole,
    step_after,
    step_before,
    with_answers,
)
from wellheard.resolve.follow.rules.codes import code_of
from wellheard.resolve.follow.views.doors import too_often, whence

_ANYONE = "anyone may complain, without signing in"
_LONGEST_UPLOAD = 16_000_000


@public(_ANYONE)
def start(request: HttpRequest) -> HttpResponse:
    """Who may complain, what follows, and where else to turn; the button begins."""
    now = timezone.now()
    place = place_by_code(request.GET.get("place", "")) if "place" in request.GET else None
    organisations = [place.organisation] if place else list(Organisation.objects.order_by("name"))
    if request.method == "POST":
        if (wait := too_often(request, "complaint", now)) is not None:
            return wait
        chosen = _organisation(request, organisations)
        if chosen is not None:
            note_try("complaint", whence(request), now, ok=False)
            answers = Answers(place=str(place.pk) if place else "", language=_language())
            writing = begin_complaint(chosen, answers, at=now)
            return redirect("follow:step", token=writing.token, step="about")
    context = {
        "organisations": organisations,
        "organisation": organisations[0] if len(organisations) == 1 else None,
        "not_chosen": request.method == "POST",
    }
    return render(request, "follow/start.html", context)


def _organisation(request: HttpRequest, offered: list[Organisation]) -> Organisation | None:
    if len(offered) == 1:
        return offered[0]
    chosen = request.POST.get("organisation", "")
    return next((one for one in offered if one.slug == chosen), None)


def _language() -> str:
    return (get_language() or "en")[:2]


@public(_ANYONE)
def step(request: HttpRequest, token: str, step: str) -> HttpResponse:
    """One page of the form."""
    now = timezone.now()
    writing = open_complaint(token, at=now)
    if step not in STEPS:
        raise Http404
    if writing is None:
        return render(request, "follow/over.html", status=404)
    if writing.draft.case is not None:
        return redirect("follow:sent", token=token)
    if step == "check":
        return _check(request, writing, now)
    if step == "files":
        return _files(request, writing)
    return _answer(request, writing, step, now)


def _answer(request: HttpRequest, writing: Writing, step: str, now: datetime) -> HttpResponse:
    form = _form(request, writing, step)
    if request.method == "POST" and form.is_valid():
        answers = with_answers(writing.answers, form.cleaned_data)
        keep_answers(writing, answers, at=now)
        following = step_after(step, only_changing=_only_changing(request))
        return redirect("follow:step", token=writing.token, step=following)
    if request.method == "POST" and step == "story":
        # Too long or empty: what was typed is not lost with the error.
        typed = str(request.POST.get("text", ""))[:20_000]
        keep_answers(writing, replace(writing.answers, text=typed), at=now)
    status = 422 if form.errors else 200
    return _page(request, writing, step, {"form": form}, status)


def _form(request: HttpRequest, writing: Writing, step: str) -> PageForm:
    start = {name: getattr(writing.answers, name) for name in FORMS[step].base_fields}
    if step == "contact":
        start["language"] = writing.answers.language or _language()
    if step == "about":
        start["subjects"] = list(writing.answers.subjects)
    return FORMS[step](
        request.POST if request.method == "POST" else None,
        initial=start,
        organisation=writing.draft.organisation,
        language=_language(),
    )


def _only_changing(request: HttpRequest) -> bool:
    return request.GET.get("from") == "check"


def _page(
    request: HttpRequest, writing: Writing, step: str, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    before = "check" if _only_changing(request) else step_before(step)
    back = (
        reverse("follow:step", args=[writing.token, before]) if before else reverse("follow:start")
    )
    context = {
        "organisation": writing.draft.organisation,
        "answers": writing.answers,
        "token": writing.token,
        "back_url": back,
        "at_step": STEPS.index(step) + 1,
        "all_steps": len(STEPS),
    }
    return render(request, f"follow/{step}.html", context | more, status=status)


def _files(request: HttpRequest, writing: Writing) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        remove = request.POST.get("remove", "")
        if remove.isdigit():
            drop_file(writing, int(remove))
        upload = request.FILES.get("file")
        if upload is not None:
            problem = add_upload(writing, upload)
        elif "add" in request.POST:
            problem = _("Choose a file first.")
        if not problem and "go" in request.POST:
            return redirect("follow:step", token=writing.token, step="check")
        if not problem:
            return redirect(request.get_full_path())
    context = {
        "files": list(writing.draft.files.all()),
        "problem": problem,
        "room_left": writing.draft.files.count() < MOST_FILES,
        "most": MOST_FILES,
    }
    return _page(request, writing, "files", context, 422 if problem else 200)


def add_upload(writing: Writing, upload: UploadedFile[bytes]) -> str:
    """Check one upload and keep it; what is wrong with it, in words, or ""."""
    try:
        keep_file(writing, upload.name or "file", check_file(read_upload(upload)))
    except FileRefusedError as error:
        return file_problem(error.why)
    except TooManyFilesError:
        return _("That is one file too many. Remove one first.")
    return ""


def read_upload(upload: UploadedFile[bytes]) -> bytes:
    """The bytes of an upload. Raises FileRefusedError for one that is far too large."""
    if (upload.size or 0) > _LONGEST_UPLOAD:
        raise FileRefusedError("large")
    content: bytes = upload.read()
    return content


def file_problem(why: str) -> str:
    """Why a file was not taken, and what to do."""
    return {
        "empty": _("This file is empty. Choose another one."),
        "large": _("This file is too large. Choose one up to 10 MB."),
        "active": _("This PDF holds programs or other files. Save or print it as a plain PDF."),
    }.get(why, _("We can take JPEG or PNG pictures, recordings and PDF. Choose another file."))


def _check(request: HttpRequest, writing: Writing, now: datetime) -> HttpResponse:
    answers = writing.answers
    if not is_whole(answers):
        return redirect("follow:step", token=writing.token, step="story")
    if request.method == "POST":
        try:
            send_complaint(writing, at=now)
        except ContactNotUnderstoodError:
            return redirect("follow:step", token=writing.token, step="contact")
        return redirect("follow:sent", token=writing.token)
    form = FORMS["about"](None, organisation=writing.draft.organisation, language=_language())
    places = dict(_flat(form.fields["place"].choices))  # type: ignore[attr-defined]  # a ChoiceField
    context = {
        "subjects": [rulebook.subject_label(code, _language()) for code in answers.subjects],
        "place_name": places.get(answers.place, ""),
        "who": dict(FORMS["who"].base_fields["complainant"].choices).get(answers.complainant, ""),  # type: ignore[attr-defined]  # a ChoiceField
        "files": list(writing.draft.files.all()),
    }
    return _page(request, writing, "check", context)


def _flat(choices: Any) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for value, label in choices:
        flat += label if isinstance(label, list | tuple) else [(value, str(label))]
    return flat


@public(_ANYONE)
def sent(request: HttpRequest, token: str) -> HttpResponse:
    """The reference, the code, what happens next and the person's rights."""
    writing = open_complaint(token, at=timezone.now())
    case = writing.draft.case if writing else None
    if case is None:
        return render(request, "follow/over.html", status=404)
    context = {
        "organisation": case.organisation,
        "case": case,
        "code": code_of(case.secret),
        "follow_url": reverse("follow:case", args=[case.secret]),
        **receipt_values(case, _language()),
    }
    return render(request, "follow/sent.html", context)
