"""Queuing, taking up again, cancelling, sweeping; and what the rest of the house hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from wellheard.base.audit.models import AuditRow
from wellheard.channels.outbox import recording
from wellheard.channels.outbox.actions import (
    MessageStateError,
    cancel_message,
    cancel_messages_about,
    retry_message,
)
from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.queries import message_state, messages_about
from wellheard.channels.outbox.recording import note_failure, note_receipt
from wellheard.channels.outbox.sending import pack, send_one
from wellheard.channels.outbox.tasks import sweep
from wellheard.channels.outbox.transport import TransportError
from wellheard.people.patients.models import Patient
from wellheard.people.places.models import Organisation

pytestmark = pytest.mark.django_db
Queue = Callable[..., Message]
MINUTE = timedelta(minutes=1)


def handed_over() -> list[int]:
    """The messages that jobs wait for, in the order the jobs were made."""
    jobs = DBTaskResult.objects.filter(task_path__endswith="send_message").order_by("enqueued_at")
    return [job.args_kwargs["args"][0] for job in jobs]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The events that were published, whether or not anybody reacts yet."""
    heard: list[str] = []
    publish = recording.Trail.publish

    def listen(trail: Any, name: str, **ids: Any) -> None:
        heard.append(name)
        publish(trail, name, **ids)

    monkeypatch.setattr(recording.Trail, "publish", listen)
    return heard


def test_queuing_hands_one_job_over_in_the_same_transaction(patient: Patient, queue: Queue) -> None:
    message = queue(patient, key="a")
    queue(patient, key="a")
    assert handed_over() == [message.pk]


def test_urgent_message_goes_before_the_others(patient: Patient, queue: Queue) -> None:
    for key in "ab":
        queue(patient, key=key)
    urgent = queue(patient, key="c", urgent=True)
    first = DBTaskResult.objects.ready().first()
    assert first is not None
    assert first.args_kwargs["args"] == [urgent.pk]


@pytest.mark.parametrize(
    "wrong", [{"purpose": "marketing"}, {"channel": "pigeon"}, {"body": "  \n"}, {"key": "k" * 201}]
)
def test_queuing_refuses_what_no_message_is(
    patient: Patient, queue: Queue, wrong: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"."):
        queue(patient, **wrong)


def test_patient_of_another_organisation_is_not_written_to(
    patient: Patient, queue: Queue, at: datetime
) -> None:
    from wellheard.base.audit.actor import Actor

    other = Organisation.objects.create(
        name="Elsewhere", slug="elsewhere", country="US", jurisdiction="us-hospital", zone="UTC"
    )
    with pytest.raises(Patient.DoesNotExist):
        queue(patient, by=Actor.system(other.pk, "test"))


def test_words_lie_encrypted_in_the_database(patient: Patient, queue: Queue) -> None:
    from django.db import connection

    message = queue(patient, body="A canary: Zyxwvut", subject="Canary", short="Canary")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject, body, short FROM channels_message WHERE id = %s", [message.pk]
        )
        assert not any("anary" in column for column in cursor.fetchone())


