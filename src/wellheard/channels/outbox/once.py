"""One message that somebody asks for themselves, to an address that is not kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import new_token
from wellheard.channels.outbox.actions import hand_over
from wellheard.channels.outbox.models import Message, MessageAttempt
from wellheard.channels.outbox.rulebook import sending_rules
from wellheard.channels.outbox.wording import Words
from wellheard.people.patients.queries import contact_digest
from wellheard.people.patients.rules import read_contact

# So many to one address within a day: enough to mistype twice, too few to pester somebody with.
MOST_A_DAY = 3
_PURPOSE = "reply"


class TooOftenError(Exception):
    """This address was written to often enough today."""


def queue_once(
    words: Words, *, channel: str, address: str, country: str, by: Actor, at: datetime
) -> None:
    """Send one message to the address that the person who asks for it typed, and forget it.

    Asking is the consent, for this message alone: it goes at once, whatever the hour, and
    is about nothing that we keep. A STOP of the address still holds. Raises TooOftenError, and
    patients.rules.ContactNotUnderstoodError.
    """
    value = read_contact(channel, address, country)
    with acting(by, at=at) as trail:
        if _written_to(contact_digest(value), at - timedelta(days=1)) >= MOST_A_DAY:
            raise TooOftenError
        message = Message.objects.create(
            organisation_id=by.organisation_id,
            key=f"once:{new_token()}",
            once=value,
            template=words.template,
            version=words.version,
            language=words.language,
            purpose=_PURPOSE,
            channel=channel,
            subject=words.subject,
            body=words.body,
            short=words.short,
            urgent=True,
            queued_at=at,
            queued_by_kind=by.kind,
            queued_by_ref="",
            expires_at=at + timedelta(days=1),
            due_at=at,
            handed_until=at + timedelta(seconds=sending_rules().handed),
        )
        trail.write("message.asked_for", message, template=words.template)
        hand_over(message)


def _written_to(digest: str, since: datetime) -> int:
    tries = MessageAttempt.objects.filter(address_digest=digest, message__patient=None)
    return tries.filter(Q(outcome="accepted") | Q(outcome=""), started_at__gt=since).count()
