"""Which transport serves which channel: the table, and the choice the settings make."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from wellheard.channels.outbox.transport import Transport

# (channel, name in the settings) -> where its function is. "none" is no transport at all.
TRANSPORTS: dict[tuple[str, str], str] = {
    ("sms", "twilio"): "wellheard.channels.sms.transport.send",
    ("sms", "folder"): "wellheard.channels.folder.transport.send_text",
    ("email", "smtp"): "wellheard.channels.email.transport.send",
    ("email", "folder"): "wellheard.channels.folder.transport.send_mail",
}


def transport_name(channel: str) -> str:
    """The name the settings give for the channel; "none" when it is not set up."""
    name = settings.CHANNEL_TRANSPORTS.get(channel, "none")
    return name if (channel, name) in TRANSPORTS else "none"


def transport_for(channel: str) -> Transport:
    """The function that sends over ``channel``. Raises KeyError when it is not set up."""
    return cast(Transport, import_string(TRANSPORTS[channel, transport_name(channel)]))
