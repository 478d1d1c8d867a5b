"""From a closed case to the message to the answer: asked once, some days later, and unseen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from wellheard.base.audit.actor import Actor
from wellheard.base.events.models import Event
from wellheard.base.jobs.worker import Worker
from wellheard.channels.folder.tests.reading import links_in
from wellheard.channels.outbox import sending
from wellheard.channels.outbox.models import Message, MessageAttempt
from wellheard.channels.outbox.queries import message_state
from wellheard.channels.outbox.wording import lint
from wellheard.listen.intake.models import Comment
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.models import Response
from wellheard.people.consent.actions import give_consent
from wellheard.people.patients.models import Patient
from wellheard.resolve.aftercare import queries
from wellheard.resolve.aftercare.actions import ADDRESS, ask_due, plan_to_ask
from wellheard.resolve.aftercare.models import HandlingSurvey
from wellheard.resolve.aftercare.rules import Standing, why_not
from wellheard.resolve.aftercare.vocabulary import after_closing, wording
from wellheard.resolve.complaints.actions import closing
from wellheard.resolve.complaints.models import Case, Closure
from wellheard.resolve.complaints.tests.working import closed

pytestmark = [pytest.mark.django_db, pytest.mark.capability("C13")]
Opened = Callable[..., Case]
WAIT = after_closing().wait


@pytest.fixture
def now() -> datetime:
    """An hour at which nobody sleeps: the link must open by today's clock."""
    return timezone.now().replace(hour=18, minute=0)


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    settings.CHANNEL_TRANSPORTS = {"sms": "folder", "email": "folder"}
    return tmp_path / "sent"


@pytest.fixture
def agreed(patient: Patient, actor: Actor, at: datetime) -> None:
    """The patient may be asked by e-mail."""
    give_consent(
        patient=patient, channel="email", purpose="survey", wording="card", source="test",
        by=actor, at=at,
    )  # fmt: skip


@pytest.fixture
def ended(opened: Opened, by_officer: Actor, now: datetime) -> Closure:
    return closed(opened(), by_officer, now - WAIT)


def planned(closure: Closure, actor: Actor) -> HandlingSurvey:
    survey = plan_to_ask(closure, by=actor, at=closure.at)
    assert survey is not None
    return survey


def letters(mailbox: Path, now: datetime) -> list[str]:
    """Send what waits about handling; the links that left."""
    for message in Message.objects.filter(about_kind="handling_survey"):
        sending.send_one(message.pk, clock=lambda: now)
    return links_in(mailbox)


def test_closing_asks_by_itself_after_some_days_and_the_answer_finds_its_case(
    ended: Closure, agreed: None, mailbox: Path, now: datetime, staff: Any, place: Any,
    person_of: Any, signed_in: Any,
) -> None:  # fmt: skip
    assert Event.objects.filter(name="resolve.case_closed").exists()
    Worker().drain()
    survey = HandlingSurvey.objects.get()
    assert ask_due(now - timedelta(minutes=1)) == 0
    assert (ask_due(now), ask_due(now)) == (1, 0), "once"
    (link,) = letters(mailbox, now)
    page = Client().get(link).content.decode()
    assert "How we handled your complaint" in page
    for item, answer in (("justice_outcome", "4"), ("confidence", "3"), ("comment", "Nurse Kim")):
        Client().post(f"{link}{item}/", {"answer": answer})
    Client().post(f"{link}check/")
    survey.refresh_from_db()
    response = Response.objects.get(instrument="handling")
    assert survey.invitation is not None and survey.invitation.response == response
    assert response.answers["justice_outcome"] == 4 and response.complete
    words = Comment.objects.get(response=response)
    assert (words.place, words.patient) == (None, None)
    nurse = staff("nurse_manager", places=[place])
    assert not Comment.objects.visible_to(person_of(nurse)).filter(pk=words.pk).exists()
    case_page = signed_in(staff("grievance_officer")).get(f"/staff/cases/{ended.case.reference}/")
    assert "Nurse Kim" not in case_page.content.decode()


def test_happening_told_twice_plans_once(ended: Closure, actor: Actor) -> None:
    assert planned(ended, actor) == planned(ended, actor)
    assert HandlingSurvey.objects.count() == 1


def test_nobody_is_asked_without_consent(
    ended: Closure, actor: Actor, mailbox: Path, now: datetime
) -> None:
    planned(ended, actor)
    ask_due(now)
    assert letters(mailbox, now) == []
    message = Message.objects.get(about_kind="handling_survey")
    assert message_state(message) == "refused"
    assert not MessageAttempt.objects.filter(message=message).exists()


def test_message_waits_for_the_quiet_hours_to_end(
    ended: Closure, actor: Actor, patient: Patient, agreed: None, mailbox: Path, now: datetime
) -> None:
    from wellheard.people.preferences.models import StatedPreference

    StatedPreference.objects.create(
        patient=patient, quiet_from=time(10), quiet_until=time(20), changed_at=now
    )
    Patient.objects.filter(pk=patient.pk).update(zone="America/Chicago")
    planned(ended, actor)
    ask_due(now)
    assert letters(mailbox, now) == []
    assert message_state(Message.objects.get(about_kind="handling_survey")) == "held"


