"""Periodic work: look into the mailbox."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings

from wellheard.channels.mailbox.fetching import organisation_of_mailbox, read_mailbox

logger = logging.getLogger("wellheard.mailbox")


def look_for_mail(now: datetime) -> None:
    """Take in what waits, when a mailbox is set up."""
    if not settings.IMAP_HOST:
        return
    organisation = organisation_of_mailbox()
    if organisation is None:
        logger.error("WELLHEARD_IMAP_ORGANISATION must name whose mailbox it is")
        return
    read_mailbox(organisation, at=now)
