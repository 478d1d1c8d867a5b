"""Alarms of posters: silent, with an old address, with old words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.posters import watching
from wellheard.listen.posters.models import PosterAlarm, PosterPrint
from wellheard.listen.posters.rules import card_address
from wellheard.listen.posters.watching import is_silent, note_print, watch_posters

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
    note_print(place, card_address("https://old.example.org", place.code), by=actor, at=NOW)
    watch_posters(organisation, BASE, by=actor, at=NOW)
    assert PosterAlarm.objects.get(closed_at=None).why == "address"
    page = signed_in(staff("front_desk", places=[place])).get("/staff/posters/").content.decode()
    assert "Posters that need a look" in page and "leads to an old address" in page
    note_print(place, card_address(BASE, place.code), by=actor, at=NOW + DAY)
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
