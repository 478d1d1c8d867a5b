"""The e-mail itself: plain text first, and headers that nobody can add to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wellheard.channels.email.letter import letter
from wellheard.channels.outbox.transport import Delivery, TransportError

PLAIN = Delivery(
    key="wh-1-2-1",
    to="rosa.diaz@example.org",
    subject="We read what you told us",
    text="Dear Rosa,\n\nWe read it.\nThank you.\n\nRiverbend",
    at=datetime(2026, 3, 4, 15, 30, tzinfo=UTC),
    sender_name="Riverbend Health",
)


@pytest.fixture(autouse=True)
def sender(settings: Any) -> None:
    settings.EMAIL_FROM = "Riverbend <care@riverbend.example>"
    settings.EMAIL_REPLY_TO = "answers@riverbend.example"


def written(delivery: Delivery) -> EmailMessage:
    parsed = message_from_bytes(bytes(letter(delivery)), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_plain_text_comes_first_and_says_the_same() -> None:
    mail = written(PLAIN)
    parts = list(mail.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert "We read it.\nThank you." in parts[0].get_content().replace("\r\n", "\n")
    assert "<p>We read it.<br>Thank you.</p>" in parts[1].get_content()


def test_headers_say_who_and_which() -> None:
    mail = written(PLAIN)
    assert mail["From"] == "Riverbend Health <care@riverbend.example>"
    assert mail["Message-ID"] == "<wh-1-2-1@riverbend.example>"
    assert mail["Date"] == "Wed, 04 Mar 2026 15:30:00 +0000"
    assert mail["Reply-To"] == "answers@riverbend.example"
    assert mail["List-Unsubscribe"] is None


def test_unsubscribe_headers_are_a_pair() -> None:
    mail = written(replace(PLAIN, unsubscribe_at="https://example.org/u/1:abc/"))
    assert mail["List-Unsubscribe"] == "<https://example.org/u/1:abc/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_arabic_is_whole_and_runs_from_the_right() -> None:
    text = "السلام عليكم،\n\nقرأنا ما أخبرتنا به."
    mail = written(replace(PLAIN, text=text, subject="قرأنا رسالتك", language="ar"))
    plain, page = list(mail.iter_parts())
    assert plain.get_content().replace("\r\n", "\n").strip() == text
    assert mail["Subject"] == "قرأنا رسالتك"
    assert '<html lang="ar" dir="rtl">' in page.get_content()


def test_mail_is_seven_bits_for_servers_that_know_no_more() -> None:
    text = "Señora\n" + "شكرًا " * 400
    raw = bytes(letter(replace(PLAIN, text=text, subject="قرأنا رسالتك", sender_name="Señora")))
    assert raw.isascii()
    assert max(len(line) for line in raw.splitlines()) <= 998


def test_markup_in_words_stays_text() -> None:
    mail = written(replace(PLAIN, text="<script>alert(1)</script> {{7*7}}"))
    page = list(mail.iter_parts())[1].get_content()
    assert "<script" not in page
    assert "{{7*7}}" in page


HOSTILE = "Hello\r\nBcc: everybody@example.org\r\n\r\nbody"


@pytest.mark.parametrize("field", ["subject", "sender_name", "language"])
def test_header_cannot_be_continued(field: str) -> None:
    mail = written(replace(PLAIN, **{field: HOSTILE}))  # type: ignore[arg-type]
    assert mail["Bcc"] is None
    assert len(list(mail.iter_parts())) == 2


@pytest.mark.parametrize(
    "address",
    [
        "rosa@example.org\r\nBcc: x@example.org",
        "rosa@example.org, other@example.org",
        "rosa",
        "",
        "<rosa@example.org>",
    ],
)
def test_bad_address_is_refused_for_good(address: str) -> None:
    with pytest.raises(TransportError) as caught:
        letter(replace(PLAIN, to=address))
    assert caught.value.permanent


@given(st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_words_add_a_header(subject: str, name: str) -> None:
    known = {
        "From", "To", "Reply-To", "Subject", "Message-ID", "Date", "Content-Language", "Auto-Submitted",
        "MIME-Version", "Content-Type",
    }  # fmt: skip
    try:
        mail = written(replace(PLAIN, subject=subject, sender_name=name))
    except TransportError:
        return
    assert set(mail.keys()) <= known
    assert [address.addr_spec for address in mail["To"].addresses] == ["rosa.diaz@example.org"]
