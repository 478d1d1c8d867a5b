"""Breaking the glass: opening one record in an emergency."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wellheard.people.access.actions import GlassRefusedError, break_glass, close_glass
from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.people.access.models import GlassBreak
from wellheard.people.access.vocabulary import glass_rules
from wellheard.people.patients.forms import GlassForm
from wellheard.people.patients.models import Patient
from wellheard.people.patients.queries import sought
from wellheard.people.places.models import Organisation


@require_http_methods(["GET", "POST"])
@requires("breakglass.invoke")
def emergency(request: StaffRequest) -> HttpResponse:
    """Asks why, opens the record for half an hour, and tells the auditor."""
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = _the_one(request, form)
        if found is not None and _break(request, form, found):
            return redirect("patients:patient", found.pk)
    rules = glass_rules()
    context = {
        "form": form,
        "minutes": int(rules.lasts.total_seconds() // 60),
        "hours": int(rules.review_within.total_seconds() // 3600),
    }
    return render(request, "patients/emergency.html", context)


def _the_one(request: StaffRequest, form: GlassForm) -> Patient | None:
    organisation = Organisation.objects.get(pk=request.person.organisation_id)
    found = list(sought(organisation, form.cleaned_data["reference"])[:2])
    if len(found) != 1:
        words = _("No patient has this.") if not found else _("Several have this: use a reference.")
        form.add_error("reference", words)
        return None
    return found[0]


def _break(request: StaffRequest, form: GlassForm, found: Patient) -> bool:
    try:
        break_glass(
            person=request.person,
            patient_id=found.pk,
            is_own=found.staff_user_id == request.person.user_id,
            reason=form.cleaned_data["reason"],
            words=form.cleaned_data["words"],
            at=timezone.now(),
        )
    except GlassRefusedError as error:
        if error.reason in {"own", "hidden", "right"}:
            refuse(request, "breakglass.invoke", ("people.patient", str(found.pk)))
        form.add_error("words", _("Say in a few words what happened."))
        return False
    return True


@require_POST
@requires("breakglass.invoke")
def close(request: StaffRequest, glass_id: int) -> HttpResponse:
    """Closes the record before its time."""
    broken = get_object_or_404(GlassBreak, pk=glass_id, user_id=request.person.user_id)
    close_glass(broken=broken, by=request.person.actor, at=timezone.now())
    messages.success(request, _("The record is closed again."))
    return redirect("patients:search")
