"""Taking a step: check it, do it, say why not, or show what somebody else changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wellheard.base.audit.trail import acting
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.resolve.complaints.actions.changing import (
    CaseClosedError,
    NotAllowedError,
    StaleCaseError,
)
from wellheard.resolve.complaints.actions.closing import NotReadyToCloseError, close_case
from wellheard.resolve.complaints.actions.letters import (
    LetterNotReadyError,
    release_letter,
    translate_letter,
    write_letter,
)
from wellheard.resolve.complaints.actions.sweeping import ask_approval
from wellheard.resolve.complaints.forms.fields import StepForm
from wellheard.resolve.complaints.models import Case, Draft, Letter
from wellheard.resolve.complaints.presenters.inbox import inbox_url
from wellheard.resolve.complaints.presenters.timeline import timeline
from wellheard.resolve.complaints.rules.words import EmptyWordsError, TooManyWordsError
from wellheard.resolve.complaints.views.desk import (
    PREFIX,
    Spot,
    case_context,
    find_case,
    letter_form,
    letter_step,
    must_have,
    needed_to_send,
    not_here,
    open_or_last,
    spot_of,
    translation_form,
)
from wellheard.resolve.complaints.views.doors import in_house_time
from wellheard.resolve.complaints.views.inbox import inbox_context, next_after
from wellheard.resolve.complaints.views.runs import Taken
from wellheard.resolve.complaints.views.steps import STEPS, may_take

_LEAVES = frozenset({"close", "snooze", "link"})
_REFUSALS = (
    NotAllowedError,
    CaseClosedError,
    EmptyWordsError,
    TooManyWordsError,
    NotReadyToCloseError,
    LetterNotReadyError,
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One step somebody tries to take: on which case, from where, with which form."""

    request: StaffRequest
    case: Case
    form: StepForm
    name: str
    now: datetime

    @property
    def spot(self) -> Spot:
        return spot_of(self.request.POST.get("back", ""))

    def run(self, act: Callable[[], object]) -> HttpResponse | None:
        """Do it as one unit; the page that says why not, or None when it is done."""
        try:
            with acting(self.request.person.actor, at=self.now):
                act()
        except StaleCaseError:
            return self.merge()
        except _REFUSALS as error:
            for words in _says(error):
                self.form.add_error(None, words)
            return self.again()
        Draft.objects.filter(
            case=self.case, user_id=self.request.person.user_id, form=self.name
        ).delete()
        return None

    def again(self) -> HttpResponse:
        """The page the person was on, with the form and what is wrong with it."""
        return self._page(find_case(self.request, self.case.pk), self.form, 422, {})

    def merge(self) -> HttpResponse:
        """Somebody was faster: what changed, and what was typed, ready for the new state."""
        fresh = find_case(self.request, self.case.pk)
        self.form.data = self.request.POST.copy()
        self.form.data[f"{PREFIX}-seen"] = str(fresh.version)
        since = _opened_at(self.request)
        changed = [entry for entry in timeline(fresh) if entry.at.timestamp() >= since]
        return self._page(fresh, self.form, 409, {"changed_meanwhile": changed, "stale": True})

    def _page(self, case: Case, form: StepForm, status: int, more: dict[str, Any]) -> HttpResponse:
        context = case_context(self.request, case, self.spot, self.now, form, self.name) | more
        context["form"] = form
        # htmx leaves answers of 400 and more unread, so what it asks for comes as 200.
        status = 200 if self.request.headers.get("HX-Request") else status
        template = "complaints/case.html"
        if self.spot.wanted is not None:
            template = "complaints/inbox.html"
            context = inbox_context(self.request, self.spot.wanted, self.now, context)
        response = render(self.request, template, context, status=status)
        # The address of a step answers to POST only; a reload must not meet it.
        response["HX-Push-Url"] = self.spot.url(case, do=self.name)
        return response

    def following(self) -> str:
        """The case to go on with when this one leaves the list."""
        if self.spot.wanted is None:
            return ""
        return next_after(self.request, self.spot.wanted, self.case, self.now)


def _says(error: Exception) -> list[str]:
    if isinstance(error, NotReadyToCloseError):
        return [item.says for item in error.missing]
    if isinstance(error, LetterNotReadyError):
        return [flag.says for flag in error.flags]
    if isinstance(error, NotAllowedError):
        return [error.says]
    if isinstance(error, CaseClosedError):
        return [_("The case is closed. Reopen it first.")]
    if isinstance(error, TooManyWordsError):
        return [_("At most %(longest)s letters.") % {"longest": error.longest}]
    return [_("Something has to be written here.")]


def _opened_at(request: StaffRequest) -> float:
    try:
        return float(request.POST.get("opened", ""))
    except ValueError:
        return 0.0


