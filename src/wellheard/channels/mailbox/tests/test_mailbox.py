"""Mails from a real mailbox on this machine: kept once, answered once, nothing lost."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from wellheard.base.events.models import Event
from wellheard.channels.email.letter import message_id
from wellheard.channels.inbound.models import InboundMessage
from wellheard.channels.mailbox.fetching import read_mailbox
from wellheard.channels.mailbox.models import IncomingMail, MailboxState, MailFile
from wellheard.channels.mailbox.tests.conftest import ImapServer, letter
from wellheard.channels.mailbox.tests.test_codec import EICAR, PNG
from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.queries import message_state
from wellheard.channels.outbox.sending import send_one
from wellheard.channels.stops.queries import is_stopped
from wellheard.people.consent.queries import has_consent
from wellheard.people.patients.models import Patient

NOW = datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
pytestmark = pytest.mark.capability("C03")


def told() -> list[dict[str, Any]]:
    return [e.ids for e in Event.objects.filter(name="channels.reply_received").order_by("pk")]


def test_mail_is_kept_once_and_marked_only_then(mailbox: ImapServer, organisation: Any) -> None:
    mailbox.deliver(letter("Nobody came.\n\n-- \nRosa"))
    assert mailbox.seen() == [False]
    assert read_mailbox(organisation, at=NOW) == 1
    assert mailbox.seen() == [True]
    assert read_mailbox(organisation, at=NOW) == 0
    mail = IncomingMail.objects.get()
    inbound = mail.inbound
    assert inbound is not None
    assert inbound.body == "Ward 7 last night\n\nNobody came."
    assert mail.original.endswith("Rosa")
    # The clock starts when it arrived, not when we fetched it.
    assert inbound.received_at == datetime.fromtimestamp(1_772_637_000, UTC)
    patient = Patient.objects.get()
    assert (patient.name, mail.language) == ("Rosa Diaz", "en")
    assert has_consent(patient.pk, "email", "reply", NOW)
    assert told() == [{"inbound_id": inbound.pk, "patient_id": patient.pk}]


def test_mail_that_somebody_opened_first_is_not_missed(
    mailbox: ImapServer, organisation: Any
) -> None:
    read_mailbox(organisation, at=NOW)
    mailbox.deliver(letter())
    mailbox.open_in_a_mail_program()
    assert read_mailbox(organisation, at=NOW) == 1


def test_same_mail_delivered_twice_is_one(mailbox: ImapServer, organisation: Any) -> None:
    mailbox.deliver(letter())
    mailbox.deliver(b"Received: from a by b\r\n" + bytes(letter()))
    assert read_mailbox(organisation, at=NOW) == 2
    assert IncomingMail.objects.count() == len(told()) == 1


@pytest.fixture
def sent(
    patient: Patient, queue: Callable[..., Message], post_box: Path, settings: Any
) -> tuple[Message, str]:
    """A message that left to Rosa by e-mail, and its Message-ID as the mail server knew it."""
    settings.EMAIL_FROM = "care@riverbend.example"
    message = queue(patient, channel="email", about=("case", "12"))
    send_one(message.pk, clock=lambda: NOW - timedelta(minutes=10))
    attempt = message.attempts.get()
    attempt.provider_id = message_id("wh-test-1")
    attempt.save()
    return message, attempt.provider_id


def test_answer_finds_the_message_it_answers(
    sent: tuple[Message, str], mailbox: ImapServer, organisation: Any
) -> None:
    message, number = sent
    mailbox.deliver(letter("Thank you.", subject="Re: hello", headers={"In-Reply-To": number}))
    read_mailbox(organisation, at=NOW)
    inbound = InboundMessage.objects.get()
    assert (inbound.answers, inbound.body, inbound.patient) == (
        message,
        "Thank you.",
        message.patient,
    )


def test_forged_answer_from_another_address_joins_nothing(
    sent: tuple[Message, str], mailbox: ImapServer, organisation: Any
) -> None:
    message, number = sent
    mailbox.deliver(letter("Drop it.", sender="evil@example.net", headers={"In-Reply-To": number}))
    read_mailbox(organisation, at=NOW)
    mail = IncomingMail.objects.get()
    assert (mail.answers, mail.refers_to) == (None, message)
    assert mail.patient != message.patient


def test_delivery_report_marks_the_message_and_is_not_answered(
    sent: tuple[Message, str], mailbox: ImapServer, organisation: Any
) -> None:
    message, number = sent
    report = (
        "From: MAILER-DAEMON@mx.example.org\r\nReturn-Path: <>\r\nSubject: Undelivered\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        "Final-Recipient: rfc822; rosa.diaz@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {number}\r\n\r\nHello\r\n--b--\r\n"
    )
    mailbox.deliver(report.encode())
    read_mailbox(organisation, at=NOW)
    assert message_state(message) == "not_delivered"
    assert IncomingMail.objects.get().reason == "bounce"
    assert told() == []


def test_mail_of_a_machine_waits_for_a_person_and_is_then_taken_in(
    mailbox: ImapServer, organisation: Any, staff: Any, signed_in: Any
) -> None:
    mailbox.deliver(letter("I am away.", headers={"Auto-Submitted": "auto-replied"}))
    read_mailbox(organisation, at=NOW)
    mail = IncomingMail.objects.get()
    assert (mail.reason, told()) == ("automatic", [])
    client = signed_in(staff("px_specialist"))
    listed = client.get("/staff/mail/?show=aside").content.decode()
    assert "Ward 7 last night" in listed
    assert "A person wrote this" in client.get(f"/staff/mail/{mail.pk}/").content.decode()
    for _twice in range(2):
        client.post(f"/staff/mail/{mail.pk}/look/", {"as": "person"})
    assert len(told()) == 1
    assert not IncomingMail.objects.set_aside().exists()


def test_those_who_work_at_one_place_do_not_read_the_mailbox(
    mailbox: ImapServer, organisation: Any, staff: Any, signed_in: Any, place: Any
) -> None:
    mailbox.deliver(letter())
    read_mailbox(organisation, at=NOW)
    client = signed_in(staff("nurse_manager", places=[place]))
    assert client.get("/staff/mail/").status_code == 403
    mail = IncomingMail.objects.get()
    assert client.post(f"/staff/mail/{mail.pk}/look/", {"as": "person"}).status_code == 404


def test_stop_by_mail_ends_mails_and_opens_nothing(
    patient: Patient, mailbox: ImapServer, organisation: Any
) -> None:
    mailbox.deliver(letter("STOP", subject="Re: hello"))
    read_mailbox(organisation, at=NOW)
    inbound = InboundMessage.objects.get()
    assert (inbound.word, told()) == ("stop", [])
    assert is_stopped(organisation.pk, "email", inbound.address_digest)


def test_files_are_kept_refused_or_locked_away(mailbox: ImapServer, organisation: Any) -> None:
    files = [
        ("photo.png", "image/png", PNG),
        ("all.zip", "application/zip", b"PK\x03\x04 and more"),
        ("invoice.txt", "application/octet-stream", EICAR),
    ]
    mailbox.deliver(letter(files=files))
    read_mailbox(organisation, at=NOW)
    found = MailFile.objects.order_by("pk")
    assert [(f.state, f.why) for f in found] == [
        ("kept", ""),
        ("refused", "packed"),
        ("quarantined", "virus"),
    ]
    assert [hasattr(f, "content") for f in found] == [True, False, True]
    assert EICAR not in bytes(found[2].content.sealed)


def test_mail_that_is_too_large_is_read_in_part_and_says_so(
    mailbox: ImapServer, organisation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from wellheard.channels.mailbox import fetching
    from wellheard.channels.mailbox.limits import mail_rules

    small = replace(mail_rules(), largest_mail=3_000, read_of_larger=1_500)
    monkeypatch.setattr(fetching, "mail_rules", lambda: small)
    mailbox.deliver(letter(files=[("photo.png", "image/png", PNG + b"\0" * 9_000)]))
    read_mailbox(organisation, at=NOW)
    mail = IncomingMail.objects.get()
    assert "Nobody answered" in mail.words
    assert (mail.problems, mail.files.count()) == (["too_large"], 0)


class Scanner(socketserver.BaseRequestHandler):
    """Speaks clamd's INSTREAM; finds whatever holds the word "worm"."""

    def handle(self) -> None:
        command = self.request.recv(10)
        got = b""
        while size := struct.unpack(">I", self._exactly(4))[0]:
            got += self._exactly(size)
        verdict = b"Worm.Test FOUND" if b"worm" in got else b"OK"
        assert command == b"zINSTREAM\0"
        self.request.sendall(b"stream: " + verdict + b"\0")

    def _exactly(self, size: int) -> bytes:
        got = b""
        while len(got) < size:
            got += self.request.recv(size - len(got))
        return got


