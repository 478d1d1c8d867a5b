"""The link of an anonymous plan: made as its message leaves, and written down nowhere."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from wellheard.base.vault.sealing import sign
from wellheard.channels.outbox.models import Message
from wellheard.listen.invitations.actions import PURPOSE
from wellheard.listen.invitations.halves import add_link
from wellheard.listen.sampling.models import ModeStep

# Written out, not reversed: a worker need not load every page of the house to name one of them.
# A test holds it to the address.
ADDRESS = "/{language}/s/{token}/"
# What stands in the words that are kept, where the link will be.
LINK = "{link}"


def address_of(secret: str, language: str) -> str:
    """The address at which somebody answers."""
    return str(settings.ADDRESS) + ADDRESS.format(language=language, token=sign(secret, PURPOSE))


def late_words(message: Message, text: str, now: datetime) -> str:
    """Asked as a message leaves, in the transaction that notes the attempt: its words with a new
    link. What is handed over is not kept; the invitation gets half A of the link."""
    if LINK not in text:
        return text
    step = ModeStep.objects.select_related("member").get(
        organisation_id=message.organisation_id, pk=int(message.about_id)
    )
    assert step.member.invitation_id is not None
    link = address_of(add_link(step.member.invitation_id), message.language)
    return text.replace(LINK, link)
