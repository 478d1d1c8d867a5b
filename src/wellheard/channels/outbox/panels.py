"""What the outbox shows on other rooms' pages."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from wellheard.channels.outbox.presenters import rows_of
from wellheard.channels.outbox.queries import messages_of
from wellheard.people.patients.models import Patient

SHOWN = 20


def to_patient(request: HttpRequest, patient: Patient) -> str:
    """The newest messages to a patient, for those who may read messages; else nothing."""
    person = getattr(request, "person", None)
    if person is None or not person.may("message.read"):
        return ""
    messages = messages_of(patient.pk).visible_to(person).with_way()
    rows = rows_of(messages.select_related("patient", "place")[:SHOWN])
    return render_to_string("outbox/to_patient.html", {"rows": rows, "patient": patient}, request)
