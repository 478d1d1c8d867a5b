"""The page on which a person follows their case: read, add, withdraw, reopen, rate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import record_read
from wellheard.listen.intake.rules.files import FileRefusedError
from wellheard.listen.intake.rules.references import tidy_reference
from wellheard.people.access.doors import public
from wellheard.resolve.complaints.actions.adding import add_to_case
from wellheard.resolve.complaints.actions.changing import CaseClosedError, NotAllowedError
from wellheard.resolve.complaints.actions.closing import (
    NotReadyToCloseError,
    rate_handling,
    reopen_case,
    withdraw_case,
)
from wellheard.resolve.complaints.actions.files import add_file
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.queries.follow_up import case_by_secret
from wellheard.resolve.complaints.rules.files import check_file
from wellheard.resolve.follow.forms import (
    AdditionForm,
    EnterForm,
    NotResolvedForm,
    RatingForm,
    WithdrawForm,
)
from wellheard.resolve.follow.presenters import follow_view
from wellheard.resolve.follow.queries import may_try, note_try
from wellheard.resolve.follow.rules.codes import is_code_of
from wellheard.resolve.follow.views.complaint import file_problem, read_upload
from wellheard.resolve.follow.views.doors import too_often, whence

_HOLDER = "whoever holds the secret address is the person it was given to"
_FORMS: dict[str, type[forms.Form]] = {
    "addition": AdditionForm,
    "withdrawal": WithdrawForm,
    "reopening": NotResolvedForm,
    "rating": RatingForm,
}

_REFUSALS: dict[str, Any] = {
    "addition": gettext_lazy("This has been finished meanwhile."),
    "withdrawal": gettext_lazy("This has been finished meanwhile."),
    "reopening": gettext_lazy("The time for this is over. Please call us: we listen."),
    "rating": gettext_lazy("You have already told us. Thank you."),
}


@public("asks for a reference and its code; tries are limited")
def enter(request: HttpRequest) -> HttpResponse:
    """Open a case by its reference and code."""
    now = timezone.now()
    form = EnterForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "follow/enter.html", {"form": form}, status=status)
    reference = tidy_reference(form.cleaned_data["reference"])
    if (wait := too_often(request, "code", now)) is not None:
        return wait
    case = _by_code(reference, form.cleaned_data["code"], now)
    note_try("code", whence(request), now, ok=case is not None)
    if case is not None:
        return redirect("follow:case", secret=case.secret)
    # One answer for both mistakes: it must not tell which references exist.
    form.add_error(None, _("This reference and code do not belong together. Check both."))
    return render(request, "follow/enter.html", {"form": form}, status=422)


def _by_code(reference: str, code: str, now: datetime) -> Case | None:
    if not may_try("reference", reference, now):
        return None
    for case in Case.objects.filter(reference=reference):
        if is_code_of(code, case.secret):
            return case
    note_try("reference", reference, now, ok=False)
    return None


@public(_HOLDER)
def case(request: HttpRequest, secret: str) -> HttpResponse:
    """Where it stands, what is next, the letters, who looked."""
    now = timezone.now()
    if (wait := too_often(request, "follow", now)) is not None:
        return wait
    found = case_by_secret(secret)
    if found is None:
        note_try("follow", whence(request), now, ok=False)
        return render(request, "follow/unknown.html", status=404)
    record_read(_by(found), found, at=now)
    return _page(request, found, {}, now)


def _by(found: Case) -> Actor:
    return Actor.patient(found.organisation_id, f"case:{found.pk}")


def _page(
    request: HttpRequest,
    found: Case,
    bound: dict[str, forms.Form],
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    language = (get_language() or "en")[:2]
    blank: dict[str, Any] = {
        f"{name}_form": bound.get(name) or kind(prefix=name) for name, kind in _FORMS.items()
    }
    context = {
        "v": follow_view(found, language, now),
        "case": found,
        "organisation": found.organisation,
        "done": request.GET.get("done", ""),
        "form": next(iter(bound.values()), None),
    }
    return render(request, "follow/case.html", context | blank, status=status)


def _post(
    request: HttpRequest, secret: str, name: str, act: Callable[[Case, dict[str, Any]], None]
) -> HttpResponse:
    """Check one of the forms of the page, do what it says, and come back."""
    now, found = timezone.now(), case_by_secret(secret)
    if found is None:
        return render(request, "follow/unknown.html", status=404)
    form = _FORMS[name](request.POST, request.FILES, prefix=name)
    if form.is_valid():
        try:
            act(found, form.cleaned_data)
        except FileRefusedError as error:
            form.add_error("file", file_problem(error.why))
        except NotAllowedError:
            form.add_error(None, _REFUSALS[name])
        except (CaseClosedError, NotReadyToCloseError):
            form.add_error(None, _("This has been finished meanwhile."))
    if form.errors:
        return _page(request, found, {name: form}, now, 422)
    response = redirect("follow:case", secret=secret)
    response["Location"] += f"?done={name}"
    return response


@public(_HOLDER)
@require_POST
def addition(request: HttpRequest, secret: str) -> HttpResponse:
    """Add words or a file."""
    now = timezone.now()

    def act(found: Case, data: dict[str, Any]) -> None:
        upload, by = data.get("file"), _by(found)
        content = read_upload(upload) if upload else b""
        name = upload.name or "file" if upload else ""
        checked = check_file(content) if upload else None
        if data["text"].strip():
            add_to_case(case_id=found.pk, text=data["text"], source="complaint_form", by=by, at=now)
        if checked is not None:
            add_file(case_id=found.pk, name=name, checked=checked, by=by, at=now)

    return _post(request, secret, "addition", act)


@public(_HOLDER)
@require_POST
def withdrawal(request: HttpRequest, secret: str) -> HttpResponse:
    """Withdraw it."""
    now = timezone.now()

    def act(found: Case, data: dict[str, Any]) -> None:
        withdraw_case(case_id=found.pk, why=data["why"], by=_by(found), at=now)

    return _post(request, secret, "withdrawal", act)


@public(_HOLDER)
@require_POST
def reopening(request: HttpRequest, secret: str) -> HttpResponse:
    """Say that it is not resolved."""
    now = timezone.now()

    def act(found: Case, data: dict[str, Any]) -> None:
        by = _by(found)
        reopen_case(case_id=found.pk, why=data["why"], kind="person", by=by, at=now)
        # Read for danger like any other words.
        add_to_case(case_id=found.pk, text=data["why"], source="complaint_form", by=by, at=now)

    return _post(request, secret, "reopening", act)


@public(_HOLDER)
@require_POST
def rating(request: HttpRequest, secret: str) -> HttpResponse:
    """Say how the handling felt."""
    now = timezone.now()

    def act(found: Case, data: dict[str, Any]) -> None:
        rate_handling(
            case_id=found.pk,
            respect=data["respect"],
            process=data["process"],
            outcome=data["outcome"],
            words=data["words"],
            by=_by(found),
            at=now,
        )

    return _post(request, secret, "rating", act)
