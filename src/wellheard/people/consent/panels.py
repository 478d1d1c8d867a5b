"""What the ledger shows on a patient's page."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from wellheard.people.consent.queries import consents_of, ledger_of
from wellheard.people.consent.vocabulary import purposes
from wellheard.people.patients.models import Patient


def ledger(request: HttpRequest, patient: Patient) -> str:
    """What the patient agrees to now, and every entry of the ledger behind a disclosure."""
    agreed = consents_of(patient.pk, timezone.now())
    rows = [
        {
            "meaning": purpose.meaning,
            "channels": sorted(channel for channel, code in agreed if code == purpose.code),
        }
        for purpose in purposes()
    ]
    context = {"rows": rows, "entries": list(ledger_of(patient.pk)[:100])}
    return render_to_string("consent/ledger.html", context, request)
