"""What the unsubscribe button does."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.channels.outbox.models import Message
from wellheard.people.consent.actions import withdraw_consent
from wellheard.people.consent.queries import has_consent


def end_mails(message: Message, *, source: str, at: datetime) -> bool:
    """No more e-mails of this message's purpose to its patient. False: there were none anyway."""
    if message.patient_id is None or message.patient is None:
        return False
    by = Actor.patient(message.organisation_id, f"message-{message.pk}")
    with acting(by, at=at) as trail:
        if not has_consent(message.patient_id, "email", message.purpose, at):
            return False
        withdraw_consent(
            patient=message.patient,
            channel="email",
            purpose=message.purpose,
            source=source,
            by=by,
            at=at,
        )
        trail.write("message.unsubscribed", message, purpose=message.purpose)
    return True
