"""Trying a draft out: the pages a patient would see, and answers that are never counted."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wellheard.listen.builder import actions
from wellheard.listen.builder.models import SurveyDraft, SurveyTrial
from wellheard.listen.invitations import presenters, rules
from wellheard.listen.surveys.logic import InstrumentError
from wellheard.listen.surveys.order import ordered
from wellheard.listen.surveys.rules import (
    AnswerError,
    Instrument,
    next_item,
    previous_item,
    read_draft,
)
from wellheard.people.access.doors import StaffRequest, requires

_END = "end"


@require_POST
@requires("survey.change")
def begin(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Begin to answer a draft as a test."""
    draft = SurveyDraft.objects.filter(
        organisation_id=request.person.organisation_id, pk=draft_id, closed_at=None
    ).first()
    language = request.POST.get("language", "")
    if draft is None or language not in draft.definition["title"]:
        raise Http404
    trial = actions.begin_trial(
        draft, language=language, by=request.person.actor, at=timezone.now()
    )
    first = next_item(_asked(trial), {}, None)
    return redirect("builder:trial", trial.pk, first.code if first else _END)


@require_http_methods(["GET", "POST"])
@requires("survey.change")
def question(request: StaffRequest, trial_id: int, item: str) -> HttpResponse:
    """One question of a trial; at the end, what was answered."""
    trial = SurveyTrial.objects.filter(
        organisation_id=request.person.organisation_id, pk=trial_id
    ).first()
    if trial is None:
        raise Http404
    asked, progress = _asked(trial), rules.Progress.read(trial.progress)
    if item == _END:
        return _end_page(request, trial, asked, progress)
    found = next((each for each in asked.asked(progress.answers) if each.code == item), None)
    if found is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            given = "" if found.kind in ("file", "voice") else rules.given(found, request.POST)
            progress = rules.answered(progress, found, given)
        except AnswerError as error:
            problem = presenters.problem_words(found, error.why)
        else:
            following = next_item(asked, progress.answers, found.code)
            over = None if following else timezone.now()
            actions.keep_trial(trial, progress, finished_at=over)
            return redirect("builder:trial", trial.pk, following.code if following else _END)
    values = (
        presenters.typed(found, request.POST) if problem else presenters.chosen(found, progress)
    )
    before = previous_item(asked, progress.answers, found.code)
    with translation.override(trial.language):
        context: dict[str, Any] = {
            **presenters.question(asked, found, trial.language, lambda n: values.get(n, "")),
            "trial": trial,
            "wrong": problem,
            "problems": [{"words": problem, "target": presenters.target(found)}] if problem else [],
            "back_url": f"../{before.code}/" if before else f"../../../{trial.draft_id}/",
            "organisation": presenters.Owner(_("Test")),
        }
        status = 422 if problem else 200
        return render(request, "builder/trial.html", context, status=status)


def _end_page(
    request: StaffRequest, trial: SurveyTrial, asked: Instrument, progress: rules.Progress
) -> HttpResponse:
    rows = [
        {
            "name": presenters.words(each.text, trial.language),
            "value": presenters.answer_words(each, progress, trial.language),
        }
        for each in asked.asked(progress.answers)
    ]
    skipped = [i.code for i in asked.items if i not in list(asked.asked(progress.answers))]
    context = {"trial": trial, "rows": rows, "skipped": ", ".join(skipped)}
    return render(request, "builder/trial_end.html", context)


def _asked(trial: SurveyTrial) -> Instrument:
    try:
        return ordered(read_draft(trial.draft.definition), trial.seed)
    except InstrumentError as error:
        raise Http404 from error