def test_state_in_the_database_is_the_state_of_the_rows(
    patient: Patient, queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    """Every way a message can go, counted both ways."""
    messages = {name: queue(patient, key=name, urgent=True) for name in "abcdefg"}
    for name in "abcf":
        send_one(messages[name].pk, clock=lambda: at)
    for name, words in (("b", ["delivered", "failed"]), ("c", ["undelivered"]), ("f", ["failed"])):
        for word in words:
            note_receipt(messages[name].attempts.get().pk, word, "", at=at)
    cancel_message(messages["d"].pk, by=actor, at=at)
    retry_message(messages["f"].pk, by=actor, at=at)
    parcel = pack(messages["g"].pk, now=at)
    assert parcel is not None
    note_failure(parcel.attempt_id, TransportError("x", permanent=True), at=at, luck=0)
    by_query = {m.key: m.state for m in Message.objects.with_state()}  # type: ignore[attr-defined]
    assert by_query == {m.key: message_state(m) for m in Message.objects.all()}
    assert by_query == {
        "a": "sent",
        "b": "delivered",
        "c": "not_delivered",
        "d": "cancelled",
        "e": "waiting",
        "f": "waiting",
        "g": "gave_up",
    }


def test_sent_and_failed_are_told_once_each(
    patient: Patient, queue: Queue, post_box: Path, at: datetime, told: list[str]
) -> None:
    message = queue(patient)
    send_one(message.pk, clock=lambda: at)
    attempt = message.attempts.get()
    for status in ("sent", "undelivered", "failed", "undelivered", "sent"):
        note_receipt(attempt.pk, status, "30003", at=at)
    assert told == ["channels.message_sent", "channels.message_failed"]


def test_late_delivery_of_the_first_sending_spares_the_second(
    patient: Patient, queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    message = queue(patient)
    send_one(message.pk, clock=lambda: at)
    first = message.attempts.get()
    note_receipt(first.pk, "undelivered", "30003", at=at)
    retry_message(message.pk, by=actor, at=at)
    note_receipt(first.pk, "delivered", "", at=at)
    send_one(message.pk, clock=lambda: at)
    assert message.attempts.count() == 1
    assert message_state(message) == "delivered"
    assert Message.objects.standing("delivered").count() == 1


def test_receipt_after_a_failure_we_saw_settles_the_message(
    patient: Patient, queue: Queue, post_box: Path, at: datetime
) -> None:
    """The line broke, so we noted a failure; the receipt shows that it had left."""
    message = queue(patient)
    parcel = pack(message.pk, now=at)
    assert parcel is not None
    note_failure(parcel.attempt_id, TransportError("timeout", permanent=False), at=at, luck=0)
    note_receipt(parcel.attempt_id, "delivered", "", at=at)
    send_one(message.pk, clock=lambda: at + timedelta(hours=1))
    assert message.attempts.count() == 1
    assert message_state(message) == "delivered"


def test_late_failure_of_a_worker_that_lost_its_lease_changes_nothing(
    patient: Patient, queue: Queue, post_box: Path, at: datetime
) -> None:
    message = queue(patient)
    slow = pack(message.pk, now=at)
    taken_over = pack(message.pk, now=at + 6 * MINUTE)
    assert slow is not None
    assert taken_over is not None
    note_failure(slow.attempt_id, TransportError("x", permanent=True), at=at, luck=0)
    assert message_state(message) == "waiting"
    assert pack(message.pk, now=at + 7 * MINUTE) is None
    assert slow.delivery.key == taken_over.delivery.key


def test_message_that_kills_its_worker_ends_with_a_person(
    patient: Patient, queue: Queue, post_box: Path, at: datetime
) -> None:
    message = queue(patient)
    packed = [pack(message.pk, now=at + n * 6 * MINUTE) for n in range(12)]
    assert sum(parcel is not None for parcel in packed) == 8
    assert message_state(message) == "gave_up"


def test_fault_of_a_transport_is_a_failed_try(
    patient: Patient,
    queue: Queue,
    post_box: Path,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A transport that raises what it should not: nothing of its message is kept."""
    post_box.parent.joinpath("sent").write_text("a file where the folder should be")
    message = queue(patient)
    send_one(message.pk, clock=lambda: at)
    attempt = message.attempts.get()
    assert (attempt.outcome, message_state(message)) == ("failed", "waiting")


# -- a person's part ----------------------------------------------------------------------------------


def test_given_up_message_is_tried_afresh_when_a_person_says_so(
    patient: Patient, queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    message = queue(patient)
    for n in range(9):
        pack(message.pk, now=at + n * 6 * MINUTE)
    later = at + timedelta(hours=2)
    retry_message(message.pk, by=actor, at=later)
    send_one(message.pk, clock=lambda: later)
    assert message_state(message) == "sent"
    assert message.attempts.count() == 9


def test_message_that_left_cannot_be_cancelled(
    patient: Patient, queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    leaving = queue(patient, key="a")
    pack(leaving.pk, now=at)
    with pytest.raises(MessageStateError, match="leaving"):
        cancel_message(leaving.pk, by=actor, at=at)
    left = queue(patient, key="b")
    send_one(left.pk, clock=lambda: at)
    with pytest.raises(MessageStateError, match="sent"):
        cancel_message(left.pk, by=actor, at=at)
    with pytest.raises(MessageStateError, match="sent"):
        retry_message(left.pk, by=actor, at=at)


def test_messages_about_a_thing_are_cancelled_with_it(
    patient: Patient, queue: Queue, post_box: Path, actor: Any, at: datetime
) -> None:
    sent, first, second, other = (
        queue(patient, key=key, about=about)
        for key, about in [
            ("a", ("case", "1")),
            ("b", ("case", "1")),
            ("c", ("case", "1")),
            ("d", ("case", "2")),
        ]
    )
    send_one(sent.pk, clock=lambda: at)
    assert cancel_messages_about(("case", "1"), by=actor, at=at) == 2
    assert [message_state(m) for m in (first, second, other)] == [
        "cancelled",
        "cancelled",
        "waiting",
    ]
    assert messages_about(("case", "1")).count() == 3


def test_every_step_is_in_the_trail(
    patient: Patient, queue: Queue, post_box: Path, at: datetime
) -> None:
    send_one(queue(patient).pk, clock=lambda: at)
    done = AuditRow.objects.filter(object_kind="channels.message").values_list("action", flat=True)
    assert list(done) == ["message.queued", "message.sent"]


# -- the sweep and the clock --------------------------------------------------------------------------


def test_sweep_hands_over_what_is_due_once_in_a_while(
    patient: Patient, queue: Queue, at: datetime
) -> None:
    message = queue(patient)
    sweep(at + MINUTE)
    assert handed_over() == [message.pk]
    sweep(at + 6 * MINUTE)
    sweep(at + 7 * MINUTE)
    assert handed_over() == [message.pk] * 2


def test_sweep_takes_urgent_messages_first(patient: Patient, queue: Queue, at: datetime) -> None:
    plain, urgent = queue(patient, key="a"), queue(patient, key="b", urgent=True)
    DBTaskResult.objects.all().delete()
    sweep(at + 6 * MINUTE)
    assert handed_over() == [urgent.pk, plain.pk]


def test_sweep_leaves_what_is_held_sent_or_in_hand(
    patient: Patient, queue: Queue, post_box: Path, at: datetime
) -> None:
    night = at + timedelta(hours=13)
    held, sent, in_hand = (queue(patient, key=key, at=night) for key in "abc")
    send_one(held.pk, clock=lambda: night)
    Message.objects.filter(pk__in=[sent.pk, in_hand.pk]).update(urgent=True)
    send_one(sent.pk, clock=lambda: night)
    assert pack(in_hand.pk, now=night) is not None
    DBTaskResult.objects.all().delete()
    sweep(night + 4 * MINUTE)
    assert handed_over() == []
    sweep(night + timedelta(hours=12))
    assert handed_over() == [in_hand.pk, held.pk]


def test_clock_that_is_put_back_does_not_bury_a_message(
    patient: Patient, queue: Queue, post_box: Path, at: datetime
) -> None:
    """The clock ran a year ahead while the message was claimed, then was set right."""
    ahead = at + timedelta(days=365)
    message = queue(patient, at=ahead)
    assert pack(message.pk, now=ahead) is not None
    sweep(at)
    assert handed_over()[-1] == message.pk
    send_one(message.pk, clock=lambda: at)
    assert message_state(message) == "sent"


def test_clock_that_leaps_ahead_repeats_under_the_same_key(
    patient: Patient, queue: Queue, post_box: Path, at: datetime
) -> None:
    message = queue(patient)
    first = pack(message.pk, now=at)
    second = pack(message.pk, now=at + timedelta(days=1))
    assert first is not None
    assert second is not None
    for parcel in (first, second):
        parcel.transport(parcel.delivery)
    assert len(list(post_box.iterdir())) == 1