@requires("case.read")
@in_house_time
@require_POST
def step(request: StaffRequest, case_id: int, name: str) -> HttpResponse:
    """Take one step and go back to where the person was, or on to the next case."""
    now, found, spec = timezone.now(), find_case(request, case_id), STEPS.get(name)
    if spec is None:
        raise Http404
    if not may_take(request.person, found, spec):
        not_here(request, spec.permission, found)
    form = spec.form(request.POST, case=found, now=now, prefix=PREFIX)
    attempt = Attempt(request, found, form, name, now)
    if not form.is_valid():
        return attempt.again()
    following = attempt.following()
    taken = Taken(form.cleaned_data, found, request.person.actor, now)
    return attempt.run(lambda: spec.run(taken)) or _onward(attempt, following, str(spec.done))


def _onward(attempt: Attempt, following: str, done: str) -> HttpResponse:
    """To the next case when this one leaves the list, else back to where the person was."""
    wanted, case = attempt.spot.wanted, attempt.case
    closed = attempt.name == "close"
    if wanted is not None and attempt.name in _LEAVES:
        more = {"closed": str(case.pk)} if closed else {}
        return redirect(inbox_url(wanted, case=following, **more))
    if wanted is None:
        messages.success(attempt.request, done)
    return redirect(attempt.spot.url(case, **({"closed": "yes"} if closed else {})))


@requires("case.work")
@in_house_time
@require_POST
def letter(request: StaffRequest, case_id: int, kind: str) -> HttpResponse:
    """Keep a letter, ask for approval, release it, or release it and close the case."""
    now, found = timezone.now(), find_case(request, case_id)
    if kind not in Letter.Kind.values:
        raise Http404
    must_have(request, "case.work", found)
    what = request.POST.get("what", "keep")
    if what in {"send", "close"}:
        must_have(request, needed_to_send(found, kind), found)
    form = letter_form(found, request.person, kind, now, request.POST)
    attempt = Attempt(request, found, form, letter_step(kind), now)
    if not form.is_valid():
        return attempt.again()
    following = attempt.following()
    problem = attempt.run(lambda: _write(attempt, kind, what))
    if problem is not None:
        return problem
    if what == "close":
        return _onward(Attempt(request, found, form, "close", now), following, _("Closed."))
    if what == "keep":
        return redirect(attempt.spot.url(found, do=attempt.name))
    messages.success(request, _("The letter is on its way.") if what == "send" else _("Asked."))
    return redirect(attempt.spot.url(found))


def _write(attempt: Attempt, kind: str, what: str) -> None:
    by, at, data = attempt.request.person.actor, attempt.now, attempt.form.cleaned_data
    parts = {code: str(words) for code, words in data.items() if words and code != "seen"}
    written = write_letter(
        case_id=attempt.case.pk,
        kind=kind,
        parts=parts,
        language=attempt.request.POST.get("language", "en"),
        stated_days=data.get("stated_days"),
        seen=data.get("seen"),
        by=by,
        at=at,
    )
    if what == "ask":
        ask_approval(case_id=attempt.case.pk, by=by, at=at)
    if what in {"send", "close"}:
        way = attempt.request.POST.get("way", "")
        release_letter(letter_id=written.pk, way=way, by=by, at=at)
    if what == "close":
        satisfied = attempt.request.POST.get("satisfied", "unknown")
        reason = attempt.request.POST.get("reason", "satisfied")
        why = attempt.request.POST.get("why", "")
        close_case(
            case_id=attempt.case.pk, reason=reason, satisfied=satisfied, why=why, by=by, at=at
        )


@requires("case.work")
@in_house_time
@require_POST
def translation(request: StaffRequest, case_id: int) -> HttpResponse:
    """Keep the translation of the letter that is being written."""
    now, found = timezone.now(), find_case(request, case_id)
    must_have(request, "case.work", found)
    written = open_or_last(found, "decision") or open_or_last(found, "interim")
    form = translation_form(found, now, request.POST)
    if written is None or form is None:
        raise Http404
    attempt = Attempt(request, found, form, "translation", now)
    if not form.is_valid():
        return attempt.again()
    data = dict(form.cleaned_data)
    translated_by, reviewed_by = data.pop("translated_by"), data.pop("reviewed_by")
    data.pop("seen")
    problem = attempt.run(
        lambda: translate_letter(
            letter_id=written.pk,
            language=found.language,
            parts=data,
            translated_by=translated_by,
            reviewed_by=reviewed_by,
            by=request.person.actor,
            at=now,
        )
    )
    name = letter_step(written.kind)
    return problem or redirect(attempt.spot.url(found, do=name))
