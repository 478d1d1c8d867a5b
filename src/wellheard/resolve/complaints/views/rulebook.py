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

from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.people.places.models import Organisation
from wellheard.resolve.complaints import rulebook as shipped_files
from wellheard.resolve.complaints.actions import rulebook as acts
from wellheard.resolve.complaints.forms.rulebook import (
    DelegationForm,
    NumbersForm,
    PackForm,
    PolicyForm,
    PriorityForm,
)
from wellheard.resolve.complaints.models import (
    Delegation,
    HandlingPolicy,
    PriorityVersion,
    RulePackVersion,
)
from wellheard.resolve.complaints.queries.rulebook import (
    pack_code,
    policy_in_force,
    priority_in_force,
)
from wellheard.resolve.complaints.rules.packs import PackError, read_pack
from wellheard.resolve.complaints.views.doors import in_house_time


def organisation_of(request: StaffRequest) -> Organisation:
    """The organisation of the one who asks."""
    return Organisation.objects.get(pk=request.person.organisation_id)


def _versions(organisation: Organisation) -> list[RulePackVersion]:
    rows = RulePackVersion.objects.filter(organisation=organisation, pack=pack_code(organisation))
    return list(rows.order_by("-number"))


@requires("rulepack.read")
@in_house_time
def rulepacks(request: StaffRequest) -> HttpResponse:
    """The rules in force, clause by clause, with their history."""
    organisation, now = organisation_of(request), timezone.now()
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
        "tabs": rule_tabs(request, "rules"),
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
    organisation = organisation_of(request)
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
    organisation, now = organisation_of(request), timezone.now()
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
        "tabs": rule_tabs(request, "priority"),
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
            organisation=organisation_of(request),
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
    organisation, now = organisation_of(request), timezone.now()
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
        "tabs": rule_tabs(request, "policy"),
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


def rule_tabs(request: StaffRequest, here: str) -> list[dict[str, Any]]:
    """The pages about how we handle complaints, as far as this person may see them."""
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
