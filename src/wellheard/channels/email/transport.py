"""Handing one e-mail to a mail server by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

from django.conf import settings

from wellheard.channels.email.letter import letter
from wellheard.channels.outbox.transport import Accepted, Delivery, TransportError

IMPLICIT_TLS_PORT = 465


def send(delivery: Delivery) -> Accepted:
    """Give the mail to the server; raises TransportError. The Message-ID is the same at every
    try, so that a mailbox which gets it twice shows it once."""
    message = letter(delivery)
    try:
        server = _open()
    except smtplib.SMTPResponseException as error:
        # A refused login or greeting is a fault of the settings, not of this message.
        raise TransportError(f"smtp-{error.smtp_code}", permanent=False) from None
    except (smtplib.SMTPException, OSError) as error:
        raise TransportError(f"smtp-{type(error).__name__}", permanent=False) from None
    try:
        _hand_over(server, message)
    finally:
        # What was accepted stays accepted, however the goodbye goes.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    return Accepted(str(message["Message-ID"]))


def _open() -> smtplib.SMTP:
    host, port = settings.SMTP_HOST, settings.SMTP_PORT
    timeout, trust = settings.CHANNEL_TIMEOUT_SECONDS, _trust()
    if port == IMPLICIT_TLS_PORT:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=timeout, context=trust)
    else:
        server = smtplib.SMTP(host, port, timeout=timeout)
    try:
        _make_safe(server, trust)
    except BaseException:
        server.close()
        raise
    return server


def _make_safe(server: smtplib.SMTP, trust: ssl.SSLContext) -> None:
    if settings.SMTP_STARTTLS and not isinstance(server, smtplib.SMTP_SSL):
        # Raises when the server does not offer it: never in the clear when TLS was asked for.
        server.starttls(context=trust)
    if settings.SMTP_USER:
        server.login(settings.SMTP_USER, settings.SMTP_PASSWORD)


def _trust() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.CHANNEL_CA_FILE or None)


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _answered(max(codes, default=450)) from None
    except smtplib.SMTPResponseException as error:
        raise _answered(error.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise TransportError("smtp-utf8-address", permanent=True) from None
    except (smtplib.SMTPException, OSError) as error:
        raise TransportError(f"smtp-{type(error).__name__}", permanent=False) from None


def _answered(code: int) -> TransportError:
    """5xx is for good, 4xx for now (RFC 5321, 4.2.1)."""
    return TransportError(f"smtp-{code}", permanent=500 <= code < 600)
