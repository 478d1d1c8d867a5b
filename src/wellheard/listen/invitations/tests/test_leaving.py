"""Two pages open, another device, another person: nothing is lost and nobody is asked too often."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from wellheard.base.vault.sealing import new_token, sign
from wellheard.listen.intake.models import Comment
from wellheard.listen.invitations import store
from wellheard.listen.invitations.actions import close_expired, invite, keep_answer
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.rules import Progress, read_code
from wellheard.listen.responses.models import Response
from wellheard.listen.surveys.instruments import instrument
from wellheard.people.patients.actions import recognise_patient

pytestmark = [pytest.mark.django_db, pytest.mark.capability("B04")]


@pytest.fixture
def patient(organisation: Any, actor: Any, at: Any) -> Any:
    return recognise_patient(
        organisation=organisation, name="Ana Ruiz", email="ana@example.org", by=actor, at=at
    )


@pytest.fixture
def link(place: Any, actor: Any) -> str:
    made = invite(place=place, instrument_code="pulse", by=actor, at=timezone.now())
    return f"/en/s/{made.token}/"


def give(link: str, item: str, answer: str) -> Any:
    return Client().post(f"{link}{item}/", {"answer": answer})


def kept() -> dict[str, Any]:
    return dict(Progress.read(Invitation.objects.get().progress).answers)


def test_two_open_pages_never_undo_each_other(link: str) -> None:
    asked, now = instrument("pulse"), timezone.now()
    one, other = Invitation.objects.get(), Invitation.objects.get()
    keep_answer(one, asked.item("rating"), "9", at=now)
    keep_answer(other, asked.item("respect"), "4", at=now)
    stale = Invitation.objects.get()
    keep_answer(Invitation.objects.get(), asked.item("rating"), "3", at=now)
    keep_answer(stale, asked.item("rating"), "5", at=now)
    assert kept() == {"rating": 5, "respect": 4}, "the last answer to each question"


def test_answer_of_a_second_page_after_sending_changes_nothing(link: str) -> None:
    give(link, "rating", "9")
    late = Invitation.objects.get()
    Client().post(f"{link}check/")
    assert keep_answer(late, instrument("pulse").item("rating"), "1", at=timezone.now()) is None
    assert Response.objects.get().answers == {"rating": 9}


def test_code_goes_on_with_the_same_answers_on_another_device(link: str) -> None:
    give(link, "rating", "7")
    page = Client().post(f"{link}go-on-later/").content.decode()
    code = re.findall(r"(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}", page)[0]
    assert code.replace("-", "") not in str(Invitation.objects.values().get())
    opened = Client().post("/es/s/", {"code": code.lower()})
    assert opened.status_code == 302 and opened.url.startswith("/es/s/")
    assert 'value="7" checked' in Client().get(f"{opened.url}rating/").content.decode()
    give(opened.url, "respect", "4")
    assert kept() == {"rating": 7, "respect": 4}, "both ways lead to one survey"
    Client().post(f"{link}go-on-later/")
    assert Client().get(opened.url).status_code == 404, "an earlier code ends"


@pytest.mark.parametrize("code", ["", "ABC", "2345-2345-2345", "IIII-OOOO-0000", "x" * 500])
def test_code_that_is_none_is_said_kindly(link: str, code: str) -> None:
    page = Client().post("/en/s/", {"code": code})
    assert page.status_code == 422 and b"There is a problem" in page.content
    assert read_code(code) in (None, "234523452345")


def test_survey_that_closes_while_somebody_answers_can_still_be_finished(link: str) -> None:
    give(link, "rating", "7")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(hours=2))
    close_expired(timezone.now())
    assert give(link, "respect", "4").status_code == 302
    later = timezone.now() + timedelta(hours=30)
    close_expired(later)
    page = give(link, "clean", "4")
    assert page.status_code == 200 and b"What you answered until then was kept" in page.content
    assert Response.objects.get().answers == {"rating": 7, "respect": 4}


def test_relative_says_that_the_person_died(
    link: str, place: Any, actor: Any, patient: Any
) -> None:
    Invitation.objects.update(patient=patient)
    other = invite(
        place=place, instrument_code="nps", patient=patient, by=actor, at=timezone.now()
    ).invitation
    give(link, "rating", "2")
    said = {"who": "died", "words": "My father was so afraid at night."}
    answer = Client().post(f"{link}not-me/", said)
    page = Client().get(f"{link}ended-died/").content.decode()
    assert answer.status_code == 302 and "We are sorry for your loss" in page
    Client().post(f"{link}not-me/", said)
    comment = Comment.objects.get()
    assert (comment.text, comment.patient, comment.place) == (said["words"], patient, place)
    assert "has died" in comment.question
    response = Response.objects.get()
    assert (response.answers, response.complete) == ({"rating": 2}, False)
    other.refresh_from_db()
    assert other.finished_at is not None and other.ended_as == "died"
    assert b"sorry for your loss" in Client().get(link).content
    assert give(link, "rating", "5").status_code == 200
    assert Response.objects.get().answers == {"rating": 2}


@pytest.mark.parametrize(
    ("who", "words", "ended_as"),
    [("stop", "We will not ask again", "declined"), ("stranger", "closed now", "stranger")],
)
def test_who_will_not_answer_is_not_asked_again(
    link: str, who: str, words: str, ended_as: str
) -> None:
    answer = Client().post(f"{link}not-me/", {"who": who})
    assert words in Client().get(f"{link}{answer.url[3:]}").content.decode()
    assert Invitation.objects.get().ended_as == ended_as
    assert not Comment.objects.exists()


def test_child_is_sent_to_a_grown_up_and_nothing_is_closed(link: str, place: Any) -> None:
    page = Client().post(f"{link}not-me/", {"who": "child"}).content.decode()
    assert "ask a grown-up" in page and f"/c/{place.code}/" in page
    assert Client().post(f"{link}not-me/", {"who": "helper"}).status_code == 302
    assert Client().post(f"{link}not-me/", {}).status_code == 422
    too_long = {"who": "died", "words": "x" * 60_000}
    assert Client().post(f"{link}not-me/", too_long).status_code == 422
    assert Invitation.objects.get().finished_at is None


def test_links_of_another_purpose_or_house_are_refused(link: str, place: Any) -> None:
    for token in (sign(new_token(), "survey"), sign(new_token(), "card"), "a" * 60):
        page = Client().get(f"/en/s/{token}/")
        assert page.status_code == 404 and b"This link does not work" in page.content


def test_clocks_that_differ_do_not_close_a_link(place: Any, actor: Any) -> None:
    ahead = timezone.now() + timedelta(minutes=10)
    made = invite(place=place, instrument_code="pulse", by=actor, at=ahead)
    assert Client().get(f"/en/s/{made.token}/").status_code == 200
    assert give(f"/en/s/{made.token}/", "rating", "8").status_code == 302


def test_written_statements_know_every_column_of_the_model() -> None:
    assert set(store.COLUMNS) == {each.column for each in Invitation._meta.concrete_fields}
