"""What waits in other formats, and the formats of one letter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from wellheard.base.audit.trail import record_read
from wellheard.listen.intake.rules.files import FileRefusedError
from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.resolve.complaints.models import LetterDispatch
from wellheard.resolve.complaints.wording import spoken
from wellheard.resolve.formats import presenters, queries
from wellheard.resolve.formats.actions import ask_interpreter, keep_recording, write_easy
from wellheard.resolve.formats.forms import EasyForm, InterpreterForm, RecordingForm
from wellheard.resolve.formats.models import FormatFile, SignedRequest, WantedFormat
from wellheard.resolve.formats.policy import format_policy
from wellheard.resolve.formats.source import (
    Easy,
    easy_of,
    has_format,
    newest_file,
    script_of,
    symbol_of,
)
from wellheard.resolve.formats.speech import can_speak
from wellheard.resolve.formats.views.files import give

_REFUSED = {
    "empty": gettext_lazy("The file is empty."),
    "large": gettext_lazy("The file is too large."),
    "kind": gettext_lazy("This is no recording that browsers play."),
}


@requires("case.read")
@require_GET
def letters(request: StaffRequest) -> HttpResponse:
    """Formats that wait for somebody, and the newest letters."""
    waiting = [
        {"row": row, "kind": presenters.KINDS[row.kind], "title": presenters.title_of(row.dispatch)}
        for row in queries.waiting_formats(request.person)
    ]
    newest = [
        {"dispatch": each, "title": presenters.title_of(each)}
        for each in queries.letters_seen_by(request.person)[:20]
    ]
    context = {"waiting": waiting, "newest": newest, "now": timezone.now()}
    return render(request, "formats/letters.html", context)


@requires("case.read")
@require_GET
def letter(request: StaffRequest, letterdispatch_id: int) -> HttpResponse:
    """One letter in every format: what there is, what waits, and doing it."""
    return _page(request, _letter(request, letterdispatch_id))


@requires("case.work")
@require_POST
def easy(request: StaffRequest, letterdispatch_id: int) -> HttpResponse:
    """Keep easier words for lines of the letter."""
    dispatch = _letter(request, letterdispatch_id, "case.work")
    form = EasyForm(request.POST, lines=_lines(easy_of(dispatch)))
    if not form.is_valid():
        return _page(request, dispatch, easy_form=form, status=422)
    write_easy(dispatch, form.written(), by=request.person.actor, at=timezone.now())
    return redirect(_at(dispatch) + "#easy")


@requires("case.work")
@require_POST
def interpreter(request: StaffRequest, letterdispatch_id: int) -> HttpResponse:
    """Ask a named interpreter to sign the letter."""
    dispatch = _letter(request, letterdispatch_id, "case.work")
    form = InterpreterForm(request.POST)
    if not form.is_valid():
        return _page(request, dispatch, interpreter_form=form, status=422)
    ask_interpreter(dispatch, by=request.person.actor, at=timezone.now(), **form.cleaned_data)
    return redirect(_at(dispatch) + "#signed")


@requires("case.work")
@require_POST
def recording(request: StaffRequest, letterdispatch_id: int, kind: str) -> HttpResponse:
    """Take in a recording of somebody who reads or signs the letter."""
    if kind not in FormatFile.Kind.values:
        raise Http404
    dispatch = _letter(request, letterdispatch_id, "case.work")
    form = RecordingForm(request.POST, request.FILES, prefix=kind)
    if form.is_valid():
        asked = SignedRequest.objects.filter(dispatch=dispatch).order_by("-pk").first()
        language = asked.sign_language if asked is not None and kind == "signed" else ""
        try:
            keep_recording(
                dispatch, kind=kind, content=form.cleaned_data["file"].read(),
                recorded_by=form.cleaned_data["recorded_by"], language=language,
                by=request.person.actor, at=timezone.now(),
            )  # fmt: skip
        except FileRefusedError as error:
            form.add_error("file", _REFUSED[error.why])
        else:
            return redirect(_at(dispatch) + f"#{kind}")
    return _page(request, dispatch, **{f"{kind}_form": form}, status=422)


@requires("case.read")
@require_GET
def file(request: StaffRequest, letterdispatch_id: int, kind: str) -> HttpResponseBase:
    """The letter as a file."""
    dispatch = _letter(request, letterdispatch_id)
    if kind == "script":
        answer = HttpResponse(script_of(dispatch), content_type="text/plain; charset=utf-8")
        answer["Cache-Control"] = "private, no-store"
        return answer
    return give(request, dispatch, kind)


def _letter(
    request: StaffRequest, letterdispatch_id: int, permission: str = "case.read"
) -> LetterDispatch:
    found = queries.letters_seen_by(request.person).filter(pk=letterdispatch_id).first()
    if found is None:
        raise Http404
    person, case = request.person, found.case
    if not person.may(permission, place_id=case.place_id, case_id=case.pk):
        refuse(request, permission, ("resolve.case", str(case.pk)))
    record_read(person.actor, case, at=timezone.now(), letter=found.pk)
    return found


def _page(
    request: StaffRequest, dispatch: LetterDispatch, *, status: int = 200, **bound: Any
) -> HttpResponse:
    easy_read, case, now = easy_of(dispatch), dispatch.case, timezone.now()
    policy = format_policy()
    due = (now + timedelta(days=policy.due_days["signed"])).date()
    files = FormatFile.objects.filter(dispatch=dispatch)
    context = {
        "dispatch": dispatch,
        "case": case,
        "title": presenters.title_of(dispatch),
        "language": spoken(dispatch.language),
        "easy": easy_read,
        "grade_limit": policy.grade_limit,
        "most_words": policy.most_words[spoken(dispatch.language)],
        "parts": [{"part": part, "symbol": symbol_of(part.code)} for part in easy_read.parts],
        "easy_form": EasyForm(lines=_lines(easy_read)),
        "has_audio": has_format(dispatch, "audio"),
        "speaks": can_speak(spoken(dispatch.language)),
        "audio": newest_file(dispatch, "audio"),
        "signed": newest_file(dispatch, "signed"),
        "files": files.order_by("-at"),
        "requests": [
            {"row": row, "language": presenters.sign_language(row.sign_language)}
            for row in SignedRequest.objects.filter(dispatch=dispatch).order_by("-at")
        ],
        "interpreter_form": InterpreterForm(initial={"due_on": due}),
        "audio_form": RecordingForm(prefix="audio"),
        "signed_form": RecordingForm(prefix="signed"),
        "wanted": [
            {"row": row, "kind": presenters.KINDS[row.kind]}
            for row in WantedFormat.objects.filter(dispatch=dispatch)
        ],
        "may_work": request.person.may("case.work", place_id=case.place_id, case_id=case.pk),
        "policy": policy,
        "now": now,
        "trail": [
            {"label": _("Letters in other formats"), "url": reverse("letter_formats:letters")},
            {"label": case.reference, "url": reverse("complaints:case", args=[case.pk])},
        ],
    } | bound  # fmt: skip
    return render(request, "formats/letter.html", context, status=status)


def _lines(found: Easy) -> list[Any]:
    """The lines to be written more easily: the hard ones; when the grade alone is too high, every
    line that somebody wrote freely."""
    lines = [line for part in found.parts for line in part.lines]
    hard = [line for line in lines if line.is_hard]
    if hard or found.is_ready:
        return hard
    free = ("heard", "steps_taken", "results", "conclusions", "next", "why_longer",
            "how_considered", "remedial_action", "action_confirmed")  # fmt: skip
    return [line for part in found.parts if part.code in free for line in part.lines]


def _at(dispatch: LetterDispatch) -> str:
    return reverse("letter_formats:letter", args=[dispatch.pk])