@pytest.mark.parametrize("what", ["reopened", "withdrawn", "died", "unreachable", "told_already"])
def test_who_must_not_be_asked_is_not(
    what: str, ended: Closure, actor: Actor, by_officer: Actor, patient: Patient, now: datetime
) -> None:
    planned(ended, actor)
    case = ended.case
    if what == "reopened":
        closing.reopen_case(case_id=case.pk, why="Again", by=by_officer, at=ended.at)
    elif what == "withdrawn":
        Case.objects.filter(pk=case.pk)
        closing.step(closing.Withdrawal, case, actor, ended.at)
    elif what == "died":
        Patient.objects.filter(pk=patient.pk).update(deceased_on=now.date())
    elif what == "unreachable":
        patient.contacts.update(stopped_at=now)
    else:
        closing.rate_handling(
            case_id=case.pk, respect=5, process=5, outcome=5, by=actor, at=ended.at
        )
    assert ask_due(now) == 0
    assert HandlingSurvey.objects.get().dropped_as == what
    assert not Invitation.objects.exists()


def test_message_that_waits_is_not_sent_once_the_case_is_taken_up_again(
    ended: Closure, actor: Actor, by_officer: Actor, agreed: None, mailbox: Path, now: datetime
) -> None:
    planned(ended, actor)
    ask_due(now)
    closing.reopen_case(case_id=ended.case_id, why="Again", by=by_officer, at=now)
    assert letters(mailbox, now) == []
    assert message_state(Message.objects.get(about_kind="handling_survey")) == "refused"


def test_case_that_is_closed_again_is_not_asked_again(
    ended: Closure, actor: Actor, by_officer: Actor, now: datetime
) -> None:
    planned(ended, actor)
    ask_due(now)
    closing.reopen_case(case_id=ended.case_id, why="Again", by=by_officer, at=now)
    second = closed(Case.objects.get(pk=ended.case_id), by_officer, now)
    planned(second, actor)
    assert ask_due(now + WAIT) == 0
    assert HandlingSurvey.objects.get(closure=second).dropped_as == "asked_before"


@pytest.mark.parametrize("reason", sorted(after_closing().not_after))
def test_cases_we_did_not_handle_are_never_asked(reason: str, ended: Closure, actor: Actor) -> None:
    ended.reason = reason
    assert plan_to_ask(ended, by=actor, at=ended.at) is None


def test_endings_are_compared_from_ten_answers_on(
    organisation: Any, staff: Any, signed_in: Any, opened: Opened, by_officer: Actor,
    actor: Actor, now: datetime, place: Any,
) -> None:  # fmt: skip
    from wellheard.listen.responses.actions import NewResponse, receive_response

    closure = closed(opened(), by_officer, now)
    surveys = [planned(closure, actor)]
    for n in range(10):
        case = Case.objects.get(pk=closure.case_id)
        case.pk, case.reference, case.secret_digest = None, f"X-{n}", f"digest {n}"
        case.comment_id = Comment.objects.create(
            organisation=organisation, source="letter", reference=f"C-{n}", received_at=now,
            recorded_at=now, triage_due_at=now,
        ).pk  # fmt: skip
        case.save()
        other = Closure.objects.get(pk=closure.pk)
        other.pk, other.case = None, case
        other.save()
        surveys.append(planned(other, actor))
    for n, survey in enumerate(surveys):
        made = Invitation.objects.create(
            organisation=organisation, place=place, instrument="handling", version=1,
            key=f"k{n}", made_at=now, expires_at=now,
            response=receive_response(
                NewResponse(
                    organisation=organisation, instrument="handling", version=1, place=place,
                    answers={"justice_outcome": 4 if n < 6 else 1, **({"confidence": 4} if n < 9 else {})},
                ),
                by=actor, at=now,
            ),
        )  # fmt: skip
        HandlingSurvey.objects.filter(pk=survey.pk).update(invitation=made, asked_at=now)
    (line,) = queries.by_ending(organisation.pk)
    assert (line.ending, line.answered, set(line.shares)) == ("satisfied", 11, {"justice_outcome"})
    page = signed_in(staff("px_specialist")).get("/staff/after-complaints/").content.decode()
    assert "55 %" in page.replace("\u202f", " ").replace("\xa0", " ")


def test_wording_may_be_used_and_its_address_is_that_of_the_page() -> None:
    assert lint(wording()) == ()
    assert ADDRESS.format(language="en", token="abcdefgh") == reverse(
        "invitations:start", args=["abcdefgh"]
    )


def test_what_concerns_the_person_comes_first() -> None:
    fine = {
        "closure_holds": True, "withdrawn": False, "died": False, "reachable": True,
        "has_place": True, "told_already": False, "asked_before": False,
    }  # fmt: skip
    assert why_not(Standing(**fine)) == ""
    assert why_not(Standing(**(fine | {"died": True, "closure_holds": False}))) == "died"
