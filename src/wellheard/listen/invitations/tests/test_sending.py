"""The link to go on with, sent to an address that is not kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from wellheard.channels.outbox import sending
from wellheard.channels.outbox.models import Message, MessageAttempt
from wellheard.channels.outbox.wording import lint
from wellheard.channels.stops.actions import stop_address
from wellheard.listen.invitations.actions import invite
from wellheard.listen.invitations.vocabulary import link_wording
from wellheard.people.patients.queries import contact_digest

pytestmark = [pytest.mark.django_db, pytest.mark.capability("B04")]
ADDRESS = "ana@example.org"


@pytest.fixture
def sent(settings: Any, tmp_path: Path) -> Callable[[], list[Any]]:
    """The letters that left, oldest first."""
    settings.HOME = tmp_path
    settings.CHANNEL_TRANSPORTS = {"sms": "folder", "email": "folder"}

    def letters() -> list[Any]:
        files = sorted((tmp_path / "sent").glob("*.eml"))
        return [message_from_bytes(each.read_bytes(), policy=default) for each in files]

    return letters


def begun(place: Any, actor: Any, *, anonymous: bool) -> str:
    made = invite(
        place=place, instrument_code="pulse", anonymous=anonymous, by=actor, at=timezone.now()
    )
    link = f"/en/s/{made.token}/"
    Client().post(f"{link}rating/", {"answer": "7"})
    return link


def leave() -> None:
    for message in Message.objects.all():
        sending.send_one(message.pk, clock=timezone.now)


@pytest.mark.parametrize("anonymous", [False, True])
def test_link_arrives_goes_on_where_one_stopped_and_no_address_is_kept(
    place: Any,
    actor: Any,
    sent: Callable[[], list[Any]],
    anonymous: bool,
    staff: Any,
    person_of: Any,
) -> None:
    link = begun(place, actor, anonymous=anonymous)
    page = Client().post(f"{link}go-on-later/", {"contact": " Ana@example.org "})
    assert "on its way" in page.content.decode()
    leave()
    (letter,) = sent()
    assert letter["To"] == ADDRESS and link in letter.get_body().get_content()
    message = Message.objects.get()
    assert (message.once, message.body, message.short, message.about_id) == ("", "", "", "")
    assert message.patient is None and MessageAttempt.objects.get().contact is None
    officer = person_of(staff("px_specialist"))
    assert not Message.objects.visible_to(officer).exists(), "nobody reads it"
    again = Client().get(f"{link}rating/").content.decode()
    assert 'value="7" checked' in again


def test_address_that_said_stop_gets_nothing_and_is_forgotten(
    place: Any, actor: Any, sent: Callable[[], list[Any]]
) -> None:
    link = begun(place, actor, anonymous=False)
    stop_address(
        kind="email", address_digest=contact_digest(ADDRESS), source="gateway", by=actor,
        at=timezone.now(),
    )  # fmt: skip
    Client().post(f"{link}go-on-later/", {"contact": ADDRESS})
    leave()
    assert not sent() and Message.objects.get().once == ""


@pytest.mark.parametrize("typed", ["", "12", "nobody@"])
def test_address_that_cannot_be_read_is_asked_for_again(place: Any, actor: Any, typed: str) -> None:
    link = begun(place, actor, anonymous=False)
    page = Client().post(f"{link}go-on-later/", {"contact": typed})
    assert page.status_code == 422 and 'href="#contact"' in page.content.decode()
    assert not Message.objects.exists()


def test_nobody_is_pestered_through_a_link(
    place: Any, actor: Any, sent: Callable[[], list[Any]]
) -> None:
    link = begun(place, actor, anonymous=False)
    for _ in range(3):
        Client().post(f"{link}go-on-later/", {"contact": ADDRESS})
        leave()
    page = Client().post(f"{link}go-on-later/", {"contact": ADDRESS})
    assert page.status_code == 422 and len(sent()) == 3
    MessageAttempt.objects.update(started_at=timezone.now() - timedelta(days=1, minutes=1))
    assert Client().post(f"{link}go-on-later/", {"contact": ADDRESS}).status_code == 200


def test_wording_may_be_used() -> None:
    assert lint(link_wording()) == ()
