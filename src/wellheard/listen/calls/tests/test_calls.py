"""An interviewer's session: three calls, each with its outcome, and the rules around them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from wellheard.base.audit.actor import Actor
from wellheard.listen.calls import views
from wellheard.listen.calls.actions import (
    CallError,
    add_task,
    begin_call,
    end_call,
    take_up_steps,
)
from wellheard.listen.calls.models import CallAttempt, CallTask
from wellheard.listen.calls.rules import calling, is_over, may_call, next_call, opening
from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling.actions import draw_wave
from wellheard.listen.sampling.models import ModeStep, SampleMember
from wellheard.listen.sampling.queries import work_list
from wellheard.listen.sampling.tests import conftest as sampling
from wellheard.listen.sampling.tests.conftest import FEBRUARY, NOW
from wellheard.people.consent.actions import give_consent
from wellheard.people.consent.queries import has_consent
from wellheard.people.patients.actions import change_patient, recognise_patient

ZONE = "America/Chicago"
# A hospital with discharges and a plan that runs.
colleagues, discharges, running = sampling.colleagues, sampling.discharges, sampling.running


def test_nobody_is_called_too_early_or_too_late_where_they_are():
    early = datetime(2026, 3, 4, 14, 59, tzinfo=UTC)  # 8:59 in Chicago
    assert not may_call(early, [ZONE]) and may_call(early + timedelta(minutes=1), [ZONE])
    assert not may_call(early + timedelta(minutes=1), [ZONE, "America/Los_Angeles"])
    night = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)  # 20:00 in Chicago
    assert next_call(night, [ZONE]) == datetime(2026, 3, 5, 15, 0, tzinfo=UTC)
    assert next_call(early + timedelta(hours=1), [ZONE]) == early + timedelta(hours=1)


def test_every_outcome_ends_or_is_tried_again_up_to_the_cap():
    outcomes = calling().outcomes
    assert {code for code, each in outcomes.items() if each.then == "again"} == {
        "call_back", "no_answer", "busy", "answering_machine", "language",
    }  # fmt: skip
    assert not is_over(outcomes["busy"], 4) and is_over(outcomes["busy"], 5)
    assert is_over(outcomes["refused"], 1) and set(views.OUTCOMES) == set(outcomes)


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(views.timezone, "now", lambda: NOW)


@pytest.fixture
def caller(staff):
    return staff("px_specialist")


@pytest.fixture
def by(caller):
    return Actor("staff", str(caller.pk), caller.organisation_id, caller.name)


@pytest.fixture
def task_of(organisation, place, by):
    def make(number, language="en"):
        patient = recognise_patient(
            organisation=organisation, name=f"Ann {number}", phone=f"+1312555010{number}",
            language=language, by=by, at=NOW,
        )  # fmt: skip
        change_patient(patient=patient, zone=ZONE, by=by, at=NOW)
        give_consent(
            patient=patient, channel="voice", purpose="survey", wording="x", source="staff",
            by=by, at=NOW,
        )  # fmt: skip
        return add_task(patient=patient, place=place, instrument_code="pulse", by=by, at=NOW)

    return make


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def answer_next(client, address, value):
    """Answer the question on the screen; the item's code."""
    page = client.get(address + "?go").content.decode()
    code = re.search(r'name="item" value="(\w+)"', page)
    if code is None:
        return None
    reply = client.post(address, {"item": code[1], "answer": value(code[1])})
    assert reply.status_code == 302
    return code[1]


@pytest.mark.capability("B05")
def test_interviewer_completes_three_calls_with_a_refusal_and_a_switch_of_language(
    task_of, caller, signed_in
):
    client = signed_in(caller)
    whole, no, spanish = task_of(1), task_of(2), task_of(3, "en")
    # The first answers everything.
    begun = client.post(reverse("calls:begin", args=[whole.pk]))
    address = reverse("calls:interview", args=[whole.pk])
    assert begun.url == address
    opening = client.get(address)
    assert "+13125550101" in text_of(opening) and "May I ask you now?" in text_of(opening)
    value = {"rating": "9", "recommend": "10", "comment": "Kind nurses"}
    asked = []
    while (code := answer_next(client, address, lambda c: value.get(c, ""))) is not None:
        asked.append(code)
    assert asked[0] == "rating" and "comment" in asked
    client.post(reverse("calls:end", args=[whole.pk]), {"outcome": "complete"})
    # The second refuses.
    client.post(reverse("calls:begin", args=[no.pk]))
    client.post(reverse("calls:end", args=[no.pk]), {"outcome": "refused"})
    # The third goes on in Spanish with an interpreter, and breaks off.
    client.post(reverse("calls:begin", args=[spanish.pk]))
    address = reverse("calls:interview", args=[spanish.pk])
    answer_next(client, address, lambda c: "7")
    client.post(
        reverse("calls:switch", args=[spanish.pk]),
        {"language": "es", "interpreter": "on", "begun": "1"},
    )
    assert "recomiende" in text_of(client.get(address + "?go"))
    client.post(reverse("calls:end", args=[spanish.pk]), {"outcome": "partial"})

    assert list(CallTask.objects.order_by("pk").values_list("ended_as", flat=True)) == [
        "complete", "refused", "partial",
    ]  # fmt: skip
    first, third = Response.objects.order_by("pk")
    assert first.answers == {"rating": 9, "recommend": 10} and first.mode == "phone"
    assert first.complete and Comment.objects.get(response_id=first.pk).text == "Kind nurses"
    assert third.answers == {"rating": 7} and (third.language, third.complete) == ("es", False)
    attempt = CallAttempt.objects.get(task=spanish)
    assert (attempt.language, attempt.interpreter) == ("es", True)
    assert not has_consent(no.patient_id, "voice", "survey", NOW)
    assert set(CallTask.objects.values_list("progress", flat=True)) == {""}
    listed = text_of(client.get(reverse("calls:calls")))
    assert "Does not want to take part" in listed and "Nobody to call" in listed


