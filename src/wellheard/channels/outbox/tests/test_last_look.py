"""What is asked just before a message leaves, on real rows: changes made until then count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.queries import message_state
from wellheard.channels.outbox.sending import send_one
from wellheard.people.consent.actions import withdraw_consent
from wellheard.people.patients.actions import add_contact, change_patient, record_death
from wellheard.people.patients.models import Patient
from wellheard.people.preferences.actions import Wishes, state_wishes

pytestmark = pytest.mark.django_db
Queue = Callable[..., Message]


def wish(patient: Patient, actor: Any, at: datetime, **wishes: Any) -> None:
    plain = {"channel": "", "quiet_from": None, "quiet_until": None, "weekly_cap": None}
    state_wishes(patient=patient, wishes=Wishes(**(plain | wishes)), by=actor, at=at)


def sent_files(post_box: Path) -> list[str]:
    return sorted(path.suffix for path in post_box.iterdir()) if post_box.exists() else []


def rule_of(message: Message) -> str:
    return message.decisions.order_by("-pk")[0].rule


@pytest.mark.capability("E01")
@pytest.mark.parametrize(("channel", "ending"), [("sms", ".txt"), ("email", ".eml")])
def test_wish_for_a_way_counts_for_the_next_message(
    patient: Patient,
    queue: Queue,
    post_box: Path,
    actor: Any,
    at: datetime,
    channel: str,
    ending: str,
) -> None:
    message = queue(patient)
    wish(patient, actor, at, channel=channel)
    send_one(message.pk, clock=lambda: at)
    assert sent_files(post_box) == [ending]


@pytest.mark.capability("E01")
def test_confidential_address_takes_the_place_of_every_other(
    patient: Patient, queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    add_contact(
        patient=patient, kind="email", value="safe@example.org", confidential=True, by=actor, at=at
    )
    message = queue(patient, channel="sms")
    send_one(message.pk, clock=lambda: at)
    assert sent_files(post_box) == [".eml"]
    assert "safe@example.org" in next(post_box.iterdir()).read_text("utf-8")


@pytest.mark.capability("E04")
def test_death_stops_what_is_on_its_way(
    patient: Patient, queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    message = queue(patient, urgent=True)
    record_death(patient=patient, died_on=date(2026, 3, 3), by=actor, at=at)
    send_one(message.pk, clock=lambda: at)
    assert (message_state(message), rule_of(message)) == ("refused", "deceased")
    assert sent_files(post_box) == []


def test_consent_taken_back_meanwhile_counts(
    new_patient: Callable[..., Patient], queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    patient = new_patient(consents=[("sms", "reply")], email="")
    message = queue(patient)
    withdraw_consent(
        patient=patient, channel="sms", purpose="reply", source="test", by=actor, at=at
    )
    send_one(message.pk, clock=lambda: at)
    assert (message_state(message), rule_of(message)) == ("refused", "no_consent")


def test_way_without_consent_gives_way_to_one_with(
    new_patient: Callable[..., Patient], queue: Queue, post_box: Path, at: datetime
) -> None:
    message = queue(new_patient(consents=[("sms", "reply")]))
    send_one(message.pk, clock=lambda: at)
    assert sent_files(post_box) == [".txt"]


def test_nowhere_to_send_it_is_said(
    new_patient: Callable[..., Patient], queue: Queue, post_box: Path, at: datetime
) -> None:
    message = queue(new_patient(email="", phone=""))
    send_one(message.pk, clock=lambda: at)
    assert rule_of(message) == "no_address"


@pytest.mark.capability("N03")
@pytest.mark.capability("A05")
def test_text_that_names_an_illness_goes_by_mail_or_not_at_all(
    new_patient: Callable[..., Patient], queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    patient = new_patient()
    wish(patient, actor, at, channel="sms")
    either = queue(patient, key="a", body="About your visit to the diabetes clinic.")
    only_text = queue(patient, key="b", channel="sms", body="About the diabetes clinic.")
    for message in (either, only_text):
        send_one(message.pk, clock=lambda: at)
    assert sent_files(post_box) == [".eml"]
    assert rule_of(only_text) == "private_words"


def test_text_says_the_short_words_and_how_to_stop(
    patient: Patient, queue: Queue, post_box: Path, at: datetime
) -> None:
    message = queue(patient, channel="sms", short="Riverbend: there is an answer for you.")
    send_one(message.pk, clock=lambda: at)
    said = next(post_box.iterdir()).read_text("utf-8")
    assert said == (
        "To: +13125550123\n\nRiverbend: there is an answer for you. Reply STOP to stop texts.\n"
    )


@pytest.mark.capability("A04")
def test_evening_message_waits_until_eight_in_the_patients_zone(
    new_patient: Callable[..., Patient], queue: Queue, post_box: Path, at: datetime
) -> None:
    """21:05 in Denver is 04:05 UTC; 08:00 there is 15:00 UTC."""
    evening = datetime.fromisoformat("2026-03-05T04:05:00+00:00")
    message = queue(new_patient(zone="America/Denver"), channel="sms", at=evening)
    send_one(message.pk, clock=lambda: evening)
    held = message.decisions.get()
    morning = datetime.fromisoformat("2026-03-05T15:00:00+00:00")
    assert (held.kind, held.rule, held.until) == ("held", "TCPA-08", morning)
    send_one(message.pk, clock=lambda: morning - timedelta(seconds=1))
    assert sent_files(post_box) == []
    send_one(message.pk, clock=lambda: morning)
    assert sent_files(post_box) == [".txt"]


def test_patient_who_moves_is_held_to_the_new_zone(
    new_patient: Callable[..., Patient], queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    patient = new_patient(zone="America/New_York")
    change_patient(patient=patient, by=actor, at=at, zone="Pacific/Honolulu")
    message = queue(patient, channel="sms")
    send_one(message.pk, clock=lambda: at)
    assert message.decisions.get().until == datetime.fromisoformat("2026-03-04T18:00:00+00:00")


def test_own_quiet_hours_hold(
    patient: Patient, queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    wish(patient, actor, at, quiet_from=time(9), quiet_until=time(17))
    message = queue(patient, channel="sms")
    send_one(message.pk, clock=lambda: at)
    assert rule_of(message) == "own_quiet"


def test_weekly_cap_holds_the_next_until_the_first_is_a_week_old(
    patient: Patient, queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    wish(patient, actor, at, weekly_cap=1)
    first, second = queue(patient, key="a"), queue(patient, key="b", purpose="survey")
    for message in (first, second):
        send_one(message.pk, clock=lambda: at)
    assert message_state(first) == "sent"
    assert second.decisions.get().until == at + timedelta(days=7)
    send_one(second.pk, clock=lambda: at + timedelta(days=7))
    assert message_state(second) == "sent"


def test_urgent_message_passes_night_and_cap(
    patient: Patient, queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    wish(patient, actor, at, weekly_cap=1)
    night = at + timedelta(hours=13)
    for key in "ab":
        send_one(queue(patient, key=key, urgent=True).pk, clock=lambda: night)
    assert len(sent_files(post_box)) == 2


def test_unsent_message_waits_while_no_way_is_set_up(
    patient: Patient, queue: Queue, settings: Any, at: datetime
) -> None:
    settings.CHANNEL_TRANSPORTS = {"sms": "none", "email": "none"}
    message = queue(patient)
    send_one(message.pk, clock=lambda: at)
    assert (message_state(message), rule_of(message)) == ("held", "no_transport")


def test_pace_of_the_provider_spreads_messages(
    new_patient: Callable[..., Patient], queue: Queue, post_box: Path, settings: Any, at: datetime
) -> None:
    settings.CHANNEL_PACES = {"sms": 2, "email": 0}
    messages = [
        queue(new_patient(phone=f"+131255501{n:02d}", email="", name=f"P {n}"), key=str(n))
        for n in range(3)
    ]
    for message in messages:
        send_one(message.pk, clock=lambda: at)
    assert [message_state(m) for m in messages] == ["sent", "sent", "held"]
    send_one(messages[2].pk, clock=lambda: at + timedelta(seconds=60))
    assert message_state(messages[2]) == "sent"


def test_late_reminder_is_not_sent(
    patient: Patient, queue: Queue, post_box: Path, at: datetime
) -> None:
    message = queue(patient, purpose="reminder", expires_at=at + timedelta(hours=1))
    send_one(message.pk, clock=lambda: at + timedelta(hours=1))
    assert (message_state(message), rule_of(message)) == ("refused", "expired")


def test_message_of_an_act_that_fails_is_never_there(patient: Patient, queue: Queue) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        queue(patient)
        raise RuntimeError
    assert Message.objects.count() == 0
