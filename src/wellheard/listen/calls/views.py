"""The call list and the interviewer's screen: one question a page, read word for word."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.audit.trail import record_read
from wellheard.listen.calls import actions
from wellheard.listen.calls.forms import ConcernForm, EndForm, QuestionForm, TaskForm
from wellheard.listen.calls.models import CallAttempt, CallTask
from wellheard.listen.calls.rules import calling, may_call, opening
from wellheard.listen.intake.rules.words import TooLongError
from wellheard.listen.invitations.rules import Progress, answered, resume_at
from wellheard.listen.sampling.queries import work_list
from wellheard.listen.surveys.rules import AnswerError
from wellheard.listen.surveys.wording import filled
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.consent.actions import give_consent
from wellheard.people.patients.models import Patient
from wellheard.people.patients.queries import name_to_greet
from wellheard.people.places.models import Place

OUTCOMES = {
    "complete": gettext_lazy("Complete"),
    "partial": gettext_lazy("Broke off: keep what was answered"),
    "call_back": gettext_lazy("Wants to be called at another time"),
    "no_answer": gettext_lazy("Nobody answered"),
    "busy": gettext_lazy("Busy"),
    "answering_machine": gettext_lazy("Answering machine"),
    "language": gettext_lazy("Needs another language"),
    "refused": gettext_lazy("Does not want to take part"),
    "incapable": gettext_lazy("Cannot take part for health reasons"),
    "wrong_number": gettext_lazy("Wrong number"),
    "died": gettext_lazy("The person has died"),
}
WHY = {
    "consent": gettext_lazy("They have not agreed to be called. Ask first, then tick the box."),
    "number": gettext_lazy("No number of theirs may be called."),
    "hours": gettext_lazy("It is too early or too late where they are."),
    "not_due": gettext_lazy("It is not time to call again yet."),
    "ended": gettext_lazy("Nobody has to call them any more."),
    "taken": gettext_lazy("A colleague is calling them now."),
}


@require_GET
@requires("call.make")
def calls(request: StaffRequest) -> HttpResponse:
    """Whom to call, who is called later, and how the calls ended."""
    now = timezone.now()
    mine = CallTask.objects.visible_to(request.person).select_related("patient", "place")
    waiting = list(mine.filter(ended_at=None, closes_at__gt=now)[:200])
    ended = mine.exclude(ended_at=None).order_by("-ended_at")[:50]
    context = {
        "lines": [_line(task, now) for task in waiting],
        "ended": [{"task": t, "words": OUTCOMES.get(t.ended_as, t.ended_as)} for t in ended],
        "due": len(_due(request, now)),
        "refused": WHY.get(request.GET.get("why", ""), ""),
    }
    return render(request, "calls/calls.html", context)


@require_http_methods(["GET", "POST"])
@requires("call.make")
def new(request: StaffRequest) -> HttpResponseBase:
    """Put somebody on the list who agreed to be called."""
    person, now = request.person, timezone.now()
    places = Place.objects.of(person.organisation_id).open().within(person.places("call.make"))
    form = TaskForm(
        request.POST or None,
        places=places.select_related("site", "organisation"),
        organisation_id=person.organisation_id,
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        reference = given["reference"].strip().upper()
        patient = Patient.objects.visible_to(person).filter(reference=reference).first()
        if patient is None:
            form.add_error("reference", _("No patient with this reference is known to you."))
            return render(request, "calls/new.html", _new_context(form), status=422)
        if given["agreed"]:
            give_consent(
                patient=patient,
                channel=actions.CHANNEL,
                purpose=actions.PURPOSE,
                wording="asked by staff: may we call you for a survey?",
                source="staff",
                by=person.actor,
                at=now,
            )
        try:
            actions.add_task(
                patient=patient,
                place=given["place"],
                instrument_code=given["instrument"],
                by=person.actor,
                at=now,
            )
        except actions.CallError as error:
            form.add_error("agreed" if error.why == "consent" else "reference", WHY[error.why])
        else:
            return redirect("calls:calls")
    status = 422 if form.errors else 200
    return render(request, "calls/new.html", _new_context(form), status=status)


@require_POST
@requires("call.make")
def due(request: StaffRequest) -> HttpResponseBase:
    """Take up the drawn people who are due to be called."""
    now = timezone.now()
    actions.take_up_steps(_due(request, now), by=request.person.actor, at=now)
    return redirect("calls:calls")


@require_POST
@requires("call.make")
def begin(request: StaffRequest, call_task_id: int) -> HttpResponseBase:
    """Dial."""
    task = _task(request, call_task_id)
    try:
        actions.begin_call(task, by=request.person.actor, at=timezone.now())
    except actions.CallError as error:
        return redirect(f"{reverse('calls:calls')}?why={error.why}")
    return redirect("calls:interview", task.pk)


@require_http_methods(["GET", "POST"])
@requires("call.make")
def interview(request: StaffRequest, call_task_id: int) -> HttpResponseBase:
    """The script of the call that lasts: its opening, then one question a page."""
    attempt = _attempt(request, call_task_id)
    task = attempt.task
    asked = actions.instrument_of(task)
    progress = Progress.read(task.progress)
    item = resume_at(asked, progress)
    begun = bool(progress.passed) or "go" in request.GET or request.method == "POST"
    context = _interview_context(attempt, begun)
    if not begun:
        record_read(request.person.actor, task, at=timezone.now())
        context["number"] = actions.number_of(task.patient)
        context["opening"] = opening(
            attempt.language, house=task.organisation.name, place=task.place.name
        )
        context["intro"] = asked.intro.get(attempt.language, "")
        return render(request, "calls/opening.html", context)
    if item is None:
        return render(request, "calls/closing.html", context)
    form = QuestionForm(request.POST or None, item=item, language=attempt.language)
    if request.method == "POST" and request.POST.get("item") == item.code:
        try:
            progress = answered(progress, item, form.raw(item, request.POST))
        except AnswerError:
            form.errors.setdefault("__all__", form.error_class([_("This is none of the answers.")]))
        else:
            actions.keep_answers(attempt, progress)
            return redirect(f"{reverse('calls:interview', args=[task.pk])}?go")
    elif request.method == "POST":
        return redirect(f"{reverse('calls:interview', args=[task.pk])}?go")
    context |= {
        "item": item,
        "form": form,
        "question": filled(item.text[attempt.language], lambda name: _gap(task, name)),
        "hint": item.hint.get(attempt.language, ""),
        "low": item.low.get(attempt.language, ""),
        "high": item.high.get(attempt.language, ""),
    }
    return render(request, "calls/question.html", context, status=422 if form.errors else 200)


@require_POST
@requires("call.make")
def switch(request: StaffRequest, call_task_id: int) -> HttpResponseBase:
    """Another language, or an interpreter joins; what was answered stays."""
    attempt = _attempt(request, call_task_id)
    language = request.POST.get("language", "")
    if language in actions.instrument_of(attempt.task).languages:
        actions.switch(attempt, language=language, interpreter="interpreter" in request.POST)
    back = reverse("calls:interview", args=[attempt.task_id])
    return redirect(f"{back}?go" if request.POST.get("begun") else back)


@require_POST
@requires("call.make")
def concern(request: StaffRequest, call_task_id: int) -> HttpResponseBase:
    """Somebody is in distress or tells of harm: it goes to those who act, at once."""
    attempt = _attempt(request, call_task_id)
    form = ConcernForm(request.POST)
    if form.is_valid():
        try:
            told = actions.tell_concern(
                attempt, form.cleaned_data["text"], by=request.person.actor, at=timezone.now()
            )
        except TooLongError:
            form.add_error("text", _("These words are too long."))
        else:
            context = _interview_context(attempt, True) | {"reference": told.reference}
            return render(request, "calls/told.html", context)
    context = _interview_context(attempt, True) | {"form": form}
    return render(request, "calls/told.html", context, status=422)


@require_POST
@requires("call.make")
def end(request: StaffRequest, call_task_id: int) -> HttpResponseBase:
    """How the call ended."""
    attempt = _attempt(request, call_task_id)
    form = EndForm(request.POST)
    if not form.is_valid() or form.cleaned_data["outcome"] not in calling().outcomes:
        raise Http404
    wished = form.cleaned_data["call_back_at"]
    if wished is not None:
        zone = ZoneInfo(actions.zones_of(attempt.task)[0])
        wished = max(wished.replace(tzinfo=zone), timezone.now())
    actions.end_call(
        attempt,
        form.cleaned_data["outcome"],
        call_back_at=wished,
        by=request.person.actor,
        at=timezone.now(),
    )
    return redirect("calls:calls")


def _task(request: StaffRequest, task_id: int) -> CallTask:
    mine = CallTask.objects.visible_to(request.person)
    return get_object_or_404(mine.select_related("patient", "place", "organisation"), pk=task_id)


def _attempt(request: StaffRequest, task_id: int) -> CallAttempt:
    """The call of this person that lasts; without one there is nothing to read."""
    task = _task(request, task_id)
    lasting = task.attempts.filter(ended_at=None, by_id=request.person.user_id)
    attempt = get_object_or_404(lasting.select_related("task__patient", "task__place"))
    attempt.task = task
    return attempt


def _due(request: StaffRequest, now: Any) -> list[Any]:
    steps = work_list(request.person.organisation_id, "phone", now=now).filter(call_task=None)
    places = request.person.places("call.make")
    if places is not None:
        steps = steps.filter(member__place_id__in=places)
    return list(steps[:500])


def _line(task: CallTask, now: Any) -> dict[str, Any]:
    zones = actions.zones_of(task)
    local = now.astimezone(ZoneInfo(zones[0]))
    return {
        "task": task,
        "attempts": task.attempts.count(),
        "most": calling().most_attempts,
        "local": f"{local:%H:%M}",
        "may": task.due_at <= now and may_call(now, zones),
        "later": task.due_at > now,
    }


def _interview_context(attempt: CallAttempt, begun: bool) -> dict[str, Any]:
    task = attempt.task
    return {
        "attempt": attempt,
        "task": task,
        "begun": begun,
        "name": name_to_greet(task.patient),
        "languages": actions.instrument_of(task).languages,
        "outcomes": [(code, words) for code, words in OUTCOMES.items() if code != "complete"],
        "end_form": EndForm(),
        "concern_form": ConcernForm(),
        "trail": [{"label": _("Telephone surveys"), "url": reverse("calls:calls")}],
    }


def _gap(task: CallTask, name: str) -> str:
    return {"place": task.place.name, "name": name_to_greet(task.patient)}.get(name, "")


def _new_context(form: TaskForm) -> dict[str, Any]:
    return {
        "form": form,
        "trail": [{"label": _("Telephone surveys"), "url": reverse("calls:calls")}],
    }
