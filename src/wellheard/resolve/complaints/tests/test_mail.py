"""Mails become inquiries and grievances, join their case, and are acknowledged within reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from wellheard.base.events.happening import Happening
from wellheard.base.events.models import Event
from wellheard.channels.mailbox.actions import keep_mail
from wellheard.channels.mailbox.codec import read_mail
from wellheard.channels.mailbox.fetching import take_raw
from wellheard.channels.mailbox.limits import mail_rules
from wellheard.channels.mailbox.models import MailFile, MailFileContent
from wellheard.channels.mailbox.server import Fetched
from wellheard.channels.mailbox.tests.conftest import letter
from wellheard.channels.mailbox.tests.test_codec import EICAR
from wellheard.channels.outbox.models import Message
from wellheard.resolve.complaints import reactions
from wellheard.resolve.complaints.models import Case

pytestmark = pytest.mark.capability("C03")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n"
ANA = "Ana Example <ana@example.org>"


@pytest.fixture
def came(organisation: Any, officer: Any, policy: Any) -> Callable[..., None]:
    """``came(at, text, ...)``: a mail arrives and everybody who reacts to it has."""

    def arrive(at: datetime, text: str = "Nobody answered the bell at night.", **more: Any) -> None:
        before = set(Event.objects.values_list("pk", flat=True))
        raw = bytes(letter(text, **more))
        take_raw(Fetched(raw, at, False), organisation=organisation, at=at)
        for name, react in (
            ("channels.reply_received", reactions.when_reply_received),
            ("listen.comment_received", reactions.when_comment_received),
        ):
            for event in Event.objects.filter(name=name).exclude(pk__in=before):
                for _twice in range(2):
                    react(Happening(event.pk, name, organisation.pk, at, event.ids))

    return arrive


def test_mail_in_spanish_is_answered_in_spanish_once(
    came: Callable[..., None], at: datetime
) -> None:
    came(at, "Nadie contestó el timbre en toda la noche y mi madre tenía mucho dolor.")
    case = Case.objects.get()
    assert (case.channel, case.received_at, case.language) == ("email", at, "es")
    message = Message.objects.get()
    assert (message.language, message.about_id) == ("es", str(case.pk))
    assert case.classifications.get().facts["written"] is True


def test_files_of_a_mail_come_to_the_case_and_dangerous_ones_are_only_named(
    came: Callable[..., None], at: datetime, officer: Any, signed_in: Any
) -> None:
    files = [
        ("scan.pdf", "application/pdf", PDF),
        ("runs.pdf", "application/pdf", PDF.replace(b"<<>>", b"<</JavaScript 1>>")),
        ("worm.txt", "text/plain", EICAR),
    ]
    came(at, files=files)
    case = Case.objects.get()
    assert [file.name for file in case.casefiles.all()] == ["scan.pdf"]
    assert [file.state for file in MailFile.objects.order_by("pk")] == [
        "kept",
        "refused",
        "quarantined",
    ]
    # The case holds the good one now; what is locked away stays sealed.
    assert MailFileContent.objects.get().file.name == "worm.txt"
    page = signed_in(officer).get(f"/staff/cases/{case.pk}/").content.decode()
    assert "worm.txt" in page
    assert "Locked away" in page


def test_reference_in_the_subject_counts_only_from_the_person_of_the_case(
    came: Callable[..., None], opened: Callable[..., Case], at: datetime
) -> None:
    case = opened()
    subject = f"About {case.reference}, again"
    came(at, "My glasses are lost too.", subject=subject, sender=ANA)
    assert case.said.get(part="addition").comment.text.endswith("My glasses are lost too.")
    came(at, "I am her lawyer.", subject=subject, sender="x@example.net", message_id="<2@x>")
    assert case.said.filter(part="addition").count() == 1
    assert Case.objects.count() == 2


def test_mailbox_that_answers_by_itself_is_acknowledged_so_often_and_no_more(
    came: Callable[..., None], at: datetime
) -> None:
    for number in range(6):
        came(
            at + timedelta(minutes=number),
            f"Thank you for your mail number {number}, we are closed until Monday {number}.",
            message_id=f"<{number}@x>",
            subject=f"Closed {number}",
        )
    # Nothing is lost: each is a case that a person sees; the machine is answered three times.
    assert Case.objects.count() == 6
    assert Message.objects.count() == mail_rules().acknowledgements_a_day


def test_mail_of_a_machine_opens_nothing(organisation: Any, at: datetime) -> None:
    mail = read_mail(bytes(letter(headers={"Precedence": "bulk"})), mail_rules())
    kept = keep_mail(mail, [], organisation=organisation, reason="bulk", arrived_at=at, at=at)
    assert (kept.inbound, Case.objects.count(), Message.objects.count()) == (None, 0, 0)
