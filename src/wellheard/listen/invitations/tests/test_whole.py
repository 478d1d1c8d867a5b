"""All questions on one page, and the way back to the questions one by one."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from wellheard.listen.intake.models import Attachment
from wellheard.listen.invitations.actions import invite
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.rules import Progress
from wellheard.listen.responses.models import Response
from wellheard.listen.surveys.models import InstrumentDecision, InstrumentProposal
from wellheard.listen.surveys.tests.test_kinds import every_kind

pytestmark = [pytest.mark.django_db, pytest.mark.capability("A06")]


@pytest.fixture
def link(place: Any, actor: Any) -> str:
    made = invite(place=place, instrument_code="pulse", by=actor, at=timezone.now())
    return f"/en/s/{made.token}/"


def test_all_questions_are_answered_and_sent_at_once(link: str) -> None:
    Client().post(f"{link}clean/", {"answer": "2"})
    page = Client().get(f"{link}all-questions/").content.decode()
    assert page.count("<h1") == 1 and page.count("<fieldset") >= 10
    assert 'name="clean-answer" value="2" checked' in page and "survey.js" in page
    sent = Client(enforce_csrf_checks=True).post(
        f"{link}all-questions/", {"rating-answer": "9", "help_soon-answer": "na"}
    )
    assert (sent.status_code, sent.url) == (302, "../thanks/")
    response = Response.objects.get()
    assert response.answers == {"rating": 9, "clean": 2}, "an answer given elsewhere stays"
    again = Client().post(f"{link}all-questions/", {"rating-answer": "1"})
    assert again.status_code == 200 and b"You have answered already" in again.content
    assert Response.objects.get().answers["rating"] == 9


def test_what_is_wrong_is_named_and_the_rest_is_kept(link: str) -> None:
    data = {"rating-answer": "11", "clean-answer": "3", "comment-answer": "Quiet at last"}
    page = Client().post(f"{link}all-questions/", data)
    words = page.content.decode()
    assert page.status_code == 422 and 'href="#rating-answer_1"' in words
    assert 'id="rating-answer_1"' in words and "Quiet at last" in words
    kept = Progress.read(Invitation.objects.get().progress).answers
    assert kept == {"clean": 3, "comment": "Quiet at last"}
    assert not Response.objects.exists()
    assert Client().post(f"{link}all-questions/", {}).status_code == 302


@pytest.fixture
def with_files(place: Any, actor: Any, staff: Any, at: Any) -> str:
    """A survey with every kind of question, one of them a recording."""
    user = staff("px_specialist")
    proposal = InstrumentProposal.objects.create(
        organisation=place.organisation, code="kinds", version=1, definition=every_kind(),
        reason="first", proposed_by=user, proposed_at=at,
    )  # fmt: skip
    InstrumentDecision.objects.create(
        organisation=place.organisation, proposal=proposal, approved=True, decided_by=user,
        decided_at=at,
    )  # fmt: skip
    made = invite(place=place, instrument_code="kinds", by=actor, at=timezone.now())
    return f"/en/s/{made.token}/"


def test_recording_is_sent_with_all_questions_and_a_second_sending_brings_it_once(
    with_files: str,
) -> None:
    page = Client().get(f"{with_files}all-questions/").content.decode()
    assert 'enctype="multipart/form-data"' in page and 'name="spoken-answer"' in page
    wav = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(24)
    # The first sending has something to put right: the recording is kept all the same.
    first = {"ward-answer": "99", "spoken-answer": SimpleUploadedFile("a.wav", wav)}
    assert Client().post(f"{with_files}all-questions/", first).status_code == 422
    again = {"ward-answer": "2", "spoken-answer": SimpleUploadedFile("a.wav", wav)}
    assert Client().post(f"{with_files}all-questions/", again).status_code == 302
    assert Client().post(f"{with_files}all-questions/", again).status_code == 200
    assert Response.objects.count() == 1 and Attachment.objects.get().kind == "voice"


def test_file_that_cannot_be_kept_is_named_on_the_page_with_all_questions(
    with_files: str,
) -> None:
    data = {"ward-answer": "2", "spoken-answer": SimpleUploadedFile("a.wav", b"<svg/>")}
    page = Client().post(f"{with_files}all-questions/", data)
    assert page.status_code == 422 and 'href="#spoken-answer"' in page.content.decode()
    assert not Response.objects.exists()


def test_one_page_is_kept_and_sent_in_one_wait_for_the_disk(
    link: str,
) -> None:
    """Every change lies between one BEGIN (here: one savepoint) and its end."""
    Client().get(link)
    with CaptureQueriesContext(connection) as asked:
        Client().post(f"{link}all-questions/", {"rating-answer": "9"})
    said = [each["sql"] for each in asked.captured_queries]
    changes = [n for n, sql in enumerate(said) if sql.startswith(("INSERT", "UPDATE"))]
    opened = next(n for n, sql in enumerate(said) if sql.startswith("SAVEPOINT"))
    name = said[opened].split()[1]
    closed = next(n for n, sql in enumerate(said) if sql == f"RELEASE SAVEPOINT {name}")
    assert changes and opened < changes[0] and changes[-1] < closed


def test_nothing_answered_is_not_sent_from_one_page_either(link: str) -> None:
    page = Client().post(f"{link}all-questions/", {})
    assert page.status_code == 422 and b"Answer at least one question" in page.content


@pytest.mark.parametrize("language", ["en", "ar"])
def test_survey_page_can_be_installed(language: str) -> None:
    described = Client().get(f"/{language}/s/app.webmanifest").json()
    assert described["scope"] == described["start_url"] == f"/{language}/s/"
    assert described["dir"] == ("rtl" if language == "ar" else "ltr")
    worker = Client().get(f"/{language}/s/worker.js")
    assert worker["Content-Type"].startswith("text/javascript") and not worker.cookies
