"""Reads of what patients wrote back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wellheard.channels.inbound.models import InboundMessage


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer from a patient, for whoever listens. ``message_id``: what it answers, if known."""

    inbound_id: int
    organisation_id: int
    kind: str
    text: str
    language: str
    patient_id: int | None
    message_id: int | None
    place_id: int | None
    received_at: datetime

    def __repr__(self) -> str:
        # An error report prints its variables; the patient's words stay out of it.
        return f"Reply({self.inbound_id})"


def reply(inbound_id: int) -> Reply:
    """The answer that ``channels.reply_received`` told of. Raises InboundMessage.DoesNotExist."""
    found = InboundMessage.objects.select_related("answers", "patient").get(pk=inbound_id)
    return Reply(
        inbound_id=found.pk,
        organisation_id=found.organisation_id,
        kind=found.kind,
        text=found.body,
        language=found.language or (found.patient.language if found.patient else ""),
        patient_id=found.patient_id,
        message_id=found.answers_id,
        place_id=found.answers.place_id if found.answers else None,
        received_at=found.received_at,
    )
