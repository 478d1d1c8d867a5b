"""What the gateway calls us with: signed receipts in any order, and what patients write."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from wellheard.channels.inbound.models import InboundMessage
from wellheard.channels.outbox.models import Message, Receipt
from wellheard.channels.outbox.queries import message_state
from wellheard.channels.outbox.sending import pack, send_one
from wellheard.channels.sms.signature import signature
from wellheard.channels.sms.tests.gateway import TOKEN, Gateway, post_signed
from wellheard.people.consent.queries import has_consent
from wellheard.people.patients.models import ContactPoint, Patient

pytestmark = pytest.mark.django_db
PHONE = "+13125550123"


@pytest.fixture
def daytime(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """Views ask the clock themselves; their now is the tests' now."""
    monkeypatch.setattr(timezone, "now", lambda: at + timedelta(minutes=5))


@pytest.fixture
def sent(
    gateway: Gateway, patient: Patient, queue: Callable[..., Message], at: datetime
) -> Message:
    message = queue(patient, channel="sms")
    send_one(message.pk, clock=lambda: at)
    return message


def signed_post(client: Any, settings: Any, path: str, fields: dict[str, str]) -> Any:
    address = settings.ADDRESS + path
    lists = {name: [value] for name, value in fields.items()}
    return client.post(
        path, fields, headers={"X-Twilio-Signature": signature(TOKEN, address, lists)}
    )


def receipt_path(message: Message) -> str:
    return reverse("sms:receipt", args=[message.attempts.get().token.hex])


