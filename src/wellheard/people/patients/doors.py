"""Who may open a patient's record: asked here by every page about one patient."""

from __future__ import annotations

from django.http import Http404

from wellheard.people.access.doors import StaffRequest, refuse
from wellheard.people.patients.models import Patient


def visible_patient(request: StaffRequest, patient_id: int, permission: str) -> Patient:
    """The patient if the person may see them; else a written refusal, or 404 for nobody's id."""
    everybody = Patient.objects.filter(organisation_id=request.person.organisation_id)
    if not everybody.filter(pk=patient_id).exists():
        raise Http404(patient_id)
    patient = (
        Patient.objects.visible_to(request.person)
        .select_related("organisation")
        .filter(pk=patient_id)
        .first()
    )
    if patient is None:
        refuse(request, permission, ("people.patient", str(patient_id)))
        raise AssertionError  # refuse() always raises
    return patient


def changeable(request: StaffRequest, patient_id: int) -> Patient:
    """The patient if the person may change them; broken glass is for reading only."""
    found = visible_patient(request, patient_id, "patient.manage")
    if found.pk in request.person.opened_patients:
        refuse(request, "patient.manage", ("people.patient", str(patient_id)))
    return found
