"""Changing what is known of a patient."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wellheard.people.access.actions import end_ruling, make_ruling
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.access.models import Ruling
from wellheard.people.access.queries import rulings_on
from wellheard.people.patients.actions import (
    add_contact,
    change_patient,
    correct_death,
    end_confidential,
    make_confidential,
    record_death,
)
from wellheard.people.patients.doors import changeable
from wellheard.people.patients.forms import ContactForm, DeathForm, HideForm, PatientForm


@require_http_methods(["GET", "POST"])
@requires("patient.manage")
def change(request: StaffRequest, patient_id: int) -> HttpResponse:
    """Name, preferred name, pronouns, language."""
    found = changeable(request, patient_id)
    form = PatientForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_patient(
            patient=found, by=request.person.actor, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("Saved."))
        return redirect("patients:patient", found.pk)
    trail = [
        {"label": _("Patients"), "url": reverse("patients:search")},
        {"label": found.reference, "url": reverse("patients:patient", args=[found.pk])},
        {"label": _("Change"), "url": ""},
    ]
    return render(request, "patients/change.html", {"form": form, "trail": trail})


@require_POST
@requires("patient.manage")
def new_contact(request: StaffRequest, patient_id: int) -> HttpResponse:
    """A further e-mail or number."""
    found = changeable(request, patient_id)
    form = ContactForm(found.organisation.country, request.POST)
    if form.is_valid():
        add_contact(
            patient=found,
            kind=form.cleaned_data["kind"],
            value=form.cleaned_data["value"],
            by=request.person.actor,
            at=timezone.now(),
        )
        messages.success(request, _("The contact is kept."))
    else:
        messages.error(request, _("This is neither an email nor a number with area code."))
    return redirect("patients:patient", found.pk)


@require_POST
@requires("patient.manage")
def confidential(request: StaffRequest, patient_id: int, contact_id: int) -> HttpResponse:
    """From now on only this contact is used, or, when it was so, any of them again."""
    found = changeable(request, patient_id)
    point = get_object_or_404(found.contacts, pk=contact_id)
    by, at = request.person.actor, timezone.now()
    if point.confidential:
        end_confidential(patient=found, by=by, at=at)
    else:
        make_confidential(contact=point, by=by, at=at)
    return redirect("patients:patient", found.pk)


@require_POST
@requires("patient.manage")
def death(request: StaffRequest, patient_id: int) -> HttpResponse:
    """The patient has died: nothing is sent any more."""
    found = changeable(request, patient_id)
    form = DeathForm(timezone.localdate(), request.POST)
    if form.is_valid():
        died_on = form.cleaned_data["died_on"]
        record_death(patient=found, died_on=died_on, by=request.person.actor, at=timezone.now())
        messages.success(request, _("Kept. Nothing more is sent to this patient."))
    else:
        messages.error(request, _("Give a day that is not still to come."))
    return redirect("patients:patient", found.pk)


@require_POST
@requires("patient.manage")
def no_death(request: StaffRequest, patient_id: int) -> HttpResponse:
    """The death was recorded by mistake."""
    found = changeable(request, patient_id)
    correct_death(patient=found, by=request.person.actor, at=timezone.now())
    messages.success(request, _("Corrected."))
    return redirect("patients:patient", found.pk)


@require_POST
@requires("patient.manage")
def hide(request: StaffRequest, patient_id: int) -> HttpResponse:
    """Keeps the record from one colleague, whatever their role: the patient asked for it."""
    found = changeable(request, patient_id)
    form = HideForm(found.organisation_id, request.POST)
    if form.is_valid():
        try:
            make_ruling(
                user=form.cleaned_data["colleague"],
                effect=Ruling.Effect.DENY,
                patient_id=found.pk,
                reason=form.cleaned_data["reason"],
                by=request.person.actor,
                at=timezone.now(),
            )
        except ValueError:
            messages.error(request, _("Nobody keeps a record from themselves."))
        else:
            messages.success(request, _("The record is kept from this colleague now."))
    else:
        messages.error(request, _("Choose a colleague and say why."))
    return redirect("patients:patient", found.pk)


@require_POST
@requires("patient.manage")
def show_again(request: StaffRequest, patient_id: int, ruling_id: int) -> HttpResponse:
    """The colleague may see the record again, as their role allows."""
    found, now = changeable(request, patient_id), timezone.now()
    about = rulings_on(found.organisation_id, now=now, patient_id=found.pk)
    end_ruling(ruling=get_object_or_404(about, pk=ruling_id), by=request.person.actor, at=now)
    return redirect("patients:patient", found.pk)
