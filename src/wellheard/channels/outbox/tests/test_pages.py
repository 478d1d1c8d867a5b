"""The "Sent messages" pages: who may open them, what they show, and that reading is audited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from wellheard.base.audit.models import AuditRow
from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.panels import to_patient
from wellheard.channels.outbox.presenters import without_keys
from wellheard.channels.outbox.queries import message_state
from wellheard.channels.outbox.recording import note_receipt
from wellheard.channels.outbox.sending import send_one
from wellheard.people.access.models import Ruling
from wellheard.people.patients.models import Patient
from wellheard.people.places.models import Organisation

pytestmark = pytest.mark.django_db
LIST = reverse("outbox:messages")


def page_of(message: Message) -> str:
    return reverse("outbox:message", args=[message.pk])


def test_list_teaches_when_there_is_nothing(staff: Any, signed_in: Any) -> None:
    page = signed_in(staff("px_specialist")).get(LIST)
    assert page.status_code == 200
    assert "No message has been written yet" in page.content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("px_specialist", 200),
        ("grievance_officer", 200),
        ("auditor", 200),
        ("nurse_manager", 403),
        ("front_desk", 403),
        ("analyst", 403),
        ("administrator", 403),
    ],
)
def test_message_opens_for_those_who_may_read(
    role: str, status: int, staff: Any, signed_in: Any, patient: Patient, queue: Any
) -> None:
    client = signed_in(staff(role))
    message = queue(patient)
    assert client.get(LIST).status_code == status
    assert client.get(page_of(message)).status_code == status


def test_words_stand_on_the_page_and_not_in_the_list(
    staff: Any, signed_in: Any, patient: Patient, queue: Any
) -> None:
    client = signed_in(staff("px_specialist"))
    message = queue(patient, body="Line one. " * 200 + "The very end.", subject="A subject")
    assert "The very end." in client.get(page_of(message)).content.decode()
    assert "A subject" not in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Go on: https://w.example/es/i/kQ7-x_Zp0:1abcDEF/", "Go on: https://w.example/es/i/…/"),
        ("https://w.example:8000/en/follow/3f9Kk2mm01PqRs", "https://w.example:8000/en/follow/…"),
        ("Ring 312 555 0140 or see https://w.example/en/", None),
        ("C-P6YDYKAE at https://w.example/c/7KQ2M", None),
    ],
)
def test_staff_read_messages_without_the_keys_in_them(words: str, shown: str | None) -> None:
    assert without_keys(words) == (shown or words)


def test_page_of_a_message_does_not_open_the_pages_of_the_patient(
    staff: Any, signed_in: Any, patient: Patient, queue: Any
) -> None:
    message = queue(patient, body="Follow it: https://w.example/en/follow/3f9Kk2mm01PqRs/")
    page = signed_in(staff("px_specialist")).get(page_of(message)).content.decode()
    assert "https://w.example/en/follow/…/" in page
    assert "3f9Kk2mm01PqRs" not in page


def test_markup_in_a_message_stays_text(
    staff: Any, signed_in: Any, patient: Patient, queue: Any
) -> None:
    client = signed_in(staff("px_specialist"))
    message = queue(patient, body="<img src=x onerror=alert(1)> {{7*7}}")
    page = client.get(page_of(message)).content.decode()
    assert "&lt;img src=x onerror=alert(1)&gt; {{7*7}}" in page


def test_reading_is_written_to_the_trail(
    staff: Any, signed_in: Any, patient: Patient, queue: Any
) -> None:
    message = queue(patient)
    client = signed_in(staff("px_specialist"))
    client.get(LIST)
    client.get(page_of(message))
    reads = AuditRow.objects.filter(action="read").values_list("object_kind", "object_id")
    assert list(reads) == [("message_list", "1"), ("channels.message", str(message.pk))]


def test_message_of_another_organisation_is_not_there(
    staff: Any, signed_in: Any, patient: Patient, queue: Any
) -> None:
    other = Organisation.objects.create(
        name="Elsewhere", slug="elsewhere", country="US", jurisdiction="us-hospital", zone="UTC"
    )
    message = queue(patient)
    client = signed_in(staff("px_specialist", in_=other))
    assert client.get(page_of(message)).status_code == 404
    assert client.post(reverse("outbox:retry", args=[message.pk])).status_code == 404


def test_message_about_a_denied_case_is_not_there(
    staff: Any, signed_in: Any, patient: Patient, queue: Any, at: datetime
) -> None:
    user = staff("px_specialist")
    denied = queue(patient, key="a", about=("case", "12"))
    open_ = queue(patient, key="b", about=("case", "13"))
    Ruling.objects.create(
        organisation=user.organisation,
        user=user,
        effect="deny",
        case_id=12,
        reason="own family",
        made_by="test",
        made_at=at,
    )
    client = signed_in(user)
    assert client.get(page_of(denied)).status_code == 404
    assert client.get(page_of(open_)).status_code == 200


def test_filters_narrow_the_list(
    staff: Any, signed_in: Any, new_patient: Any, queue: Any, post_box: Path, at: datetime
) -> None:
    patient = new_patient()
    sent = queue(patient, key="a", channel="sms", about=("case", "7"), template="case_received")
    send_one(sent.pk, clock=lambda: at)
    queue(patient, key="b", channel="email", about=("case", "8"), template="case_closed")
    client = signed_in(staff("px_specialist"))

    def shown(query: str) -> list[int]:
        return [row["message"].pk for row in client.get(f"{LIST}?{query}").context["rows"]]

    assert shown("state=sent") == [sent.pk]
    assert shown("channel=sms") == [sent.pk]
    assert shown("template=case_received") == [sent.pk]
    assert shown("about=7") == [sent.pk]
    assert shown("about=9") == []
    assert shown("state=nonsense") == []
    assert len(shown("")) == 2


def test_list_takes_the_same_queries_for_one_row_and_three(
    staff: Any, signed_in: Any, patient: Patient, queue: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(staff("px_specialist"))
    queue(patient, key="a")
    client.get(LIST)
    with django_assert_max_num_queries(40) as one:
        client.get(LIST)
    for key in "bc":
        queue(patient, key=key)
    with django_assert_max_num_queries(len(one)):
        client.get(LIST)


def test_refused_message_says_why_and_can_be_sent_again(
    staff: Any,
    signed_in: Any,
    new_patient: Callable[..., Patient],
    queue: Any,
    post_box: Path,
    at: datetime,
) -> None:
    message = queue(new_patient(consents=[]), channel="email")
    send_one(message.pk, clock=lambda: at)
    client = signed_in(staff("px_specialist"))
    page = client.get(page_of(message)).content.decode()
    assert "did not agree to messages of this kind" in page
    client.post(reverse("outbox:retry", args=[message.pk]))
    assert message_state(message) == "waiting"
    assert message.decisions.get(kind="retried").by_kind == "staff"


def test_held_message_says_when_it_goes_and_can_be_cancelled(
    staff: Any, signed_in: Any, patient: Patient, queue: Any, post_box: Path, at: datetime
) -> None:
    night = at.replace(day=5, hour=4)
    message = queue(patient, channel="sms", at=night)
    send_one(message.pk, clock=lambda: night)
    client = signed_in(staff("px_specialist"))
    page = client.get(page_of(message)).content.decode().replace("\u00a0", " ")
    assert "5 March 2026, 08:00 (Chicago)" in page
    assert "47 CFR 64.1200(c)(1)" in page
    client.post(reverse("outbox:cancellation", args=[message.pk]))
    assert message_state(message) == "cancelled"
    send_one(message.pk, clock=lambda: at + timedelta(days=2))
    assert not post_box.exists()


def test_auditor_reads_but_changes_nothing(
    staff: Any, signed_in: Any, patient: Patient, queue: Any
) -> None:
    message = queue(patient)
    client = signed_in(staff("auditor"))
    assert client.post(reverse("outbox:cancellation", args=[message.pk])).status_code == 403
    assert "Cancel message" not in client.get(page_of(message)).content.decode()


def test_history_shows_tries_and_receipts_in_order(
    staff: Any, signed_in: Any, patient: Patient, queue: Any, post_box: Path, at: datetime
) -> None:
    message = queue(patient, channel="sms")
    send_one(message.pk, clock=lambda: at)
    attempt = message.attempts.get()
    note_receipt(attempt.pk, "undelivered", "30003", at=at + timedelta(minutes=2))
    note_receipt(attempt.pk, "sent", "", at=at + timedelta(minutes=3))
    page = signed_in(staff("px_specialist")).get(page_of(message))
    titles = [line.title for line in page.context["history"]]
    assert titles == ["Queued", "Try 1: Text message", "Not delivered", "Handed to the network"]
    assert "Code 30003" in page.content.decode()
    assert "+13125550123" not in page.content.decode()


def test_to_look_at_counts_what_needs_a_person(
    staff: Any, signed_in: Any, new_patient: Any, queue: Any, post_box: Path, at: datetime
) -> None:
    stuck = queue(new_patient(consents=[]), key="a")
    send_one(stuck.pk, clock=lambda: at)
    page = signed_in(staff("px_specialist")).get(f"{LIST}?show=attention")
    assert [row["message"].pk for row in page.context["rows"]] == [stuck.pk]
    assert page.context["tabs"][1]["count"] == 1


def test_patients_page_shows_its_messages_to_those_who_may_read(
    staff: Any, person_of: Any, rf: Any, patient: Patient, queue: Any
) -> None:
    message = queue(patient)
    request = rf.get("/staff/patients/")
    request.person = person_of(staff("px_specialist"))
    assert page_of(message) in to_patient(request, patient)
    request.person = person_of(staff("nurse_manager"))
    assert to_patient(request, patient) == ""
