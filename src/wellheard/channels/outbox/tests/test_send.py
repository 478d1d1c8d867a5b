"""A message on its way through the folder transport."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.queries import message_state
from wellheard.channels.outbox.sending import RECEIPTS, UNSUBSCRIBING, send_one
from wellheard.people.patients.models import Patient

pytestmark = pytest.mark.django_db


def test_message_reaches_the_post_box(
    patient: Patient, queue: Callable[..., Message], post_box: Path, at: datetime
) -> None:
    message = queue(patient, channel="sms")
    send_one(message.pk, clock=lambda: at)
    files = list(post_box.iterdir())
    assert [f.suffix for f in files] == [".txt"]
    assert files[0].read_text("utf-8").startswith("To: +13125550123\n\nWe read what")
    assert message_state(message) == "sent"


def test_same_key_is_one_message(patient: Patient, queue: Callable[..., Message]) -> None:
    assert queue(patient, key="a").pk == queue(patient, key="a").pk
    assert Message.objects.count() == 1


def test_second_sending_does_nothing(
    patient: Patient, queue: Callable[..., Message], post_box: Path, at: datetime
) -> None:
    message = queue(patient)
    for minutes in (0, 10, 20):
        send_one(message.pk, clock=lambda m=minutes: at + timedelta(minutes=m))
    assert message.attempts.count() == 1
    assert len(list(post_box.iterdir())) == 1


def test_addresses_in_messages_are_the_addresses_of_the_pages() -> None:
    assert RECEIPTS.format(token="abc") == reverse("sms:receipt", args=["abc"])
    assert UNSUBSCRIBING.format(signed="1:x") == reverse("email:unsubscribe", args=["1:x"])
