"""Reading mails, also those that no program should have written."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.channels.mailbox.codec import Part, read_mail
from wellheard.channels.mailbox.files import judge, judge_one
from wellheard.channels.mailbox.limits import mail_rules
from wellheard.channels.mailbox.loops import machine_reason
from wellheard.channels.mailbox.quotes import new_words
from wellheard.channels.mailbox.tests.conftest import letter

RULES = mail_rules()
OWN = frozenset({"care@riverbend.example"})
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Thank you.\n\n-- \nRosa\n555 0100", "Thank you."),
        ("Gracias.\n\nEl mié, 4 mar 2026 a las 9:00, Care escribió:\n> Hola", "Gracias."),
        (
            "It helped.\n\nOn Wed, Mar 4, 2026 at 9:00 AM Care\n<care@x.org> wrote:\n> Hi\n> There",
            "It helped.",
        ),
        ("شكرا\n\nفي الأربعاء، 4 مارس 2026 كتب Care <care@x.org>:\n> مرحبا", "شكرا"),
        ("No.\n\nFrom: Care\nSent: Wednesday\nTo: Rosa\nSubject: Hi\n\nHello", "No."),
        ("Yes.\n\n-----Original Message-----\nFrom: Care\n\nHello", "Yes."),
        ("On Mon Care wrote:\n> When was it?\nAt nine.\n> Where?\nWard 7.", "At nine.\nWard 7."),
        ("Pain all night.\n\nSent from my iPhone", "Pain all night."),
        ("> only quoted\n> lines", "> only quoted\n> lines"),
        (
            "On Monday the nurse wrote: take two.\nShe was wrong.",
            "On Monday the nurse wrote: take two.\nShe was wrong.",
        ),
    ],
)
def test_new_words_stand_without_quote_and_signature(text: str, words: str) -> None:
    assert new_words(text, RULES) == words


def raw(head: str, body: bytes) -> bytes:
    return head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        ("text/plain; charset=utf-8", "Señora".encode(), "Señora"),
        ("text/plain; charset=iso-8859-1", "Señora".encode("latin-1"), "Señora"),
        ("text/plain; charset=windows-1256", "شكرا".encode("cp1256"), "شكرا"),
        ("text/plain; charset=no-such-thing", "Señora".encode(), "Señora"),
        ("text/plain", "Señora".encode("latin-1"), "Señora"),
        ("text/plain; charset=utf-7", b"half +2AA- of it", "half ? of it"),
        ("text/plain; charset=utf-8", "Señora".encode("latin-1"), "Señora"),
        (
            "text/html",
            b"<p>Hello<br>you</p><script>x()</script><blockquote>Old</blockquote>",
            "Hello\nyou",
        ),
        ("text/html", b"<div>One</div><div>Two &amp; three", "One\nTwo & three"),
        ("multipart/mixed", b"no boundary at all", "no boundary at all"),
        ("nonsense", b"Words", "Words"),
    ],
)
def test_words_are_found_whatever_the_mail_says_of_itself(
    content_type: str, body: bytes, words: str
) -> None:
    mail = read_mail(raw(f"From: a@b.org\nContent-Type: {content_type}", body), RULES)
    assert mail.words == words


def test_headers_are_decoded_and_broken_ones_do_no_harm() -> None:
    head = (
        "From: =?utf-8?q?D=C3=ADaz=2C_Rosa?= <Rosa@Example.org>\n"
        "Subject: =?bogus?q?x?= caf=?utf-8?b?w6k=?=\nDate: yesterday\n"
        "References: <a@x> <b@x>\nIn-Reply-To: <b@x>"
    )
    mail = read_mail(raw(head, b"Hi"), RULES)
    assert mail.sender == "Rosa@Example.org"
    assert "Rosa" in mail.sender_name
    assert mail.sent_at is None
    assert mail.answers == ("<b@x>", "<a@x>")


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_can_be_read(content: bytes) -> None:
    read_mail(content, RULES)
    read_mail(
        b"From: a@b.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + content,
        RULES,
    )


def test_same_mail_by_two_ways_is_one_and_the_same_id_on_two_mails_is_two() -> None:
    one = bytes(letter())
    by_another_way = b"Received: from a by b\r\n" + one
    other = bytes(letter("Something else."))
    prints = [read_mail(each, RULES).fingerprint for each in (one, by_another_way, other)]
    assert prints[0] == prints[1] != prints[2]


def test_mail_within_mail_without_end_is_read_to_a_depth() -> None:
    inner = letter("deep")
    for _level in range(30):
        outer = letter("outer")
        outer.add_attachment(inner)
        inner = outer
    mail = read_mail(bytes(inner), RULES)
    assert "outer" in mail.words
    assert mail.problems == ("too_deep",)


@pytest.mark.parametrize(
    ("headers", "sender", "reason"),
    [
        ({}, "Rosa <rosa@example.org>", ""),
        ({"Auto-Submitted": "no"}, "rosa@example.org", ""),
        ({"Auto-Submitted": "auto-replied; x=y"}, "rosa@example.org", "automatic"),
        ({"Precedence": "bulk"}, "rosa@example.org", "bulk"),
        ({"Return-Path": "<>"}, "rosa@example.org", "bounce"),
        ({"X-Autoreply": "yes"}, "rosa@example.org", "automatic"),
        ({}, "MAILER-DAEMON@example.org", "automatic"),
        ({}, "Care <CARE@riverbend.example>", "own"),
        ({}, "nobody at all", "no_sender"),
    ],
)
def test_what_a_machine_wrote_is_told_from_a_person(
    headers: dict[str, str], sender: str, reason: str
) -> None:
    lines = "\n".join(f"{name}: {value}" for name, value in {"From": sender, **headers}.items())
    assert machine_reason(read_mail(raw(lines, b"Hi"), RULES), OWN, RULES) == reason


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        for name in names:
            folder.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "state", "why"),
    [
        ("photo.png", PNG, "kept", ""),
        ("PHOTO.PNG", PNG, "kept", ""),
        ("letter.pdf", b"%PDF-1.7 ...", "kept", ""),
        ("letter.docx", packed("[Content_Types].xml", "word/document.xml"), "kept", ""),
        (
            "macro.docx",
            packed("word/document.xml", "word/vbaProject.bin"),
            "quarantined",
            "program",
        ),
        ("all.zip", packed("a.txt"), "refused", "packed"),
        ("zip.docx", packed("inner.zip"), "refused", "packed"),
        ("a.gz", b"\x1f\x8b rest", "refused", "packed"),
        ("photo.jpg", PNG, "quarantined", "name_lies"),
        ("photo.png.exe", PNG, "quarantined", "program"),
        ("photo.png", b"MZ program", "quarantined", "program"),
        ("test.txt", EICAR, "quarantined", "virus"),
        ("sheet.xyz", b"\x01\x02", "refused", "kind"),
    ],
)
def test_files_are_judged_by_content_and_name(
    name: str, content: bytes, state: str, why: str
) -> None:
    verdict = judge_one(Part(name, "application/octet-stream", content))
    assert (verdict.state, verdict.why) == (state, why)


def test_more_and_larger_files_than_we_keep_are_refused_and_dangerous_ones_still_found() -> None:
    many = [Part("a.png", "image/png", PNG)] * (RULES.most_files + 1)
    verdicts = judge([*many, Part("x.txt", "text/plain", EICAR)], RULES)
    assert [v.why for v in verdicts[-2:]] == ["too_many", "virus"]
    large = Part("a.png", "image/png", PNG + b"\0" * RULES.largest_file)
    assert judge([large], RULES)[0].why == "too_large"
