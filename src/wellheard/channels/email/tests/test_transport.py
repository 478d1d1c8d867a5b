"""Handing mail to a real SMTP server on this machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wellheard.channels.email.tests.conftest import MailServer
from wellheard.channels.email.transport import send
from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.queries import message_state
from wellheard.channels.outbox.sending import send_one
from wellheard.channels.outbox.transport import Delivery, TransportError
from wellheard.people.patients.models import Patient

PARCEL = Delivery(
    key="wh-1-2-1",
    to="rosa.diaz@example.org",
    subject="We read it",
    text="Señora, we read it.",
    at=datetime(2026, 3, 4, tzinfo=UTC),
)


def caught(run: Callable[[], Any]) -> TransportError:
    with pytest.raises(TransportError) as error:
        run()
    return error.value


def test_mail_arrives_over_tls_after_log_in(mail_server: MailServer) -> None:
    accepted = send(PARCEL)
    mail = mail_server.letters()[0]
    assert accepted.provider_id == mail["Message-ID"] == "<wh-1-2-1@riverbend.example>"
    assert mail.get_body(("plain",)).get_content().strip() == "Señora, we read it."  # type: ignore[union-attr]


def test_certificate_that_nobody_vouches_for_is_refused(
    mail_server: MailServer, settings: Any
) -> None:
    settings.CHANNEL_CA_FILE = ""
    error = caught(lambda: send(PARCEL))
    assert (error.permanent, mail_server.mails) == (False, [])
    assert "SSL" in error.code


def test_wrong_password_is_our_fault_not_the_messages(
    mail_server: MailServer, settings: Any
) -> None:
    settings.SMTP_PASSWORD = "wrong"
    assert not caught(lambda: send(PARCEL)).permanent


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        ("451 try later", False),
        ("452 full", False),
        ("550 no", True),
        ("554 content", True),
    ],
)
def test_answer_to_the_mail_is_read(mail_server: MailServer, answer: str, permanent: bool) -> None:
    mail_server.answers.append(answer)
    error = caught(lambda: send(PARCEL))
    assert (error.code, error.permanent) == (f"smtp-{answer[:3]}", permanent)


@pytest.mark.parametrize(("answer", "permanent"), [("450 busy", False), ("550 unknown", True)])
def test_answer_to_the_address_is_read(
    mail_server: MailServer, answer: str, permanent: bool
) -> None:
    mail_server.recipient_answers.append(answer)
    assert caught(lambda: send(PARCEL)).permanent is permanent


def test_server_that_is_away_is_tried_again(mail_server: MailServer, settings: Any) -> None:
    settings.SMTP_PORT = 9
    assert not caught(lambda: send(PARCEL)).permanent


def test_error_names_neither_address_nor_words(mail_server: MailServer) -> None:
    mail_server.recipient_answers.append("550 <rosa.diaz@example.org> Señora unknown")
    error = caught(lambda: send(PARCEL))
    assert "rosa" not in f"{error!r}{PARCEL!r}"
    assert error.__suppress_context__


@pytest.mark.django_db
def test_mail_of_the_outbox_is_sent_once_although_the_first_try_fails(
    mail_server: MailServer, patient: Patient, queue: Callable[..., Message], at: datetime
) -> None:
    mail_server.answers.append("451 try later")
    message = queue(patient, channel="email", subject="One\r\nBcc: x@example.org")
    send_one(message.pk, clock=lambda: at)
    assert message_state(message) == "waiting"
    send_one(message.pk, clock=lambda: at + timedelta(minutes=2))
    assert message_state(message) == "sent"
    assert [mail["Subject"] for mail in mail_server.letters()] == ["One Bcc: x@example.org"]