def test_published_example_of_a_signature_holds() -> None:
    """The example of the provider's own documentation."""
    fields = {
        "CallSid": ["CA1234567890ABCDE"],
        "Caller": ["+14158675309"],
        "Digits": ["1234"],
        "From": ["+14158675309"],
        "To": ["+18005551212"],
    }
    address = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature("12345", address, fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_unsigned_call_is_refused(client: Any, sent: Message, settings: Any) -> None:
    fields = {"MessageSid": "SM00000001", "MessageStatus": "delivered"}
    assert client.post(receipt_path(sent), fields).status_code == 403
    settings.SMS_TOKEN = ""
    lists = {name: [value] for name, value in fields.items()}
    empty = signature("", settings.ADDRESS + receipt_path(sent), lists)
    answer = client.post(receipt_path(sent), fields, headers={"X-Twilio-Signature": empty})
    assert answer.status_code == 403
    assert message_state(sent) == "sent"


def test_altered_call_is_refused(client: Any, sent: Message, settings: Any) -> None:
    path = receipt_path(sent)
    signed = signature(TOKEN, settings.ADDRESS + path, {"MessageStatus": ["sent"]})
    answer = client.post(
        path, {"MessageStatus": "delivered"}, headers={"X-Twilio-Signature": signed}
    )
    assert answer.status_code == 403


def test_receipts_in_any_order_and_number_give_one_state(
    client: Any, sent: Message, settings: Any
) -> None:
    path = receipt_path(sent)
    reports = ["queued", "sending", "sent", "delivered"] * 3
    random.Random(7).shuffle(reports)
    for status in reports:
        fields = {"MessageSid": "SM00000001", "MessageStatus": status}
        assert signed_post(client, settings, path, fields).status_code == 204
    assert message_state(sent) == "delivered"
    assert sorted(Receipt.objects.values_list("status", flat=True)) == [
        "delivered",
        "queued",
        "sent",
    ]


def test_word_that_means_nothing_to_us_changes_nothing(
    client: Any, sent: Message, settings: Any
) -> None:
    fields = {"MessageSid": "SM00000001", "MessageStatus": "pondering"}
    assert signed_post(client, settings, receipt_path(sent), fields).status_code == 204
    assert Receipt.objects.count() == 0


def test_receipt_of_another_message_is_not_ours(client: Any, sent: Message, settings: Any) -> None:
    fields = {"MessageSid": "SM99999999", "MessageStatus": "delivered"}
    assert signed_post(client, settings, receipt_path(sent), fields).status_code == 404
    for token in ("0" * 32, "nonsense"):
        path = reverse("sms:receipt", args=[token])
        assert signed_post(client, settings, path, fields).status_code == 404


def test_receipt_of_a_sending_whose_worker_died_settles_it(
    client: Any,
    gateway: Gateway,
    patient: Patient,
    queue: Callable[..., Message],
    settings: Any,
    at: datetime,
) -> None:
    """Killed between sending and writing it down: the receipt proves that it left."""
    message = queue(patient, channel="sms")
    parcel = pack(message.pk, now=at)
    assert parcel is not None
    parcel.transport(parcel.delivery)
    fields = {"MessageSid": "SM00000001", "MessageStatus": "sent"}
    assert signed_post(client, settings, receipt_path(message), fields).status_code == 204
    assert message_state(message) == "sent"
    send_one(message.pk, clock=lambda: at + timedelta(hours=1))
    assert gateway.posts == 1


def test_undelivered_text_can_be_sent_afresh(
    client: Any,
    gateway: Gateway,
    sent: Message,
    settings: Any,
    actor: Any,
    at: datetime,
) -> None:
    from wellheard.channels.outbox.actions import retry_message

    fields = {"MessageSid": "SM00000001", "MessageStatus": "undelivered", "ErrorCode": "30003"}
    signed_post(client, settings, receipt_path(sent), fields)
    assert message_state(sent) == "not_delivered"
    retry_message(sent.pk, by=actor, at=at + timedelta(hours=1))
    send_one(sent.pk, clock=lambda: at + timedelta(hours=1))
    assert [text.key[-2:] for text in gateway.texts] == ["-1", "-2"]
    sent.refresh_from_db()
    assert message_state(sent) == "sent"


@pytest.mark.django_db(transaction=True)
def test_gateway_calls_back_over_real_http(
    gateway: Gateway,
    live_server: Any,
    settings: Any,
    patient: Patient,
    queue: Callable[..., Message],
    at: datetime,
) -> None:
    settings.ADDRESS = live_server.url
    message = queue(patient, channel="sms")
    send_one(message.pk, clock=lambda: at)
    text = gateway.texts[0]
    assert [gateway.report(text, s) for s in ("delivered", "sent", "delivered")] == [204] * 3
    assert post_signed(text.fields["StatusCallback"], {"MessageStatus": "failed"}, token="x") == 403
    assert message_state(message) == "delivered"


# -- what patients write -----------------------------------------------------------------------------


def say(client: Any, settings: Any, text: str, sid: str = "SMin1", sender: str = PHONE) -> str:
    path = reverse("sms:inbound", args=["riverbend"])
    fields = {"MessageSid": sid, "From": sender, "To": "+13125550000", "Body": text}
    answer = signed_post(client, settings, path, fields)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/xml")
    return str(answer.content.decode())


@pytest.mark.capability("A04")
def test_stop_ends_all_texts_in_one_request(
    client: Any,
    gateway: Gateway,
    patient: Patient,
    queue: Callable[..., Message],
    settings: Any,
    at: datetime,
    daytime: None,
) -> None:
    waiting = [queue(patient, key=p, purpose=p, channel="sms") for p in ("reply", "survey")]
    answer = say(client, settings, "Stop.")
    assert "you will get no more texts" in answer
    for message in waiting:
        send_one(message.pk, clock=lambda: at + timedelta(minutes=6))
        assert message.decisions.get().rule == "stopped"
    assert gateway.posts == 0
    assert ContactPoint.objects.get(kind="sms").stopped_at is not None


def test_second_stop_is_not_confirmed_again(
    client: Any, gateway: Gateway, patient: Patient, settings: Any, daytime: None
) -> None:
    assert "<Message>" in say(client, settings, "STOP", "SMin1")
    assert "<Message>" not in say(client, settings, "stop", "SMin2")


def test_same_call_twice_is_one_message(
    client: Any, gateway: Gateway, patient: Patient, settings: Any, daytime: None
) -> None:
    assert "<Message>" in say(client, settings, "HELP")
    assert "<Message>" not in say(client, settings, "HELP")
    assert InboundMessage.objects.count() == 1


def test_start_gives_back_what_stop_took(
    client: Any,
    gateway: Gateway,
    new_patient: Callable[..., Patient],
    queue: Callable[..., Message],
    settings: Any,
    at: datetime,
    daytime: None,
) -> None:
    patient = new_patient(consents=[("sms", "reply")])
    say(client, settings, "STOP", "SMin1")
    say(client, settings, "START", "SMin2")
    later = at + timedelta(minutes=10)
    assert has_consent(patient.pk, "sms", "reply", later)
    assert not has_consent(patient.pk, "sms", "survey", later)
    message = queue(patient, channel="sms")
    send_one(message.pk, clock=lambda: later)
    assert message_state(message) == "sent"


def test_stop_from_a_number_we_do_not_know_holds_when_it_is_given_later(
    client: Any,
    gateway: Gateway,
    organisation: Any,
    new_patient: Callable[..., Patient],
    queue: Callable[..., Message],
    settings: Any,
    at: datetime,
    daytime: None,
) -> None:
    say(client, settings, "STOP", sender="(312) 555-0199")
    patient = new_patient(phone="312-555-0199")
    message = queue(patient, channel="sms")
    send_one(message.pk, clock=lambda: at + timedelta(hours=1))
    assert message.decisions.get().rule == "stopped"


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("es", "ALTO", "ya no recibirá"),
        ("es", "STOP", "ya no recibirá"),
        ("ar", "توقف", "لن تصلك"),
        ("ar", "stop", "لن تصلك"),
        ("es", "ayuda", "Para hablar con una persona"),
    ],
)
def test_answer_is_in_the_language_of_the_patient(
    client: Any,
    gateway: Gateway,
    new_patient: Callable[..., Patient],
    settings: Any,
    daytime: None,
    language: str,
    word: str,
    expected: str,
) -> None:
    new_patient(language=language)
    assert expected in say(client, settings, word)


def test_gateway_that_answers_itself_is_not_answered(
    client: Any, gateway: Gateway, patient: Patient, settings: Any, daytime: None
) -> None:
    settings.SMS_ANSWERS = False
    assert "<Message>" not in say(client, settings, "STOP")


def test_any_other_text_is_kept_for_somebody_to_read(
    client: Any, sent: Message, settings: Any, daytime: None
) -> None:
    from wellheard.channels.inbound.queries import reply

    assert "<Message>" not in say(client, settings, "Thank you, but nobody called me back <b>")
    found = reply(InboundMessage.objects.get().pk)
    assert found.text == "Thank you, but nobody called me back <b>"
    assert (found.message_id, found.patient_id) == (sent.pk, sent.patient_id)
    assert "nobody called" not in repr(found)


def test_inbound_of_no_organisation_is_not_found(
    client: Any, gateway: Gateway, organisation: Any, settings: Any
) -> None:
    path = reverse("sms:inbound", args=["elsewhere"])
    assert signed_post(client, settings, path, {"Body": "STOP"}).status_code == 404
    home = reverse("sms:inbound", args=["riverbend"])
    assert client.post(home, {"Body": "STOP", "From": PHONE}).status_code == 403
