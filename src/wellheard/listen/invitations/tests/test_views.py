"""Surveys by link: answered once, kept on the way, kind when the link is wrong."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from wellheard.listen.intake.models import Comment
from wellheard.listen.invitations.actions import close_expired, invite
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.rules import Progress, answered, resume_at, sent_answers
from wellheard.listen.responses.models import Response

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(place: Any, actor: Any) -> str:
    made = invite(place=place, instrument_code="pulse", by=actor, at=timezone.now())
    return f"/en/s/{made.token}/"


def get(address: str) -> Any:
    answer = Client().get(address)
    assert not answer.cookies
    return answer


def give(link: str, item: str, answer: str = "", query: str = "") -> str:
    """Answer one item; the item the person is led to."""
    posted = Client(enforce_csrf_checks=True).post(f"{link}{item}/{query}", {"answer": answer})
    assert posted.status_code == 302, posted.content
    led: str = posted.url.strip("./")
    return led


def fill_in(link: str, **answers: str) -> str:
    item = "rating"
    while item != "check":
        item = give(link, item, answers.get(item, ""))
    posted = Client().post(f"{link}check/")
    return str(posted.url) if posted.status_code == 302 else ""


@pytest.mark.capability("B04")
def test_survey_is_answered_one_question_a_page_and_arrives_once(link: str, place: Any) -> None:
    assert b"about 3 minutes" in get(link).content
    page = get(f"{link}rating/").content.decode()
    assert page.count("<h1") == 1 and "Question 1 of 12" in page and 'value="10"' in page
    assert (
        fill_in(link, rating="9", respect="4", help_soon="na", comment="Kind nurses")
        == "../thanks/"
    )
    response = Response.objects.get()
    assert (response.place, response.mode, response.language) == (place, "web", "en")
    assert response.answers == {"rating": 9, "respect": 4} and response.complete
    assert Comment.objects.get().response == response
    assert Invitation.objects.get().progress == ""


@pytest.mark.capability("B04")
def test_link_used_again_says_thank_you_and_changes_nothing(link: str) -> None:
    fill_in(link, rating="9")
    for page in ("", "rating/", "check/"):
        again = get(f"{link}{page}")
        assert again.status_code == 200 and b"You have answered already" in again.content
    assert b"already" in Client().post(f"{link}rating/", {"answer": "0"}).content
    assert b"already" in Client().post(f"{link}check/").content
    assert [each.answers for each in Response.objects.all()] == [{"rating": 9}]
    assert b"Thank you for your answers" in get(f"{link}thanks/").content


@pytest.mark.capability("B04")
@pytest.mark.parametrize("cut", [1, 20, 60])
def test_altered_link_is_refused_kindly(link: str, cut: int) -> None:
    altered = f"{link[:-1][:-cut]}/"
    page = get(altered)
    assert page.status_code == 404 and b"This link does not work" in page.content
    flipped = f"{link[:8]}{'A' if link[8] != 'A' else 'B'}{link[9:]}"
    assert b"This link does not work" in get(flipped).content


@pytest.mark.capability("B04")
def test_expired_link_leads_to_the_comment_card(link: str, place: Any) -> None:
    Invitation.objects.update(expires_at=timezone.now())
    page = get(link)
    assert page.status_code == 410 and f"/c/{place.code}/" in page.content.decode()
    assert Client().post(f"{link}rating/", {"answer": "3"}).status_code == 410


@pytest.mark.capability("B04")
def test_answers_are_kept_and_the_same_link_goes_on_where_one_stopped(link: str) -> None:
    assert give(link, "rating", "7") == "recommend"
    give(link, "recommend")
    page = get(link).content.decode()
    assert "Go on where you stopped" in page and 'href="nurse_listen/"' in page
    back = get(f"{link}rating/").content.decode()
    assert 'value="7" checked' in back


def test_language_switch_keeps_answers_and_the_last_language_is_noted(link: str) -> None:
    give(link, "rating", "7")
    arabic = link.replace("/en/", "/ar/")
    page = get(f"{arabic}rating/").content.decode()
    assert 'dir="rtl"' in page and 'value="7" checked' in page and "كيف كانت رعايتك" in page
    assert f'href="{link}rating/"' in page
    fill_in(arabic, rating="7")
    assert Response.objects.get().language == "ar"


@pytest.mark.parametrize(
    ("item", "answer"),
    [("rating", "11"), ("rating", "x"), ("clean", "5"), ("comment", "x" * 50_001)],
)
def test_answer_that_does_not_exist_comes_back_with_the_question(
    link: str, item: str, answer: str
) -> None:
    posted = Client().post(f"{link}{item}/", {"answer": answer})
    assert posted.status_code == 422 and b"There is a problem" in posted.content
    assert Progress.read(Invitation.objects.get().progress) == Progress()


def test_nothing_answered_is_not_sent(link: str) -> None:
    assert fill_in(link) == ""
    assert not Response.objects.exists()


def test_changing_one_answer_leads_back_to_the_last_page(link: str) -> None:
    item = "rating"
    while item != "check":
        item = give(link, item)
    assert give(link, "clean", "2", "?from=check") == "check"
    assert b"Sometimes" in get(f"{link}check/").content


def test_words_are_shown_as_words(link: str) -> None:
    give(link, "comment", "<script>alert(1)</script>")
    for page in ("comment", "check"):
        assert b"<script>alert" not in get(f"{link}{page}/").content


def test_unfinished_survey_is_kept_as_far_as_it_was_answered(
    link: str, place: Any, actor: Any
) -> None:
    give(link, "rating", "3")
    give(link, "comment", "I had to stop")
    invite(place=place, instrument_code="pulse", by=actor, at=timezone.now())
    close_expired(timezone.now())
    assert not Response.objects.exists()
    later = timezone.now() + timedelta(days=60)
    close_expired(later)
    close_expired(later)
    response = Response.objects.get()
    assert (response.answers, response.complete) == ({"rating": 3}, False)
    assert Comment.objects.get().text == "I had to stop"
    assert not Invitation.objects.filter(finished_at=None).exists()


def test_answers_lie_sealed_until_they_are_sent(link: str) -> None:
    from django.db import connection

    give(link, "comment", "secret words")
    with connection.cursor() as cursor:
        cursor.execute("SELECT progress, key FROM listen_invitation")
        kept = str(cursor.fetchone())
    assert "secret" not in kept and link.split("/")[3].split(":")[0] not in kept


def test_changed_answer_takes_the_answers_it_skips_out_of_what_is_sent() -> None:
    from wellheard.listen.surveys.rules import read_instrument
    from wellheard.listen.surveys.tests.test_rules import definition

    stay = read_instrument(copy.deepcopy(definition()))
    progress = Progress()
    for code, typed in (("medicine", "1"), ("told", "0"), ("comment", ""), ("medicine", "0")):
        progress = answered(progress, stay.item(code), typed)
    assert sent_answers(stay, progress) == {"medicine": 0}
    assert resume_at(stay, progress) is None


def test_question_that_is_not_asked_leads_to_the_beginning(link: str) -> None:
    assert get(f"{link}nothing/").status_code == 302


@pytest.mark.capability("B04")
def test_link_is_made_by_staff_and_opens_once_for_one_person(
    place: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("px_specialist"))
    assert b"Make a link" in client.get("/staff/surveys/pulse/").content
    asked = {"instrument": "pulse", "place": place.pk, "language": "es"}
    page = client.post("/staff/survey-links/", asked).content.decode()
    address = page.split('readonly value="')[1].split('"')[0]
    opened = get("/" + address.split("/", 3)[3])
    assert "Su experiencia con nosotros" in opened.content.decode()
    assert client.post("/staff/survey-links/", asked | {"instrument": "x"}).status_code == 422
    assert signed_in(staff("executive")).post("/staff/survey-links/", asked).status_code == 403
