"""Every kind of question, answered as a browser without JavaScript sends it, and where it goes."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from wellheard.listen.intake.models import Attachment, Comment
from wellheard.listen.invitations.actions import finish, invite
from wellheard.listen.invitations.models import Invitation, InvitationFile
from wellheard.listen.responses.models import Response
from wellheard.listen.surveys.models import InstrumentDecision, InstrumentProposal
from wellheard.listen.surveys.tests.test_kinds import every_kind

pytestmark = pytest.mark.django_db
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(24)
GIVEN = {
    "ward": {"answer": "2"},
    "helped": {"answer": ["1", "3"]},
    "team": {"row_nurses": "4", "row_doctors": "2"},
    "matters": {"place_2": "1", "place_1": "2"},
    "came": {"day": "3", "month": "11", "year": "2026"},
    "wish": {"answer": "More light"},
    "comment": {"answer": "Kind people"},
}


@pytest.fixture
def link(place: Any, actor: Any, staff: Any, at: Any) -> str:
    user = staff("px_specialist")
    proposal = InstrumentProposal.objects.create(
        organisation=place.organisation,
        code="kinds",
        version=1,
        definition=every_kind(),
        reason="first",
        proposed_by=user,
        proposed_at=at,
    )
    InstrumentDecision.objects.create(
        organisation=place.organisation,
        proposal=proposal,
        approved=True,
        decided_by=user,
        decided_at=at,
    )
    made = invite(place=place, instrument_code="kinds", by=actor, at=timezone.now())
    return f"/en/s/{made.token}/"


def post(link: str, item: str, data: dict[str, Any]) -> Any:
    return Client(enforce_csrf_checks=True).post(f"{link}{item}/", data)


@pytest.mark.capability("B02")
def test_every_kind_is_asked_kept_and_sent_to_where_it_counts(link: str, place: Any) -> None:
    for item, data in GIVEN.items():
        page = Client().get(f"{link}{item}/").content.decode()
        assert page.count("<h1") == 1
        assert post(link, item, data).status_code == 302, item
    voice = SimpleUploadedFile("a.wav", WAV)
    assert post(link, "spoken", {"answer": voice}).status_code == 302
    assert "3 November 2026" in " ".join(Client().get(f"{link}check/").content.decode().split())
    again = Client().get(f"{link}matters/").content.decode()
    assert '<option value="1" selected>' in again
    assert 'value="3" checked' in Client().get(f"{link}helped/").content.decode()
    assert 'id="row_nurses_4" name="row_nurses" value="4" checked' in (
        Client().get(f"{link}team/").content.decode()
    )
    assert Client().post(f"{link}check/").status_code == 302
    response = Response.objects.get()
    assert response.answers == {
        "ward": 2,
        "helped_1": 1,
        "helped_2": 0,
        "helped_3": 1,
        "team_nurses": 4,
        "team_doctors": 2,
        "matters_2": 1,
        "matters_1": 2,
        "came": "2026-11-03",
    }
    said = dict(Comment.objects.values_list("question", "text"))
    assert said == {"": "Kind people", "What do you wish for?": "More light", "Tell us": ""}
    attachment = Attachment.objects.get()
    assert (attachment.kind, attachment.size) == ("voice", len(WAV))
    assert attachment.comment.disposition == "", "somebody listens to it"
    assert not InvitationFile.objects.exists()


@pytest.mark.parametrize(
    ("item", "data", "words"),
    [
        ("helped", {"answer": ["1", "9"]}, "Choose one of the answers"),
        ("helped", {"answer": ["1", "2"]}, "cannot go with the others"),
        ("matters", {"place_1": "1", "place_2": "1"}, "only once"),
        ("matters", {"place_1": "2"}, "begin with 1"),
        ("came", {"day": "31", "month": "2", "year": "2026"}, "as numbers"),
        ("came", {"day": "x", "month": "", "year": ""}, "as numbers"),
        ("team", {"row_nurses": "7"}, "Choose one of the answers"),
        ("spoken", {"answer": SimpleUploadedFile("a.exe", b"MZ" + bytes(60))}, "We can only keep"),
    ],
)
def test_answer_that_does_not_exist_comes_back_with_what_was_given(
    link: str, item: str, data: dict[str, Any], words: str
) -> None:
    posted = post(link, item, data)
    page = posted.content.decode()
    assert posted.status_code == 422 and words in page and "There is a problem" in page
    target = page.split('href="#')[1].split('"')[0]
    assert f'id="{target}"' in page
    assert Invitation.objects.get().progress == ""


def test_recording_that_was_taken_back_is_not_sent(link: str, actor: Any) -> None:
    post(link, "ward", {"answer": "1"})
    post(link, "spoken", {"answer": SimpleUploadedFile("a.wav", WAV)})
    assert b"A file is with this answer" in Client().get(f"{link}spoken/").content
    assert post(link, "spoken", {}).status_code == 302
    assert InvitationFile.objects.count() == 1, "going on keeps the file that is there"
    post(link, "spoken", {"remove": "yes"})
    finish(Invitation.objects.get(), language="en", by=actor, at=timezone.now())
    assert not Attachment.objects.exists() and not InvitationFile.objects.exists()


def test_upload_lies_sealed_and_cannot_be_named_by_hand(link: str) -> None:
    post(link, "spoken", {"answer": SimpleUploadedFile("a.wav", WAV)})
    assert b"WAVE" not in bytes(InvitationFile.objects.get().sealed)
    post(link, "spoken", {"answer": "upload:999"})
    assert f"upload:{InvitationFile.objects.get().pk}" in Invitation.objects.get().progress


def test_every_kind_is_on_the_one_page(link: str) -> None:
    page = Client().get(f"{link}all-questions/").content.decode()
    data = {
        f"{item}-{name}": value for item, fields in GIVEN.items() for name, value in fields.items()
    }
    for name in data:
        assert f'name="{name}"' in page, name
    assert 'name="spoken-answer"' in page
    assert Client().post(f"{link}all-questions/", data).status_code == 302
    answers = Response.objects.get().answers
    assert answers["came"] == "2026-11-03" and answers["matters_2"] == 1
    assert answers["team_nurses"] == 4 and answers["helped_3"] == 1
