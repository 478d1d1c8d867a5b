"""Pages of studies: recruiting, transcripts, coding, what was found."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.audit.trail import record_read
from wellheard.base.pages.tables import csv_file
from wellheard.listen.interviews import queries
from wellheard.listen.interviews.actions import (
    add_participant,
    begin_study,
    code_passage,
    keep_transcript,
    new_codes,
    withdraw,
)
from wellheard.listen.interviews.forms import (
    CodesForm,
    ParticipantForm,
    StudyForm,
    TranscriptForm,
    trouble_words,
)
from wellheard.listen.interviews.models import Coding, Conversation, Participant, Study
from wellheard.listen.interviews.rules import TranscriptError
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Organisation


@requires("study.run")
@require_http_methods(["GET", "POST"])
def studies(request: StaffRequest) -> HttpResponse:
    """Every study, and beginning one."""
    form = StudyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        organisation = Organisation.objects.get(pk=request.person.organisation_id)
        study = begin_study(
            organisation, by=request.person.actor, at=timezone.now(), **form.cleaned_data
        )
        return redirect("interviews:study", study.pk)
    lines = [
        {"study": each, "heard": sum(n for _, n in queries.progress(each)),
         "wanted": sum(quota.wanted for quota, _ in queries.progress(each))}
        for each in Study.objects.filter(organisation_id=request.person.organisation_id)
    ]  # fmt: skip
    page = {"form": form, "lines": lines}
    return render(request, "interviews/studies.html", page, status=422 if form.errors else 200)


@requires("study.run")
@require_GET
def study(request: StaffRequest, study_id: int) -> HttpResponse:
    """One study: recruiting, conversations, codes."""
    return _study_page(request, _study(request, study_id))


@requires("study.run")
@require_POST
def participant(request: StaffRequest, study_id: int) -> HttpResponse:
    """Take somebody in."""
    found = _study(request, study_id)
    form = ParticipantForm(request.POST, quotas=found.quotas.all())
    if not form.is_valid():
        return _study_page(request, found, person_form=form)
    add_participant(by=request.person.actor, at=timezone.now(), **form.cleaned_data)
    return redirect("interviews:study", found.pk)


@requires("study.run")
@require_POST
def withdrawal(request: StaffRequest, participant_id: int) -> HttpResponse:
    """Somebody no longer wants to take part."""
    person = Participant.objects.filter(
        pk=participant_id, study__organisation_id=request.person.organisation_id
    ).first()
    if person is None:
        raise Http404
    withdraw(person, by=request.person.actor, at=timezone.now())
    return redirect("interviews:study", person.study_id)


@requires("study.run")
@require_POST
def transcript(request: StaffRequest, study_id: int) -> HttpResponse:
    """Keep what was said."""
    found = _study(request, study_id)
    form = TranscriptForm(request.POST, request.FILES, today=timezone.localdate())
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("title", "held_on", "text")}
        try:
            talk = keep_transcript(found, by=request.person.actor, at=timezone.now(), **said)
        except TranscriptError as error:
            form.add_error("text", trouble_words(error))
        else:
            return redirect("interviews:talk", talk.pk)
    return _study_page(request, found, talk_form=form)


@requires("study.run")
@require_POST
def codes(request: StaffRequest, study_id: int) -> HttpResponse:
    """The next version of the codes."""
    found = _study(request, study_id)
    form = CodesForm(request.POST)
    if not form.is_valid():
        return _study_page(request, found, codes_form=form)
    new_codes(found, form.cleaned_data["codes"], by=request.person.actor, at=timezone.now())
    return redirect("interviews:study", found.pk)


@requires("study.run")
@require_http_methods(["GET", "POST"])
def talk(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """One conversation, and coding it by oneself: other coders' codes are not shown."""
    found = Conversation.objects.filter(
        pk=conversation_id, study__organisation_id=request.person.organisation_id
    ).select_related("study").first()  # fmt: skip
    if found is None:
        raise Http404
    book = found.study.books.first()
    passages = list(found.passages.select_related("participant", "conversation"))
    now, coder_id = timezone.now(), request.person.user_id
    if request.method == "POST" and book is not None:
        for each in passages:
            if each.participant_id and request.POST.get(f"read_{each.number}"):
                chosen = set(request.POST.getlist(f"codes_{each.number}")) & set(book.codes)
                code_passage(each, book, chosen, coder_id=coder_id, by=request.person.actor, at=now)
        return redirect("interviews:talk", found.pk)
    record_read(request.person.actor, found, at=now)
    mine = Coding.objects.filter(passage__conversation=found, book=book, coder_id=coder_id)
    given = dict(mine.values_list("passage_id", "codes"))
    lines = [
        {"passage": each, "is_read": each.pk in given, "codes": given.get(each.pk, [])}
        for each in passages
    ]
    page = {"talk": found, "book": book, "lines": lines, "trail": _trail(found.study)}
    return render(request, "interviews/talk.html", page)


@requires("study.run")
@require_GET
def report(request: StaffRequest, study_id: int) -> HttpResponse:
    """What was found: each code with its passages, quotes where they may be, agreement."""
    found = _study(request, study_id)
    book = found.books.first()
    words = request.GET.get("q", "")[:100]
    page = {
        "study": found,
        "book": book,
        "findings": queries.findings(book) if book else [],
        "agreements": queries.agreements(book) if book else [],
        "words": words,
        "hits": queries.search(found, words),
        "trail": _trail(found),
    }
    record_read(request.person.actor, found, at=timezone.now())
    return render(request, "interviews/report.html", page)


@requires("study.run")
@require_GET
def export(request: StaffRequest, study_id: int) -> HttpResponse:
    """The quotes of each code as a table: only of those who agreed to be quoted."""
    found = _study(request, study_id)
    book = found.books.first()
    columns = ["code", "name", "conversation", "passage", "participant", "quote"]
    rows = [
        [each.code, each.name, quote.conversation.title, quote.number,
         quote.participant.code if quote.participant else "", quote.text]
        for each in (queries.findings(book) if book else [])
        for quote in each.quotes
    ]  # fmt: skip
    record_read(request.person.actor, found, at=timezone.now(), form="csv")
    return csv_file(f"study-{found.pk}.csv", columns, rows)


def _study(request: StaffRequest, study_id: int) -> Study:
    mine = Study.objects.filter(organisation_id=request.person.organisation_id)
    found = mine.filter(pk=study_id).first()
    if found is None:
        raise Http404
    return found


def _study_page(request: StaffRequest, found: Study, **forms: Any) -> HttpResponse:
    book = found.books.first()
    lines = [f"{code} = {name}: {meaning}" for code, (name, meaning) in book.codes.items()] if (
        book) else []  # fmt: skip
    page = {
        "study": found,
        "progress": queries.progress(found),
        "people": found.participants.select_related("quota"),
        "talks": found.conversations.all(),
        "book": book,
        "person_form": ParticipantForm(None, quotas=found.quotas.all()),
        "talk_form": TranscriptForm(today=timezone.localdate()),
        "codes_form": CodesForm(initial={"codes": "\n".join(lines)}),
        "trail": _trail(),
    } | forms
    record_read(request.person.actor, found, at=timezone.now())
    return render(request, "interviews/study.html", page, status=422 if forms else 200)


def _trail(study: Study | None = None) -> list[dict[str, str]]:
    trail = [{"label": _("Interviews"), "url": reverse("interviews:studies")}]
    if study is not None:
        trail.append({"label": study.title, "url": reverse("interviews:study", args=[study.pk])})
    return trail
