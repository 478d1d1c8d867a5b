"""The card's pages, walked as a person walks them: without cookies and without a script."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from wellheard.base.audit.models import AuditRow
from wellheard.listen.cards.actions import sweep_drafts
from wellheard.listen.cards.models import CardDraft, CardReceipt, DraftFile
from wellheard.listen.intake.models import Comment
from wellheard.people.consent.queries import consents_of

pytestmark = pytest.mark.django_db


class Walk:
    """A person with a browser that keeps no cookies; remembers the address they are at."""

    def __init__(self, code: str, language: str = "en", query: str = "") -> None:
        self.start = f"/{language}/c/{code}/{query}"
        self.here = self.start
        self.page: Any = self.get()

    def get(self, address: str = "") -> Any:
        self.here = address or self.here
        self.page = Client().get(self.here)
        assert not self.page.cookies
        return self.page

    def send(self, **answers: Any) -> Any:
        answered = Client(enforce_csrf_checks=True).post(self.here, answers)
        assert not answered.cookies
        if answered.status_code == 302:
            self.here = (
                answered.url if answered.url.startswith("/") else _joined(self.here, answered.url)
            )
            return self.get()
        self.page = answered
        return answered

    @property
    def step(self) -> str:
        return self.here.split("?")[0].rstrip("/").rsplit("/", 1)[1]

    @property
    def words(self) -> str:
        text: str = self.page.content.decode()
        return text

    def to(self, step: str, query: str = "") -> Any:
        return self.get(f"{self.base}/{step}/{query}")

    @property
    def base(self) -> str:
        return self.here.split("?")[0].rstrip("/").rsplit("/", 1)[0]


def _joined(base: str, target: str) -> str:
    from urllib.parse import urljoin

    return urljoin(base, target)


@pytest.fixture
def walk(place: Any) -> Walk:
    return Walk(place.code)


def sent(walk: Walk, story: str = "Nobody answered the bell", rating: str = "2") -> Comment:
    walk.send(rating=rating)
    walk.send(story=story)
    walk.send(reply="no")
    walk.send()
    assert walk.step == "thanks"
    return Comment.objects.latest("pk")


@pytest.mark.capability("B07")
def test_anonymous_card_is_kept_and_holds_no_cookie_no_device_and_no_address(walk: Walk) -> None:
    comment = sent(walk)
    assert (comment.text, comment.rating, comment.rating_max) == ("Nobody answered the bell", 2, 5)
    assert comment.place is not None and comment.place.name == "Ward 7"
    assert (comment.patient, comment.wants_reply, comment.respondent_id) == (None, False, "")
    assert comment.reference in walk.words
    assert not CardDraft.objects.exists()
    kept = " ".join(f"{row.actor_ref} {row.details}" for row in AuditRow.objects.all())
    assert "127.0.0.1" not in kept
    assert "bell" not in kept


@pytest.mark.capability("C01")
def test_card_with_a_wish_for_a_reply_keeps_patient_consent_and_follow_link(walk: Walk) -> None:
    walk.send(rating="1")
    walk.send(story="I felt unsafe")
    walk.send(reply="sms")
    assert walk.step == "contact"
    walk.send(contact="(312) 555-0123", name="Ana Ruiz")
    assert "Ana Ruiz" in walk.words
    walk.send()
    comment = Comment.objects.get()
    assert comment.patient is not None
    assert comment.patient.contacts.get().value == "+13125550123"
    assert consents_of(comment.patient.pk, comment.recorded_at) == {("sms", "reply")}
    link = re.search(r'href="([./]+/follow/[^"]+)"', walk.words)
    assert link is not None
    followed = walk.get(_joined(walk.here, link[1]))
    assert comment.reference in followed.content.decode()
    assert "unsafe" not in followed.content.decode()
    assert Client().get("/en/c/follow/AAAAAAAAAAAAAAAAAAAAAAAAA/").status_code == 404


def test_answers_are_still_there_on_the_way_back_and_in_another_language(walk: Walk) -> None:
    walk.send(rating="4")
    walk.send(story="<b>Kind</b> & quiet")
    walk.to("rating")
    assert 'value="4" checked' in walk.words
    walk.to("story")
    assert "&lt;b&gt;Kind&lt;/b&gt; &amp; quiet</textarea>" in walk.words
    arabic = walk.here.replace("/en/", "/ar/")
    assert f'href="{arabic}"' in walk.words
    walk.get(arabic)
    assert 'dir="rtl"' in walk.words and "ماذا حدث؟" in walk.words
    assert "Kind" in walk.words


def test_changing_one_answer_leads_back_to_the_last_page(walk: Walk) -> None:
    walk.send(rating="4")
    walk.send(story="Fine")
    walk.send(reply="no")
    walk.to("story", "?from=check")
    walk.send(story="Very fine")
    assert walk.step == "check" and "Very fine" in walk.words
    walk.to("reply", "?from=check")
    walk.send(reply="email")
    assert walk.step == "contact"
    walk.send(contact="ana@example.org", name="")
    assert walk.step == "check" and "ana@example.org" in walk.words


def test_sending_twice_is_one_card_and_back_shows_the_receipt(walk: Walk) -> None:
    first = sent(walk)
    for _ in range(2):
        walk.here = f"{walk.base}/check/"
        walk.send()
        assert walk.step == "thanks" and first.reference in walk.words
    walk.to("story")
    assert Client().get(walk.here).status_code == 302
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("contact", ["", "312 555", "not a number", "+1 312 555 01234567"])
def test_contact_that_cannot_be_read_is_asked_for_again_with_what_was_typed(
    walk: Walk, contact: str
) -> None:
    walk.send(rating="3")
    walk.send(story="Hello")
    walk.send(reply="sms")
    page = walk.send(contact=contact, name="Ana")
    assert page.status_code == 422
    assert "<title>Error: Where can we reach you?" in walk.words
    assert 'href="#contact"' in walk.words and 'aria-invalid="true"' in walk.words
    assert 'value="Ana"' in walk.words


def test_card_without_any_answer_is_not_sent(walk: Walk) -> None:
    walk.send(rating="unsaid")
    walk.send(story="  ")
    walk.send(reply="no")
    assert "Write a few words" in walk.words
    walk.send()
    assert not Comment.objects.exists()


def test_story_of_the_longest_length_is_kept_and_a_longer_one_comes_back_whole(walk: Walk) -> None:
    walk.send(rating="1")
    page = walk.send(story="س" * 50_003)
    assert page.status_code == 422
    assert "3 letters too long" in walk.words and "س" * 50_003 in walk.words
    walk.send(story="س" * 50_000)
    walk.send(reply="no")
    walk.send()
    assert len(Comment.objects.get().text) == 50_000


def test_hostile_words_are_kept_as_words(walk: Walk) -> None:
    story = "\x00<script>alert(1)</script> {{ 7*7 }} =cmd|' /C calc'!A0 \u202eabc 👩🏽 ' OR 1=1 --"
    comment = sent(walk, story=story)
    assert comment.text == story.replace("\x00", "")
    assert "<script>alert" not in walk.words


def test_body_that_is_too_big_is_refused_with_words(walk: Walk) -> None:
    walk.send(rating="1")
    page = walk.send(story="x" * 2_500_000)
    assert page.status_code == 413
    assert "too big" in walk.words


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 302),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://testserver"}, 302),
        ({}, 302),
    ],
)
def test_post_is_taken_from_our_own_pages_only(place: Any, headers: Any, status: int) -> None:
    posted = Client().post(f"/en/c/{place.code}/", {"rating": "5"}, headers=headers)
    assert posted.status_code == status
    assert CardDraft.objects.count() == (1 if status == 302 else 0)


def test_draft_can_be_read_only_with_its_token_and_is_forgotten_after_a_day(
    walk: Walk, place: Any
) -> None:
    walk.send(rating="2")
    walk.send(story="Only for you")
    row = CardDraft.objects.get()
    token = walk.base.rsplit("/", 1)[1]
    assert token not in row.key and "Only" not in row.sealed
    guessed = walk.base.replace(token, "A" * 27)
    assert Client().get(f"{guessed}/story/").status_code == 410
    sweep_drafts(row.expires_at - timedelta(seconds=1))
    assert CardDraft.objects.count() == 1
    sweep_drafts(row.expires_at)
    assert not CardDraft.objects.exists()
    assert walk.to("story").status_code == 410


def test_story_sent_after_its_draft_was_forgotten_is_not_lost(walk: Walk) -> None:
    walk.send(rating="2")
    CardDraft.objects.all().delete()
    walk.send(story="Typed for a very long time")
    walk.to("story")
    assert "Typed for a very long time" in walk.words


def test_draft_of_one_place_does_not_open_at_another(
    walk: Walk, place: Any, other_place: Any
) -> None:
    walk.send(rating="2")
    assert Client().get(walk.here.replace(place.code, other_place.code)).status_code == 410


@pytest.mark.capability("B08")
def test_photo_and_voice_note_arrive_with_the_card(walk: Walk) -> None:
    walk.send(rating="2")
    photo = SimpleUploadedFile(
        "a.jpg", b"\xff\xd8\xff\xe1\x00\x06GPS!\xff\xda\x00\x02pic", "image/jpeg"
    )
    walk.send(story="See", file=photo, add="yes")
    assert walk.step == "story" and "Photo 1" in walk.words and "See</textarea>" in walk.words
    walk.send(story="See", file=SimpleUploadedFile("v.bin", b"OggS123", "text/plain"))
    walk.send(reply="no")
    assert "2 files" in walk.words
    walk.send()
    kept = Comment.objects.get().attachments.order_by("pk")
    assert [(each.kind, each.content_type) for each in kept] == [
        ("photo", "image/jpeg"),
        ("voice", "audio/ogg"),
    ]
    assert not DraftFile.objects.exists()


def test_file_of_another_kind_is_refused_and_the_story_kept(walk: Walk) -> None:
    walk.send(rating="2")
    page = walk.send(story="See", file=SimpleUploadedFile("a.jpg", b"<svg/>", "image/jpeg"))
    assert page.status_code == 422
    assert 'href="#file"' in walk.words and "See</textarea>" in walk.words


def test_file_can_be_removed_again(walk: Walk) -> None:
    walk.send(rating="2")
    walk.send(story="See", file=SimpleUploadedFile("v", b"OggS123", "x/y"), add="yes")
    walk.send(story="See", remove=str(DraftFile.objects.get().pk))
    assert not DraftFile.objects.exists() and walk.step == "story"


@pytest.mark.parametrize("typed", ["w a r", "ZZZZZ"])
def test_unknown_code_offers_to_type_it_again(db: None, typed: str) -> None:
    page = Client().get(f"/en/c/{typed}/")
    assert page.status_code == 404
    assert 'name="code"' in page.content.decode()


def test_short_address_without_language_leads_to_the_readers_language(place: Any) -> None:
    asked = Client().get(
        f"/c/{place.code}", headers={"Accept-Language": "es-MX,es;q=0.9"}, follow=True
    )
    assert asked.redirect_chain[-1][0] == f"/es/c/{place.code}/"
    assert "¿Cómo fue su atención?" in asked.content.decode()
    typed = Client().get("/en/c/", {"code": place.code.lower()})
    assert (typed.status_code, typed.url) == (302, f"/en/c/{place.code}/")


@pytest.mark.parametrize(("country", "number"), [("US", "988"), ("GB", "116 123"), ("FR", "112")])
def test_help_lines_are_those_of_the_country(place: Any, country: str, number: str) -> None:
    place.organisation.country = country
    place.organisation.save()
    assert number in Walk(place.code).words


def test_closed_place_takes_no_cards(place: Any, actor: Any, at: Any) -> None:
    from wellheard.people.places.actions import close_place

    close_place(place, by=actor, at=at)
    assert Client().get(f"/en/c/{place.code}/").status_code == 404


def test_card_walk_asks_the_database_little(walk: Walk, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(28):
        sent(walk)


def test_statements_written_out_know_every_column_of_their_tables(place: Any, at: Any) -> None:
    def columns(model: Any) -> set[str]:
        return {field.column for field in model._meta.local_concrete_fields}

    assert columns(CardDraft) == {"key", "organisation_id", "place_id", "sealed", "expires_at"}
    assert columns(CardReceipt) == {"key", "comment_id", "on_kiosk", "by_email", "expires_at"}


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_privacy_page_is_linked_from_every_card(place: Any, language: str) -> None:
    walk = Walk(place.code, language)
    assert f'href="/{language}/c/privacy/"' in walk.words
    assert walk.get(f"/{language}/c/privacy/").status_code == 200
