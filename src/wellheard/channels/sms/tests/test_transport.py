"""Posting to a real HTTP gateway on this machine: its good days and its bad ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wellheard.base.events.models import Event
from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.queries import message_state
from wellheard.channels.outbox.sending import send_one
from wellheard.channels.outbox.transport import Delivery, TransportError
from wellheard.channels.sms.tests.gateway import ACCOUNT, TOKEN, Gateway, Turn, login_of
from wellheard.channels.sms.transport import send
from wellheard.channels.stops.queries import is_stopped
from wellheard.people.patients.models import Patient
from wellheard.people.patients.queries import contact_digest

PARCEL = Delivery(
    key="wh-1-2-1",
    to="+13125550123",
    text="Hello\nSeñora",
    at=datetime(2026, 3, 4, tzinfo=UTC),
    receipts_to="https://example.org/channels/sms/receipt/abc/",
)


def test_form_login_and_key_reach_the_gateway(gateway: Gateway) -> None:
    accepted = send(PARCEL)
    assert accepted.provider_id == "SM00000001"
    assert gateway.texts[0].key == "wh-1-2-1"
    assert gateway.logins == [login_of(ACCOUNT, TOKEN)]
    assert gateway.texts[0].fields == {
        "To": "+13125550123",
        "From": "+13125550000",
        "Body": "Hello\nSeñora",
        "StatusCallback": "https://example.org/channels/sms/receipt/abc/",
    }


def test_messaging_service_takes_the_place_of_a_number(gateway: Gateway, settings: Any) -> None:
    settings.SMS_FROM = "MG77"
    send(PARCEL)
    fields = gateway.texts[0].fields
    assert fields["MessagingServiceSid"] == "MG77"
    assert "From" not in fields


@pytest.mark.parametrize(
    ("turn", "code", "permanent", "stopped", "wait"),
    [
        (Turn(400, "21610"), "21610", True, True, 0),
        (Turn(400, "21211"), "21211", True, False, 0),
        (Turn(404, ""), "http-404", True, False, 0),
        (Turn(429, "20429", {"Retry-After": "17"}), "20429", False, False, 17),
        (Turn(400, "30001"), "30001", False, False, 0),
        (Turn(401, "20003"), "20003", False, False, 0),
        (Turn(500, ""), "http-500", False, False, 0),
        (
            Turn(503, "", {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
            "http-503",
            False,
            False,
            0,
        ),
        (Turn(302, "", {"Location": "http://127.0.0.1:1/"}), "http-302", True, False, 0),
    ],
)
def test_refusal_is_read(
    gateway: Gateway, turn: Turn, code: str, permanent: bool, stopped: bool, wait: float
) -> None:
    gateway.turns.append(turn)
    with pytest.raises(TransportError) as caught:
        send(PARCEL)
    error = caught.value
    assert (error.code, error.permanent, error.stopped, error.wait) == (
        code,
        permanent,
        stopped,
        wait,
    )


def test_slow_gateway_is_not_waited_for_for_ever(gateway: Gateway, settings: Any) -> None:
    settings.CHANNEL_TIMEOUT_SECONDS = 0.3
    gateway.turns.append(Turn(delay=1.0))
    with pytest.raises(TransportError) as caught:
        send(PARCEL)
    assert (caught.value.code, caught.value.permanent) == ("timeout", False)


def test_gateway_that_hangs_up_is_tried_again(gateway: Gateway) -> None:
    gateway.turns.append(Turn(silent=True))
    with pytest.raises(TransportError) as caught:
        send(PARCEL)
    assert not caught.value.permanent


def test_gateway_that_is_away_is_tried_again(settings: Any) -> None:
    settings.SMS_GATEWAY = "http://127.0.0.1:9"
    with pytest.raises(TransportError) as caught:
        send(PARCEL)
    assert not caught.value.permanent


def test_login_never_leaves_in_the_clear(settings: Any) -> None:
    settings.SMS_GATEWAY = "http://gateway.example.org"
    with pytest.raises(TransportError, match="gateway-not-https"):
        send(PARCEL)


def test_error_names_neither_number_nor_words(gateway: Gateway) -> None:
    gateway.turns.append(Turn(400, "21211"))
    with pytest.raises(TransportError) as caught:
        send(PARCEL)
    told = f"{caught.value!r} {PARCEL!r}"
    assert "3125550123" not in told
    assert "Señora" not in told


# -- with the outbox ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_lost_answer_gives_one_text(
    gateway: Gateway, patient: Patient, queue: Callable[..., Message], at: datetime
) -> None:
    """The gateway took it and hung up: the next try carries the same key and doubles nothing."""
    gateway.turns.append(Turn(silent=True))
    message = queue(patient, channel="sms")
    send_one(message.pk, clock=lambda: at)
    assert message_state(message) == "waiting"
    send_one(message.pk, clock=lambda: at + timedelta(minutes=2))
    assert message_state(message) == "sent"
    assert gateway.posts == 2
    assert len(gateway.texts) == 1


@pytest.mark.django_db
def test_failing_gateway_ends_with_a_person(
    gateway: Gateway, patient: Patient, queue: Callable[..., Message], at: datetime
) -> None:
    message = queue(patient, channel="sms")
    gateway.turns.extend(Turn(503) for _ in range(20))
    moment = at
    for _ in range(20):
        send_one(message.pk, clock=lambda now=moment: now)
        message.refresh_from_db()
        if message.due_at is None:
            break
        moment = message.due_at
    assert message_state(message) == "gave_up"
    assert gateway.posts == 8
    assert timedelta(hours=3) < moment - at < timedelta(hours=12)


@pytest.mark.django_db
def test_retry_is_not_earlier_than_the_wait(
    gateway: Gateway, patient: Patient, queue: Callable[..., Message], at: datetime
) -> None:
    gateway.turns.append(Turn(429, "20429", {"Retry-After": "600"}))
    message = queue(patient, channel="sms")
    send_one(message.pk, clock=lambda: at)
    send_one(message.pk, clock=lambda: at + timedelta(seconds=599))
    assert gateway.posts == 1
    send_one(message.pk, clock=lambda: at + timedelta(seconds=600))
    assert message_state(message) == "sent"


@pytest.mark.django_db
@pytest.mark.capability("A04")
def test_opted_out_at_the_gateway_is_a_stop_for_good(
    gateway: Gateway, patient: Patient, queue: Callable[..., Message], at: datetime
) -> None:
    gateway.turns.append(Turn(400, "21610"))
    message = queue(patient, key="a", channel="sms")
    send_one(message.pk, clock=lambda: at)
    assert message_state(message) == "refused"
    assert is_stopped(message.organisation_id, "sms", contact_digest("+13125550123"))
    again = queue(patient, key="b", channel="sms")
    send_one(again.pk, clock=lambda: at)
    assert again.decisions.get().rule == "stopped"
    assert gateway.posts == 1


@pytest.mark.django_db
@pytest.mark.capability("N03")
def test_no_words_and_no_number_in_jobs_and_events(
    gateway: Gateway, patient: Patient, queue: Callable[..., Message], at: datetime
) -> None:
    from django_tasks_db.models import DBTaskResult

    message = queue(patient, channel="sms", body="A canary: Zyxwvut.")
    send_one(message.pk, clock=lambda: at)
    told = [str(job.args_kwargs) for job in DBTaskResult.objects.all()]
    told += [str(event.ids) for event in Event.objects.all()]
    assert not any("Zyxwvut" in line or "3125550123" in line for line in told)
    assert "+13125550123" in gateway.texts[0].fields["To"]
