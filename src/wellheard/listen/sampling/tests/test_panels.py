"""Alarms of listening reach the homes, and leave them when they are over."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from wellheard.listen.posters.models import PosterAlarm
from wellheard.listen.sampling.models import FeedAlarm

pytestmark = [pytest.mark.django_db, pytest.mark.capability("B19")]


def home(client: Any) -> str:
    return str(client.get(reverse("boards:home")).content.decode())


def test_silent_feed_and_stale_poster_stand_on_the_home_until_they_are_over(
    organisation: Any, place: Any, staff: Any, signed_in: Any
) -> None:
    at = timezone.now()
    client = signed_in(staff("px_specialist"))
    assert "fell silent" not in home(client) and "needs a look" not in home(client)
    feed = FeedAlarm.objects.create(
        organisation=organisation, feed="visits:emergency", last_at=at, expected=40, opened_at=at
    )
    poster = PosterAlarm.objects.create(
        organisation=organisation, place=place, why="silent", opened_at=at
    )
    shown = home(client)
    assert "A feed fell silent" in shown and "about 40 should have come" in shown
    assert "1 poster needs a look" in shown
    FeedAlarm.objects.filter(pk=feed.pk).update(closed_at=at)
    PosterAlarm.objects.filter(pk=poster.pk).update(closed_at=at)
    assert "fell silent" not in home(client) and "needs a look" not in home(client)


@pytest.mark.capability("B07")
def test_stale_poster_stands_on_the_page_of_its_place_and_of_no_other(
    organisation: Any, place: Any, other_place: Any, staff: Any, signed_in: Any
) -> None:
    at = timezone.now()
    PosterAlarm.objects.create(organisation=organisation, place=place, why="words", opened_at=at)
    client = signed_in(staff("nurse_manager", places=[place, other_place]))

    def page(of: Any) -> str:
        return str(client.get(reverse("boards:place", args=[of.pk])).content.decode())

    assert "1 poster needs a look" in page(place)
    assert "needs a look" not in page(other_place)
