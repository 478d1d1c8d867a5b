"""One e-mail from one delivery: plain text first, headers that nobody can add to."""

from __future__ import annotations

from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape

from django.conf import settings

from wellheard.channels.outbox.transport import Delivery, TransportError

# Every server takes it, also one that knows no 8BITMIME.
_SEVEN_BIT = SMTP.clone(cte_type="7bit")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def letter(delivery: Delivery) -> EmailMessage:
    """The message to hand to a mail server. Raises TransportError (permanent) for an address or a
    header that cannot be written safely."""
    message = EmailMessage(policy=_SEVEN_BIT)
    try:
        message["From"] = _sender(delivery.sender_name)
        message["To"] = Address(addr_spec=delivery.to)
        if settings.EMAIL_REPLY_TO:
            message["Reply-To"] = Address(addr_spec=settings.EMAIL_REPLY_TO)
        message["Subject"] = one_line(delivery.subject)
        message["Message-ID"] = message_id(delivery.key)
        message["Date"] = format_datetime(delivery.at)
        message["Content-Language"] = one_line(delivery.language)
        message["Auto-Submitted"] = "auto-generated"
        _offer_unsubscribe(message, delivery.unsubscribe_at)
    except (MessageError, HeaderParseError, ValueError, IndexError) as error:
        raise TransportError("header", permanent=True) from error
    message.set_content(delivery.text, charset="utf-8")
    message.add_alternative(_page(delivery), subtype="html", charset="utf-8")
    return message


def message_id(key: str) -> str:
    """The same for every try of one sending, so that a mailbox shows a repeated mail once."""
    return f"<{key}@{sender_address().domain}>"


def sender_address() -> Address:
    """The address mails come from; a name beside it in the settings is not used."""
    return Address(addr_spec=parseaddr(settings.EMAIL_FROM)[1])


def one_line(value: str) -> str:
    """``value`` with every control character made a space: a header cannot be continued by it."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _sender(name: str) -> Address:
    address = sender_address()
    return Address(one_line(name), address.username, address.domain)


def _offer_unsubscribe(message: EmailMessage, address: str) -> None:
    if address:
        message["List-Unsubscribe"] = f"<{address}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _page(delivery: Delivery) -> str:
    direction = "rtl" if delivery.language.split("-")[0] in RIGHT_TO_LEFT else "ltr"
    paragraphs = "".join(
        f"<p>{escape(part.strip()).replace(chr(10), '<br>')}</p>"
        for part in delivery.text.split("\n\n")
        if part.strip()
    )
    return (
        f'<!doctype html><html lang="{escape(delivery.language)}" dir="{direction}">'
        f'<meta charset="utf-8"><body>{paragraphs}</body></html>'
    )