@pytest.fixture
def scanner(settings: Any) -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scanner) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        settings.CLAMD_HOST, settings.CLAMD_PORT = server.server_address
        yield
        server.shutdown()


def test_scanner_is_asked_about_every_good_file(
    scanner: None, mailbox: ImapServer, organisation: Any
) -> None:
    files = [("a.png", "image/png", PNG), ("b.png", "image/png", PNG + b"worm")]
    mailbox.deliver(letter(files=files))
    read_mailbox(organisation, at=NOW)
    assert [(f.state, f.found) for f in MailFile.objects.order_by("pk")] == [
        ("kept", ""),
        ("quarantined", "Worm.Test"),
    ]


def test_while_the_scanner_is_away_a_mail_waits_for_an_hour_and_then_its_file_is_locked(
    mailbox: ImapServer, organisation: Any, settings: Any
) -> None:
    settings.CLAMD_HOST, settings.CLAMD_PORT = "127.0.0.1", 9
    mailbox.deliver(letter(files=[("a.png", "image/png", PNG)]), on=NOW.timestamp())
    assert read_mailbox(organisation, at=NOW + timedelta(minutes=5)) == 0
    assert (mailbox.seen(), MailboxState.objects.get().trouble) == ([False], "mails_left")
    assert read_mailbox(organisation, at=NOW + timedelta(minutes=65)) == 1
    assert MailFile.objects.get().why == "not_scanned"


