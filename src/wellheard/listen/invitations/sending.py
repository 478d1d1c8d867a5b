"""Sending somebody the link to go on with, at their own wish and to an address we do not keep."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from wellheard.base.audit.actor import Actor
from wellheard.channels.outbox.once import queue_once
from wellheard.channels.outbox.wording import fill
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.vocabulary import link_wording


def send_link(
    invitation: Invitation, token: str, *, channel: str, address: str, language: str, at: datetime
) -> None:
    """Send the link itself, once. The message says nothing of who is asked or about what, and
    nothing is kept that ties it to this survey; so it also goes where anonymity was promised.

    Raises outbox.once.TooOftenError, patients.rules.ContactNotUnderstoodError.
    """
    with translation.override(language):
        link = settings.ADDRESS + reverse("invitations:start", args=[token])
    words = fill(link_wording(), language, organisation=invitation.organisation.name, link=link)
    queue_once(
        words,
        channel=channel,
        address=address,
        country=invitation.organisation.country,
        by=Actor.patient(invitation.organisation_id),
        at=at,
    )
