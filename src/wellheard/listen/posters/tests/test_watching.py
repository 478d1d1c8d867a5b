"""Alarms of posters: silent, with an old address, with old words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from wellheard.listen.cards import queries
from wellheard.listen.cards.queries import Spot
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.intake.models import Comment
from wellheard.listen.posters import watching
from wellheard.listen.posters.models import PosterAlarm, PosterPrint
from wellheard.listen.posters.rules import card_address
from wellheard.listen.posters.watching import is_silent, note_print, watch_posters
from wellheard.people.places.actions import add_touchpoint, close_touchpoint
from wellheard.people.places.models import Touchpoint

BASE = "https://listen.example.org"
NOW = datetime(2026, 3, 4, 20, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("cards", "wait", "silent"), [(21, 4, False), (21, 5, True), (4, 30, False), (6, 18, False)]
)
def test_poster_is_silent_when_the_wait_is_beyond_chance(cards, wait, silent):
    last = NOW - wait * DAY
    assert is_silent(cards, last - 20 * DAY, last, NOW) == silent


pytestmark = pytest.mark.django_db


@pytest.mark.capability("B07")
def test_silent_poster_raises_one_alarm_and_a_card_ends_it(place, organisation, actor):
    def card(at):
        new = NewComment(organisation=organisation, source="card", place=place, rating=4)
        receive_comment(new, by=actor, at=at)

    for day in range(30, 9, -3):
        card(NOW - day * DAY)
    assert watch_posters(organisation, BASE, by=actor, at=NOW) == 0
    later = NOW + 8 * DAY
    assert watch_posters(organisation, BASE, by=actor, at=later) == 1
    assert watch_posters(organisation, BASE, by=actor, at=later) == 0
    assert PosterAlarm.objects.get().why == "silent"
    card(later)
    watch_posters(organisation, BASE, by=actor, at=later)
    assert PosterAlarm.objects.get().closed_at == later


@pytest.mark.capability("B07")
def test_poster_with_an_old_address_or_old_words_is_listed_until_printed_again(
    place, organisation, actor, staff, signed_in, monkeypatch
):
    note_print(Spot(place), card_address("https://old.example.org", place.code), by=actor, at=NOW)
    watch_posters(organisation, BASE, by=actor, at=NOW)
    assert PosterAlarm.objects.get(closed_at=None).why == "address"
    page = signed_in(staff("front_desk", places=[place])).get("/staff/posters/").content.decode()
    assert "Posters that need a look" in page and "leads to an old address" in page
    note_print(Spot(place), card_address(BASE, place.code), by=actor, at=NOW + DAY)
    watch_posters(organisation, BASE, by=actor, at=NOW + DAY)
    assert not PosterAlarm.objects.filter(closed_at=None).exists()
    monkeypatch.setattr(watching, "words_version", lambda: "99")
    watch_posters(organisation, BASE, by=actor, at=NOW + 2 * DAY)
    assert PosterAlarm.objects.get(closed_at=None).why == "words"


def test_printing_is_noted_once_a_day(place, staff, signed_in):
    client = signed_in(staff("front_desk", places=[place]))
    for _ in range(2):
        client.get(f"/staff/places/{place.pk}/poster.pdf")
    assert PosterPrint.objects.get().address.endswith(f"/c/{place.code}")


@pytest.mark.capability("B07")
def test_touchpoint_is_silent_by_its_own_cards_and_not_by_those_of_its_place(
    place, organisation, actor
):
    desk = add_touchpoint(place, name="Discharge desk", by=actor, at=NOW)

    def card(at, touchpoint=None, mode=""):
        spot = touchpoint and touchpoint.pk
        new = NewComment(
            organisation=organisation,
            source="card",
            place=place,
            rating=4,
            touchpoint_id=spot,
            mode=mode,
        )
        receive_comment(new, by=actor, at=at)

    for day in range(30, 9, -3):
        card(NOW - day * DAY, desk)
    later = NOW + 8 * DAY
    for day in range(38):
        card(later - day * DAY)
        card(later - day * DAY, desk, mode="kiosk")
    assert watch_posters(organisation, BASE, by=actor, at=later) == 1
    alarm = PosterAlarm.objects.get()
    assert (alarm.why, alarm.touchpoint) == ("silent", desk)
    close_touchpoint(desk, by=actor, at=later)
    watch_posters(organisation, BASE, by=actor, at=later)
    assert not PosterAlarm.objects.filter(closed_at=None).exists()


@pytest.mark.capability("B07")
def test_card_scanned_at_a_touchpoint_says_so(place, staff, signed_in):
    client = signed_in(staff("front_desk", places=[place]))
    client.post(f"/staff/places/{place.pk}/touchpoints/", {"name": " Clinic 4 waiting "})
    desk = Touchpoint.objects.get()
    assert desk.name == "Clinic 4 waiting" and desk.code != place.code
    page = client.get("/staff/posters/").content.decode()
    assert f"/c/{desk.code}" in page and "Clinic 4 waiting" in page
    sheet = client.get(f"/staff/places/{place.pk}/touchpoints/{desk.pk}/poster.pdf")
    assert sheet.content.startswith(b"%PDF")
    assert PosterPrint.objects.get().address.endswith(f"/c/{desk.code}")
    visitor = Client()
    assert "Clinic 4 waiting" in visitor.get(f"/en/c/{desk.code}/").content.decode()
    story = visitor.post(f"/en/c/{desk.code}/", {"rating": "2"}).url
    base = f"/en/c/{desk.code}/{story.split('/')[0]}"
    visitor.post(f"{base}/story/", {"story": "An hour of waiting"})
    visitor.post(f"{base}/check/")
    comment = Comment.objects.get()
    assert (comment.place, comment.touchpoint) == (place, desk)
    client.post(f"/staff/places/{place.pk}/touchpoints/{desk.pk}/closing/")
    queries._spots.clear()
    assert visitor.get(f"/en/c/{desk.code}/").status_code == 404