def test_wrong_password_is_said_on_the_page_and_loses_nothing(
    mailbox: ImapServer, organisation: Any, settings: Any, staff: Any, signed_in: Any
) -> None:
    mailbox.deliver(letter())
    settings.IMAP_PASSWORD = "wrong"
    assert read_mailbox(organisation, at=NOW) == 0
    page = signed_in(staff("px_specialist")).get("/staff/mail/").content.decode()
    assert "nothing is lost" in page
    settings.IMAP_PASSWORD = "a-secret"
    assert read_mailbox(organisation, at=NOW) == 1
    assert MailboxState.objects.get().trouble == ""


def test_death_between_keeping_and_marking_keeps_the_mail_once(
    mailbox: ImapServer, organisation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wellheard.channels.mailbox.server import OpenMailbox

    class Killed(BaseException):
        """What kill -9 looks like from inside: nothing after it runs."""

    def die(self: Any, uids: Any) -> None:
        raise Killed

    mailbox.deliver(letter(files=[("a.png", "image/png", PNG)]))
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(OpenMailbox, "mark_kept", die)
        read_mailbox(organisation, at=NOW)
    assert mailbox.seen() == [False]
    assert read_mailbox(organisation, at=NOW) == 1
    assert mailbox.seen() == [True]
    assert IncomingMail.objects.count() == MailFile.objects.count() == len(told()) == 1
