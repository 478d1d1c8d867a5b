"""One-click unsubscribe (RFC 8058) as mail programs and people do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from wellheard.channels.email.tests.conftest import MailServer
from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.sending import send_one
from wellheard.people.consent.queries import has_consent
from wellheard.people.patients.models import Patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(
    mail_server: MailServer, patient: Patient, queue: Callable[..., Message], at: datetime
) -> str:
    """Where the button of a survey mail points, without the host."""
    send_one(queue(patient, channel="email", purpose="survey").pk, clock=lambda: at)
    header = str(mail_server.letters()[0]["List-Unsubscribe"])
    return urlsplit(header.strip("<>")).path


@pytest.fixture
def strict() -> Client:
    """A client that is refused where a CSRF token is missing, as browsers are."""
    return Client(enforce_csrf_checks=True)


def agrees(patient: Patient, purpose: str = "survey") -> bool:
    from django.utils import timezone

    return has_consent(patient.pk, "email", purpose, timezone.now() + timedelta(days=1))


def test_opening_the_link_changes_nothing(strict: Client, address: str, patient: Patient) -> None:
    for method in (strict.get, strict.head):
        assert method(address).status_code == 200
    assert agrees(patient)


def test_one_post_without_cookies_ends_surveys_only(
    strict: Client, address: str, patient: Patient
) -> None:
    answer = strict.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not agrees(patient)
    assert agrees(patient, "reply")
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_button_of_the_page_does_the_same(strict: Client, address: str, patient: Patient) -> None:
    assert "Yes, stop these emails" in strict.get(address).content.decode()
    done = strict.post(address, {"List-Unsubscribe": "One-Click", "from_page": "yes"})
    assert "You will get no more of these emails" in done.content.decode()
    assert not agrees(patient)


def test_altered_link_opens_nothing(strict: Client, address: str, patient: Patient) -> None:
    broken = address[:-3] + ("AA/" if not address.endswith("AA/") else "BB/")
    assert strict.post(broken, {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert agrees(patient)


def test_page_speaks_the_language_of_the_mail(
    strict: Client,
    mail_server: MailServer,
    new_patient: Callable[..., Patient],
    queue: Callable[..., Message],
    at: datetime,
) -> None:
    patient = new_patient(language="ar", email="huda@example.org", phone="")
    send_one(queue(patient, channel="email", purpose="survey").pk, clock=lambda: at)
    path = urlsplit(str(mail_server.letters()[0]["List-Unsubscribe"]).strip("<>")).path
    page = strict.get(path).content.decode()
    assert 'dir="rtl"' in page
    assert "هل تريد إيقاف هذه الرسائل؟" in page


def test_answers_carry_no_unsubscribe_button(
    mail_server: MailServer, patient: Patient, queue: Callable[..., Message], at: datetime
) -> None:
    send_one(queue(patient, channel="email", purpose="reply").pk, clock=lambda: at)
    assert mail_server.letters()[0]["List-Unsubscribe"] is None
