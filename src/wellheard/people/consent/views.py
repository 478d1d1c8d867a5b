"""Staff stop a contact because somebody asked them to, in person or by telephone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.consent.actions import stop_contact
from wellheard.people.patients.doors import changeable


@require_POST
@requires("patient.manage")
def stop(request: StaffRequest, patient_id: int, contact_id: int) -> HttpResponse:
    """Nothing more goes to this contact, of whomever it is."""
    patient = changeable(request, patient_id)
    contact = get_object_or_404(patient.contacts, pk=contact_id)
    stop_contact(contact=contact, source="staff", by=request.person.actor, at=timezone.now())
    messages.success(request, _("Nothing more is sent there."))
    return redirect("patients:patient", patient.pk)
