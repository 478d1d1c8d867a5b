"""Reads of the consent ledger."""

from datetime import datetime

from django.db.models import QuerySet

from wellheard.people.consent.models import ConsentEntry
from wellheard.people.consent.rules import standing


def has_consent(patient_id: int, channel: str, purpose: str, at: datetime) -> bool:
    """Whether the patient agreed to this purpose on this channel, as known at `at`.

    No entry means no.
    """
    entries = ConsentEntry.objects.filter(
        patient_id=patient_id, channel=channel, purpose=purpose, at__lte=at
    )
    newest = entries.order_by("-at", "-pk").values_list("given", flat=True).first()
    return bool(newest)


def consents_of(patient_id: int, at: datetime) -> frozenset[tuple[str, str]]:
    """The (channel, purpose) pairs the patient agrees to at `at`."""
    newest = standing(ledger_of(patient_id).order_by("pk"), at)
    return frozenset(key for key, entry in newest.items() if entry.given)


def ledger_of(patient_id: int) -> QuerySet[ConsentEntry]:
    """Every entry of a patient, newest first."""
    return ConsentEntry.objects.filter(patient_id=patient_id).order_by("-at", "-pk")
