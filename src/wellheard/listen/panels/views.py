"""Pages of panels: members, meetings, advice and its answers, choices told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.audit.trail import record_read
from wellheard.base.pages.panels import panels as filled
from wellheard.listen.panels import actions
from wellheard.listen.panels.forms import (
    KINDS,
    OUTCOMES,
    AdviceForm,
    ChoiceForm,
    DecisionForm,
    MeetingForm,
    MemberForm,
    PanelForm,
)
from wellheard.listen.panels.models import Advice, Panel, PanelMember
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.patients.rules import ContactNotUnderstoodError
from wellheard.people.places.models import Organisation
from wellheard.people.staff.models import User


@requires("panel.run")
@require_http_methods(["GET", "POST"])
def panels(request: StaffRequest) -> HttpResponse:
    """Every panel, the advice that is overdue, and beginning a panel."""
    person = request.person
    form = PanelForm(request.POST or None)
    mine = Panel.objects.filter(organisation_id=person.organisation_id)
    if request.method == "POST" and form.is_valid():
        if mine.filter(name=form.cleaned_data["name"]).exists():
            form.add_error("name", _("There is a panel of this name already."))
        else:
            organisation = Organisation.objects.get(pk=person.organisation_id)
            panel = actions.begin_panel(
                organisation, by=person.actor, at=timezone.now(), **form.cleaned_data
            )
            return redirect("panels:panel", panel.pk)
    today = timezone.localdate()
    overdue = Advice.objects.filter(organisation_id=person.organisation_id).overdue(today)
    lines = [
        {"panel": each, "kind": KINDS[each.kind], "seated": len(actions.members_on(each, today)),
         "open": each.advice.filter(outcome="").count()}
        for each in mine
    ]  # fmt: skip
    page = {"form": form, "lines": lines, "overdue": overdue.select_related("owner", "panel")}
    return render(request, "panels/panels.html", page, status=422 if form.errors else 200)


@requires("panel.run")
@require_GET
def panel(request: StaffRequest, panel_id: int) -> HttpResponse:
    """One panel."""
    return _page(request, _panel(request, panel_id))


@requires("panel.run")
@require_POST
def member(request: StaffRequest, panel_id: int) -> HttpResponse:
    """Seat somebody."""
    found = _panel(request, panel_id)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            actions.add_member(found, **_by(request), **form.cleaned_data)
        except ContactNotUnderstoodError:
            form.add_error("email", _("This is not an e-mail address."))
        else:
            return redirect("panels:panel", found.pk)
    return _page(request, found, member_form=form)


@requires("panel.run")
@require_POST
def leave(request: StaffRequest, panelmember_id: int) -> HttpResponse:
    """End a term today."""
    seated = PanelMember.objects.filter(
        pk=panelmember_id, panel__organisation_id=request.person.organisation_id
    ).first()
    if seated is None:
        raise Http404
    actions.end_term(seated, on=timezone.localdate(), **_by(request))
    return redirect("panels:panel", seated.panel_id)


@requires("panel.run")
@require_POST
def meeting(request: StaffRequest, panel_id: int) -> HttpResponse:
    """Keep a meeting."""
    found = _panel(request, panel_id)
    form = MeetingForm(request.POST)
    if not form.is_valid():
        return _page(request, found, meeting_form=form)
    actions.note_meeting(found, **_by(request), **form.cleaned_data)
    return redirect("panels:panel", found.pk)


@requires("panel.run")
@require_POST
def advice(request: StaffRequest, panel_id: int) -> HttpResponse:
    """Keep an advice."""
    found = _panel(request, panel_id)
    form = AdviceForm(request.POST, **_choices(found))
    if not form.is_valid():
        return _page(request, found, advice_form=form)
    actions.note_advice(found, **_by(request), **form.cleaned_data)
    return redirect("panels:panel", found.pk)


@requires("panel.run")
@require_http_methods(["GET", "POST"])
def decision(request: StaffRequest, advice_id: int) -> HttpResponse:
    """One advice: deciding it tells the members."""
    found = _advice(request, advice_id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_advice(found, **_by(request), **form.cleaned_data)
        except actions.AlreadyDecidedError:
            form.add_error(None, _("This was answered before, and the members were told so."))
        else:
            return redirect("panels:advice", found.pk)
    record_read(request.person.actor, found, at=timezone.now())
    page = {
        "advice": found,
        "outcome": OUTCOMES.get(found.outcome),
        "form": form,
        "told": found.told.select_related("member", "message"),
        "untold": actions.untold(found, timezone.localdate()),
        "trail": _trail(found.panel),
    }
    return render(request, "panels/advice.html", page, status=422 if form.errors else 200)


@requires("panel.run")
@require_POST
def told(request: StaffRequest, advice_id: int) -> HttpResponse:
    """The members that were not written to were told in person."""
    found = _advice(request, advice_id)
    if found.outcome:
        actions.note_told(found, **_by(request))
    return redirect("panels:advice", found.pk)


@requires("panel.run")
@require_POST
def choice(request: StaffRequest, panel_id: int) -> HttpResponse:
    """Keep why somebody chose."""
    found = _panel(request, panel_id)
    if found.kind == Panel.Kind.ADVISORY:
        raise Http404
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        return _page(request, found, choice_form=form)
    actions.tell_choice(found, **_by(request), **form.cleaned_data)
    return redirect("panels:panel", found.pk)


def _by(request: StaffRequest) -> dict[str, Any]:
    now: datetime = timezone.now()
    return {"by": request.person.actor, "at": now}


def _panel(request: StaffRequest, panel_id: int) -> Panel:
    mine = Panel.objects.filter(organisation_id=request.person.organisation_id)
    found = mine.select_related("organisation").filter(pk=panel_id).first()
    if found is None:
        raise Http404
    return found


def _advice(request: StaffRequest, advice_id: int) -> Advice:
    mine = Advice.objects.filter(organisation_id=request.person.organisation_id)
    found = mine.select_related("panel__organisation", "owner").filter(pk=advice_id).first()
    if found is None:
        raise Http404
    return found


def _choices(found: Panel) -> dict[str, Any]:
    staff = User.objects.filter(organisation_id=found.organisation_id, is_active=True)
    return {"staff": staff.order_by("name"), "meetings": found.meetings.all()}


def _page(request: StaffRequest, found: Panel, **forms: Any) -> HttpResponse:
    today = timezone.localdate()
    page = {
        "panel": found,
        "kind": KINDS[found.kind],
        "is_advisory": found.kind == Panel.Kind.ADVISORY,
        "members": [
            {"member": each, "seated": each.starts_on <= today <= each.ends_on}
            for each in found.members.all()
        ],
        "meetings": found.meetings.all(),
        "advice": [
            {"advice": each, "outcome": OUTCOMES.get(each.outcome)}
            for each in found.advice.select_related("owner")
        ],
        "choices": found.choices.count(),
        "above": filled("panels.panel", request, found),
        "member_form": MemberForm(),
        "meeting_form": MeetingForm(),
        "advice_form": AdviceForm(None, **_choices(found)),
        "choice_form": ChoiceForm(),
        "trail": _trail(),
    } | forms
    record_read(request.person.actor, found, at=timezone.now())
    return render(request, "panels/panel.html", page, status=422 if forms else 200)


def _trail(found: Panel | None = None) -> list[dict[str, str]]:
    trail = [{"label": _("Panels"), "url": reverse("panels:panels")}]
    if found is not None:
        trail.append({"label": found.name, "url": reverse("panels:panel", args=[found.pk])})
    return trail
