"""The team: who carries what, who is away, who is called."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wellheard.base.audit.trail import acting
from wellheard.measures.clocks import start_of_day
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Organisation
from wellheard.resolve.complaints.actions.assigning import record_absence
from wellheard.resolve.complaints.forms.rulebook import AbsenceForm, OnCallForm
from wellheard.resolve.complaints.models import Absence, OnCall
from wellheard.resolve.complaints.queries.team import open_cases_by_owner
from wellheard.resolve.complaints.views.doors import in_house_time
from wellheard.resolve.complaints.views.rulebook import organisation_of, rule_tabs


@requires("case.work")
@in_house_time
def team(request: StaffRequest) -> HttpResponse:
    """Who carries what, who is away, who is on call."""
    organisation, now = organisation_of(request), timezone.now()
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
        "tabs": rule_tabs(request, "team"),
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
