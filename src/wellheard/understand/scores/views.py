"""The metric catalogue and the history of each measure."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.scores import presenters
from wellheard.understand.scores.actions import (
    DecidedAlreadyError,
    OwnProposalError,
    decide_measure,
    propose_measure,
)
from wellheard.understand.scores.forms import ProposalForm
from wellheard.understand.scores.models import MeasureProposal
from wellheard.understand.scores.queries import history, measures
from wellheard.understand.scores.rules import Measure, MeasureDefinitionError


@requires("measure.read")
@require_GET
def catalogue(request: StaffRequest) -> HttpResponse:
    """Every measure: what it is, who answers for it, in which version."""
    found = measures(request.person.organisation_id, on=_today()).values()
    waiting = MeasureProposal.objects.filter(
        organisation_id=request.person.organisation_id, decision__isnull=True
    )
    return render(
        request,
        "scores/catalogue.html",
        {
            "lines": [
                {"measure": each, "direction": presenters.direction_words(each)} for each in found
            ],
            "waiting": waiting if request.person.may("measure.define") else [],
            "may_compare": request.person.may("review.read"),
        },
    )


@requires("measure.read")
@require_GET
def measure(request: StaffRequest, code: str) -> HttpResponse:
    """One measure with its whole history."""
    found = _measure_or_404(request, code)
    return render(request, "scores/measure.html", _page(request, found))


@requires("measure.define")
@require_http_methods(["GET", "POST"])
def propose(request: StaffRequest, code: str) -> HttpResponse:
    """Propose a change; it counts once a second person has approved it."""
    found = _measure_or_404(request, code)
    form = ProposalForm(request.POST) if request.method == "POST" else ProposalForm.of(found)
    if request.method == "POST" and form.is_valid():
        try:
            propose_measure(
                form.definition_of(found),
                reason=form.cleaned_data["reason"],
                effective_from=form.cleaned_data["effective_from"],
                by=request.person.actor,
                at=timezone.now(),
            )
        except MeasureDefinitionError as error:
            form.add_error("best", str(error))
        else:
            return redirect("scores:measure", code)
    page = {"form": form, "measure": found, "trail": _trail(found)}
    status = 422 if form.errors else 200
    return render(request, "scores/propose.html", page, status=status)


@requires("measure.define")
@require_POST
def decide(request: StaffRequest, measureproposal_id: int) -> HttpResponse:
    """Approve or decline somebody else's proposal."""
    proposal = MeasureProposal.objects.filter(
        pk=measureproposal_id, organisation_id=request.person.organisation_id
    ).first()
    if proposal is None:
        raise Http404
    try:
        decide_measure(
            measureproposal_id,
            approved=request.POST.get("approved") == "yes",
            note=request.POST.get("note", "")[:500],
            by=request.person.actor,
            at=timezone.now(),
        )
    except (OwnProposalError, DecidedAlreadyError) as error:
        page = _page(request, _measure_or_404(request, proposal.code))
        page["problem"] = _PROBLEMS[type(error)]
        return render(request, "scores/measure.html", page, status=409)
    return redirect("scores:measure", proposal.code)


_PROBLEMS = {
    OwnProposalError: _("You proposed this change, so somebody else decides about it."),
    DecidedAlreadyError: _("Somebody has already decided about this change."),
}


def _page(request: StaffRequest, found: Measure) -> dict[str, Any]:
    person = request.person
    rows = history(person.organisation_id, found.code)
    return {
        "measure": found,
        "facts": presenters.facts_of(found),
        "proposals": [
            presenters.proposal_line(row, person.user_id, today=_today()) for row in rows
        ],
        "may_define": person.may("measure.define"),
        "may_compare": person.may("review.read"),
        "trail": [{"label": str(_("Measures")), "url": reverse("scores:catalogue")}],
    }


def _measure_or_404(request: StaffRequest, code: str) -> Measure:
    found = measures(request.person.organisation_id, on=_today()).get(code)
    if found is None:
        raise Http404
    return found


def _trail(measure: Measure) -> list[dict[str, str]]:
    return [
        {"label": str(_("Measures")), "url": reverse("scores:catalogue")},
        {"label": measure.title, "url": reverse("scores:measure", args=[measure.code])},
    ]


def _today() -> date:
    return timezone.localdate()
