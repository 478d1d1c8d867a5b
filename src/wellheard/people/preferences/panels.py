"""What the patient's wishes show on their page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from wellheard.people.patients.models import Patient
from wellheard.people.preferences.actions import link_for
from wellheard.people.preferences.presenters import overview


def wishes(request: HttpRequest, patient: Patient) -> str:
    """How the patient wants to be spoken to; the link, for those who may hand it to them."""
    shown = overview(patient, "", timezone.now())
    person = getattr(request, "person", None)
    hands_out = person is not None and person.may("patient.manage")
    # Name and language stand above, among the facts.
    context = {
        "items": [{"name": one["name"], "value": one["value"]} for one in shown.items[2:]],
        "stopped": shown.stopped,
        "link": f"{settings.ADDRESS}{link_for(patient=patient)}" if hands_out else "",
    }
    return render_to_string("preferences/wishes.html", context, request)
