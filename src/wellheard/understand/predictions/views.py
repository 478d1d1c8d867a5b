"""The models, each with its card; switching, training, naming an owner; whom to help."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.audit.trail import record_read
from wellheard.measures.errors import TooFewPoints
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.predictions import presenters, queries
from wellheard.understand.predictions.actions import (
    NotReadyError,
    name_owner,
    note_refused,
    switch_model,
    train_model,
)
from wellheard.understand.predictions.forms import OwnerForm, SwitchForm
from wellheard.understand.predictions.rules import (
    KINDS,
    SwitchedOffError,
    UseRefusedError,
    use_policy,
)


@requires("prediction.read")
@require_GET
def predictions(request: StaffRequest) -> HttpResponse:
    """Every kind of model: what it is for, on or off, whose it is."""
    lines = [
        {
            "standing": each,
            "title": presenters.title_of(each.kind),
            "state": presenters.state_of(each),
            "purpose": use_policy()["kinds"][each.kind]["purpose"],
            "alarm": each.check is not None and each.check.verdict == "alarm",
        }
        for each in queries.standings(request.person.organisation_id)
    ]
    return render(request, "predictions/predictions.html", {"lines": lines})


@requires("prediction.read")
@require_GET
def model(request: StaffRequest, kind: str) -> HttpResponse:
    """One model: card, calibration, error by group, switch, checks, history."""
    return render(request, "predictions/model.html", _page(request, kind))


def _page(request: StaffRequest, kind: str) -> dict[str, Any]:
    organisation_id = request.person.organisation_id
    found = queries.standing(organisation_id, _known(kind))
    card = found.in_force.card if found.in_force else None
    now = timezone.now()
    own = found.in_force is not None and found.in_force.row is not None
    lacking = "" if own else queries.why_no_model(organisation_id, kind, until=now)
    months = queries.said_and_happened(organisation_id, found.in_force, now=now)
    return {
        "kind": kind,
        "title": presenters.title_of(kind),
        "about": use_policy()["kinds"][kind],
        "refused": list(dict.fromkeys(use_policy()["refused"].values())),
        "standing": found,
        "state": presenters.state_of(found),
        "card": card,
        "curve": presenters.curve_of(card) if card else None,
        "quality": presenters.lines_of(card) if card else [],
        "groups": presenters.group_tables(card) if card else [],
        "checks": presenters.check_lines(queries.checks_of(found.in_force)),
        "switches": queries.happened(organisation_id, kind),
        "versions": queries.versions(organisation_id, kind),
        "lacking": lacking,
        "may_govern": request.person.may("prediction.govern"),
        "may_use": own and found.is_on and request.person.may("prediction.use"),
        "months": presenters.month_lines(months),
        "trail": _trail(),
    }


@requires("prediction.use")
@require_GET
def people(request: StaffRequest, kind: str) -> HttpResponse:
    """Whom to help, for a declared use; another use is refused and noted."""
    person, now = request.person, timezone.now()
    _known(kind)
    uses = use_policy()["kinds"][kind]["uses"]
    use = request.GET.get("use", next(iter(uses)))
    try:
        rows = queries.predictions_for(person, kind, use=use, now=now)
    except UseRefusedError as error:
        note_refused(kind, use, by=person.actor, at=now)
        refused = {"title": presenters.title_of(kind), "refused": str(error), "trail": _trail(kind)}
        return render(request, "predictions/people.html", refused, status=403)
    except SwitchedOffError:
        return redirect("predictions:model", kind)
    record_read(person.actor, ("understand.riskprediction", kind), at=now, count=len(rows), use=use)
    page = {
        "kind": kind,
        "title": presenters.title_of(kind),
        "uses": uses.items(),
        "use": use,
        "lines": presenters.people_lines(rows),
        "trail": _trail(kind),
    }
    return render(request, "predictions/people.html", page)


@requires("prediction.govern")
@require_POST
def train(request: StaffRequest, kind: str) -> HttpResponse:
    """Learn anew from everything known today."""
    _known(kind)
    try:
        made = train_model(kind, by=request.person.actor, at=timezone.now())
    except TooFewPoints as error:
        page = {**_page(request, kind), "lacking": error.reason}
        return render(request, "predictions/model.html", page, status=409)
    words = _("Version %(version)s is trained. Read its card before you rely on it.")
    messages.success(request, words % {"version": made.version})
    return redirect("predictions:model", kind)


@requires("prediction.govern")
@require_http_methods(["GET", "POST"])
def owner(request: StaffRequest, kind: str) -> HttpResponse:
    """Say who answers for the model."""
    _known(kind)
    person = request.person
    form = OwnerForm(request.POST or None, organisation_id=person.organisation_id)
    if request.method == "POST" and form.is_valid():
        name_owner(kind, **form.cleaned_data, by=person.actor, at=timezone.now())
        return redirect("predictions:model", kind)
    page = {"form": form, "kind": kind, "title": presenters.title_of(kind), "trail": _trail(kind)}
    status = 422 if request.method == "POST" else 200
    return render(request, "predictions/owner.html", page, status=status)


@requires("prediction.govern")
@require_http_methods(["GET", "POST"])
def switch(request: StaffRequest, kind: str) -> HttpResponse:
    """Switch on or off in two steps: say why, then read it again and confirm."""
    found = queries.standing(request.person.organisation_id, _known(kind))
    to_on = not found.is_on
    form = SwitchForm(request.POST or None)
    page = {
        "form": form,
        "kind": kind,
        "title": presenters.title_of(kind),
        "to_on": to_on,
        "standing": found,
        "refused": list(dict.fromkeys(use_policy()["refused"].values())),
        "trail": _trail(kind),
    }
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "predictions/switch.html", page, status=status)
    # somebody else may have switched it since the first step
    wanted = request.POST.get("confirmed")
    if wanted != ("on" if to_on else "off"):
        return render(request, "predictions/switch_confirm.html", page)
    try:
        switch_model(
            kind,
            on=to_on,
            reason=form.cleaned_data["reason"],
            by=request.person.actor,
            at=timezone.now(),
        )
    except NotReadyError:
        return render(request, "predictions/switch.html", {**page, "not_ready": True}, status=409)
    return redirect("predictions:model", kind)


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise Http404
    return kind


def _trail(kind: str = "") -> list[dict[str, str]]:
    trail = [{"label": _("Predictions"), "url": reverse("predictions:predictions")}]
    if kind:
        url = reverse("predictions:model", args=[kind])
        trail.append({"label": presenters.title_of(kind), "url": url})
    return trail