def test_what_cannot_wait_is_passed_on_at_once_and_the_interview_stays(task_of, caller, signed_in):
    task = task_of(1)
    client = signed_in(caller)
    client.post(reverse("calls:begin", args=[task.pk]))
    address = reverse("calls:concern", args=[task.pk])
    assert client.post(address, {"text": ""}).status_code == 422
    page = client.post(address, {"text": "I was given the wrong drug and I am afraid"})
    told = Comment.objects.get()
    assert told.reference in text_of(page)
    assert (told.source, told.patient_id, told.wants_reply) == ("phone", task.patient_id, True)
    assert client.get(reverse("calls:interview", args=[task.pk])).status_code == 200


def test_call_back_comes_within_their_hours_and_five_calls_are_enough(task_of, by):
    task = task_of(1)
    attempt = begin_call(task, by=by, at=NOW)
    night = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
    task = end_call(attempt, "call_back", call_back_at=night, by=by, at=NOW)
    assert task.due_at == datetime(2026, 3, 5, 15, 0, tzinfo=UTC)
    with pytest.raises(CallError, match="not_due"):
        begin_call(task, by=by, at=NOW)
    with pytest.raises(CallError, match="hours"):
        begin_call(task, by=by, at=task.due_at + timedelta(hours=12))
    for _ in range(4):
        task = end_call(begin_call(task, by=by, at=task.due_at), "busy", by=by, at=task.due_at)
    assert (task.ended_as, task.attempts.count()) == ("busy", 5)
    with pytest.raises(CallError, match="ended"):
        begin_call(task, by=by, at=task.due_at + timedelta(days=1))


def test_nobody_is_called_twice_at_a_time_or_without_having_agreed(task_of, by, staff, place):
    task = task_of(1)
    begin_call(task, by=by, at=NOW)
    other = staff("px_specialist")
    colleague = Actor("staff", str(other.pk), other.organisation_id, other.name)
    with pytest.raises(CallError, match="taken"):
        begin_call(task, by=colleague, at=NOW)
    assert begin_call(task, by=colleague, at=NOW + timedelta(minutes=50)).by_id == other.pk
    end_call(CallAttempt.objects.get(outcome=""), "refused", by=colleague, at=NOW)
    with pytest.raises(CallError, match="consent"):
        add_task(patient=task.patient, place=place, instrument_code="pulse", by=by, at=NOW)


def test_somebody_is_added_by_reference_after_agreeing(task_of, caller, signed_in, place):
    patient = task_of(1).patient
    client = signed_in(caller)
    given = {"reference": patient.reference, "place": place.pk, "instrument": "pulse"}
    CallTask.objects.all().delete()
    patient.consents.all().delete()
    assert client.post(reverse("calls:new"), given).status_code == 422
    assert client.post(reverse("calls:new"), given | {"agreed": "on"}).status_code == 302
    assert CallTask.objects.get().patient_id == patient.pk
    assert client.post(reverse("calls:new"), given | {"reference": "P-NONE"}).status_code == 422


def test_drawn_people_who_are_due_are_called_and_the_sample_is_told(
    discharges,
    running,
    colleagues,
    by,
):
    discharges(3)
    draw_wave(running(size=3), FEBRUARY, by=colleagues[1], at=NOW)
    ModeStep.objects.update(mode="phone", due_at=NOW)
    steps = work_list(by.organisation_id, "phone", now=NOW)
    assert take_up_steps(steps, by=by, at=NOW) == 3
    assert take_up_steps(steps, by=by, at=NOW) == 0
    first, second, third = CallTask.objects.order_by("pk")
    for task, outcome in ((first, "refused"), (second, "wrong_number"), (third, "died")):
        end_call(begin_call(task, by=by, at=NOW), outcome, by=by, at=NOW)
    ended = dict(SampleMember.objects.values_list("steps__call_task__ended_as", "ended_as"))
    assert ended["refused"] == "refused" and ended["died"] == "died"
    assert ended["wrong_number"] == ""
    assert ModeStep.objects.get(call_task=second).outcome == "failed"


def test_calls_of_other_places_are_not_there(task_of, other_place, staff, signed_in):
    task = task_of(1)
    client = signed_in(staff("nurse_manager", places=[other_place]))
    assert client.post(reverse("calls:begin", args=[task.pk])).status_code == 404
    assert task.patient.reference not in text_of(client.get(reverse("calls:calls")))


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "May I ask you now?"),
        ("es", "¿Puedo preguntarle ahora?"),
        ("ar", "هل يمكنني"),
        ("fr", "May I"),
    ],
)
def test_opening_is_said_in_the_language_of_the_call(language, asked):
    words = opening(language, house="Riverbend", place="Ward 7")
    assert asked in words and "Riverbend" in words and "Ward 7" in words
