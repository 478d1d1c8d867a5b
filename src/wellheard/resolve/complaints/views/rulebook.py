"""Rules, priorities, policy and team: what holds now, who changed it and why, and going back."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wellheard.base.audit.trail import acting
from wellheard.measures.clocks import start_of_day
from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.people.places.models import Organisation
from wellheard.resolve.complaints import rulebook as shipped_files
from wellheard.resolve.complaints.actions import rulebook as acts
from wellheard.resolve.complaints.actions.assigning import record_absence
from wellheard.resolve.complaints.forms.rulebook import (
    AbsenceForm,
    DelegationForm,
    NumbersForm,
    OnCallForm,
    PackForm,
    PolicyForm,
    PriorityForm,
)
from wellheard.resolve.complaints.models import (
    Absence,
    Delegation,
    HandlingPolicy,
    OnCall,
    PriorityVersion,
    RulePackVersion,
)
from wellheard.resolve.complaints.queries.rulebook import (
    pack_code,
    policy_in_force,
    priority_in_force,
)
from wellheard.resolve.complaints.queries.team import open_cases_by_owner
from wellheard.resolve.complaints.rules.packs import PackError, read_pack
from wellheard.resolve.complaints.views.doors import in_house_time


def _organisation(request: StaffRequest) -> Organisation:
    return Organisation.objects.get(pk=request.person.organisation_id)


def _versions(organisation: Organisation) -> list[RulePackVersion]:
    rows = RulePackVersion.objects.filter(organisation=organisation, pack=pack_code(organisation))
    return list(rows.order_by("-number"))


@requires("rulepack.read")
@in_house_time
def rulepacks(request: StaffRequest) -> HttpResponse:
    """The rules in force, clause by clause, with their history."""
    organisation, now = _organisation(request), timezone.now()
    versions = _versions(organisation)
    data = versions[0].data if versions else shipped_files.shipped(pack_code(organisation))
    may_change = request.person.may("rulepack.change")
    today = timezone.localdate(now)
    numbers = NumbersForm(None, pack=data, initial={"effective_from": today})
    whole = PackForm(None, initial={"content": json.dumps(data, indent=1, ensure_ascii=False)})
    if request.method == "POST":
        if not may_change:
            refuse(request, "rulepack.change")
        if "whole" in request.POST:
            whole = PackForm(request.POST)
            form: forms.Form = whole
        else:
            numbers = NumbersForm(request.POST, pack=data)
            form = numbers
        if form.is_valid() and _change_pack(request, organisation, form, now):
            return redirect("complaints:rulepacks")
    pack = read_pack(data)
    context = {
        "pack": pack,
        "clauses": list(pack.clauses.values()),
        "versions": versions,
        "numbers": numbers,
        "whole": whole,
        "may_change": may_change,
        "policy": policy_in_force(organisation, pack),
        "tabs": _tabs(request, "rules"),
        "form": numbers if numbers.errors else whole if whole.errors else None,
    }
    return render(request, "complaints/rules.html", context)


def _change_pack(
    request: StaffRequest, organisation: Organisation, form: forms.Form, now: datetime
) -> bool:
    data = form.changed_pack() if isinstance(form, NumbersForm) else form.cleaned_data["content"]
    try:
        kept = acts.change_rule_pack(
            organisation=organisation,
            data=data,
            reason=form.cleaned_data["reason"],
            by=request.person.actor,
            at=now,
        )
    except PackError as error:
        form.add_error(None, str(error))
        return False
    messages.success(
        request, _("Version %(n)s is kept. Open cases keep their rules.") % {"n": kept.number}
    )
    return True


@requires("rulepack.change")
@in_house_time
@require_POST
def roll_back(request: StaffRequest, number: int) -> HttpResponse:
    """Put an earlier version of the rules back in force."""
    organisation = _organisation(request)
    try:
        acts.roll_back_rule_pack(
            organisation=organisation,
            number=number,
            reason=request.POST.get("reason", ""),
            by=request.person.actor,
            at=timezone.now(),
        )
    except PackError as error:
        messages.warning(request, str(error))
    except RulePackVersion.DoesNotExist:
        messages.warning(request, _("There is no such version."))
    else:
        messages.success(request, _("The earlier version holds again for new cases."))
    return redirect("complaints:rulepacks")


@requires("rulepack.read")
@in_house_time
def priority(request: StaffRequest) -> HttpResponse:
    """The priority model: which topic has which tier, and how soon a tier hears from us."""
    organisation, now = _organisation(request), timezone.now()
    versions = list(PriorityVersion.objects.filter(organisation=organisation))
    data = versions[0].data if versions else shipped_files.shipped("priority")
    may_change = request.person.may("priority.change")
    form = PriorityForm(request.POST if request.method == "POST" else None, model=data)
    if request.method == "POST":
        if not may_change:
            refuse(request, "priority.change")
        if form.is_valid():
            acts.change_priority_model(
                organisation=organisation,
                data=form.changed_model(),
                reason=form.cleaned_data["reason"],
                by=request.person.actor,
                at=now,
            )
            messages.success(request, _("Kept. The order of the inbox and its clocks follow."))
            return redirect("complaints:priority")
    context = {
        "model": priority_in_force(organisation.pk),
        "versions": versions,
        "priority_form": form,
        "may_change": may_change,
        "tabs": _tabs(request, "priority"),
        "form": form if form.errors else None,
    }
    return render(request, "complaints/priority.html", context)


@requires("priority.change")
@in_house_time
@require_POST
def roll_back_priority(request: StaffRequest, number: int) -> HttpResponse:
    """Put an earlier priority model back in force."""
    try:
        acts.roll_back_priority_model(
            organisation=_organisation(request),
            number=number,
            reason=request.POST.get("reason", ""),
            by=request.person.actor,
            at=timezone.now(),
        )
    except (PackError, PriorityVersion.DoesNotExist) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The earlier model holds again."))
    return redirect("complaints:priority")


@requires("rulepack.read")
@in_house_time
def policy(request: StaffRequest) -> HttpResponse:
    """What the written policy says to every person; delegations on file."""
    organisation, now = _organisation(request), timezone.now()
    versions = _versions(organisation)
    data = versions[0].data if versions else shipped_files.shipped(pack_code(organisation))
    held = policy_in_force(organisation, read_pack(data))
    may_change = request.person.may("rulepack.change")
    start = {name: getattr(held, name) for name in PolicyForm.base_fields if name != "reason"}
    is_delegation = "delegation" in request.POST
    form = PolicyForm(request.POST if request.POST and not is_delegation else None, initial=start)
    delegation = DelegationForm(request.POST if is_delegation else None)
    if request.method == "POST":
        if not may_change:
            refuse(request, "rulepack.change")
        chosen: forms.Form = delegation if is_delegation else form
        if chosen.is_valid() and _keep_policy(request, organisation, chosen, now):
            return redirect("complaints:policy")
    context = {
        "policy": held,
        "policy_form": form,
        "delegation_form": delegation,
        "delegations": list(Delegation.objects.filter(organisation=organisation)),
        "versions": list(HandlingPolicy.objects.filter(organisation=organisation)),
        "may_change": may_change,
        "today": timezone.localdate(now),
        "tabs": _tabs(request, "policy"),
        "form": form if form.errors else delegation if delegation.errors else None,
    }
    return render(request, "complaints/policy.html", context)


def _keep_policy(
    request: StaffRequest, organisation: Organisation, form: forms.Form, now: datetime
) -> bool:
    by, data = request.person.actor, dict(form.cleaned_data)
    try:
        if isinstance(form, DelegationForm):
            data["members"] = data["members"].splitlines()
            acts.record_delegation(organisation=organisation, by=by, at=now, **data)
        else:
            reason = data.pop("reason")
            acts.set_policy(organisation=organisation, data=data, reason=reason, by=by, at=now)
    except PackError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Kept."))
    return True


@requires("case.work")
@in_house_time
def team(request: StaffRequest) -> HttpResponse:
    """Who carries what, who is away, who is on call."""
    organisation, now = _organisation(request), timezone.now()
    kind = request.POST.get("kind", "")
    absence = AbsenceForm(
        request.POST if kind == "absence" else None, organisation_id=organisation.pk
    )
    on_call = OnCallForm(
        request.POST if kind == "on_call" else None,
        organisation_id=organisation.pk,
        initial={"since": timezone.localtime(now)},
    )
    chosen: forms.Form = absence if kind == "absence" else on_call
    if request.method == "POST" and chosen.is_valid():
        _keep_team(request, organisation, chosen, now)
        messages.success(request, _("Kept."))
        return redirect("complaints:team")
    load = open_cases_by_owner(organisation.pk)
    names = AbsenceForm(None, organisation_id=organisation.pk).fields["user"].queryset  # type: ignore[attr-defined]  # a ModelChoiceField
    context = {
        "load": sorted(((user, load[user.pk]) for user in names), key=lambda one: -one[1]),
        "absences": list(
            Absence.objects.filter(organisation=organisation, until__gt=now)
            .select_related("user", "cover")
            .order_by("since")
        ),
        "shifts": list(
            OnCall.objects.filter(organisation=organisation)
            .exclude(until__lte=now)
            .select_related("user", "site")
            .order_by("since")
        ),
        "absence_form": absence,
        "on_call_form": on_call,
        "tabs": _tabs(request, "team"),
        "form": chosen if kind and chosen.errors else None,
    }
    return render(request, "complaints/team.html", context)


def _keep_team(
    request: StaffRequest, organisation: Organisation, form: forms.Form, now: datetime
) -> None:
    by, data = request.person.actor, form.cleaned_data
    if isinstance(form, AbsenceForm):
        record_absence(
            user=data["user"],
            since=start_of_day(data["since"], zone=organisation.zone),
            until=start_of_day(data["until"], zone=organisation.zone),
            cover=data["cover"],
            by=by,
            at=now,
        )
        return
    with acting(by, at=now) as trail:
        row = OnCall.objects.create(
            organisation=organisation,
            user=data["user"],
            site=data["site"],
            since=data["since"],
            until=data["until"],
        )
        trail.write("on_call.recorded", row, user=row.user_id)


@requires("case.work")
@in_house_time
@require_POST
def end_shift(request: StaffRequest, shift_id: int) -> HttpResponse:
    """End somebody's time on call now."""
    now = timezone.now()
    with acting(request.person.actor, at=now) as trail:
        mine = OnCall.objects.filter(pk=shift_id, organisation_id=request.person.organisation_id)
        if mine.update(until=now):
            trail.write("on_call.ended", ("resolve.oncall", str(shift_id)))
    return redirect("complaints:team")


def _tabs(request: StaffRequest, here: str) -> list[dict[str, Any]]:
    person = request.person
    pages = [
        ("rules", _("Rules"), "complaints:rulepacks", "rulepack.read"),
        ("priority", _("Priorities"), "complaints:priority", "rulepack.read"),
        ("policy", _("Policy"), "complaints:policy", "rulepack.read"),
        ("team", _("Team"), "complaints:team", "case.work"),
    ]
    return [
        {"label": label, "url": reverse(route), "current": name == here, "count": None}
        for name, label, route, permission in pages
        if person.may(permission)
    ]
