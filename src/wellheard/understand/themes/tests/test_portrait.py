"""A theme's own page: how often, where, how people feel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.understand.themes.models import CommentReading, ThemeLabel
from wellheard.understand.themes.portrait import portrait
from wellheard.understand.themes.presenters import portrait_words


@pytest.fixture
def tell(actor: Any, at: Any) -> Any:
    def receive(place: Any, *, days_ago: int, theme: str = "", sentiment: int = 4) -> None:
        new = NewComment(
            organisation=place.organisation, place=place, source="card", text=f"Words {days_ago}"
        )
        comment = receive_comment(new, by=actor, at=at - timedelta(days=days_ago))
        CommentReading.objects.create(
            organisation=place.organisation, comment=comment, engine="test", sentiment=sentiment,
            machine_sentiment=sentiment, sentiment_confidence=0.9, masked_text="Words", read_at=at,
        )  # fmt: skip
        if theme:
            ThemeLabel.objects.create(
                organisation=place.organisation, comment=comment, theme=theme, source="machine",
                confidence=0.9,
            )  # fmt: skip

    return receive


@pytest.mark.capability("B18")
def test_portrait_counts_shares_by_month_place_and_feeling(
    place: Any, other_place: Any, tell: Any, at: Any
) -> None:
    for _ in range(3):
        tell(place, days_ago=1, theme="food_drink", sentiment=5)
    tell(place, days_ago=1)
    tell(other_place, days_ago=100, theme="food_drink", sentiment=1)
    for _ in range(3):
        tell(other_place, days_ago=100)
    tell(place, days_ago=500, theme="food_drink")
    found = portrait(place.organisation_id, "food_drink", None, now=at)
    assert [(share.some, share.of) for _month, share in found.months] == [(1, 4), (3, 4)]
    assert [(where.pk, share.some, share.of) for where, share in found.places] == [
        (place.pk, 3, 4), (other_place.pk, 1, 4),
    ]  # fmt: skip
    assert dict(found.feelings) == {1: 1, 2: 0, 3: 0, 4: 0, 5: 3}
    words = portrait_words(found)
    assert "no change we could tell" in words["often"] and "n\u202f4" in words["often"]
    mine = portrait(place.organisation_id, "food_drink", frozenset({other_place.pk}), now=at)
    assert mine.recent is None and [where.pk for where, _share in mine.places] == [other_place.pk]


def test_portrait_says_a_rise_only_when_the_intervals_part(place: Any, tell: Any, at: Any) -> None:
    for number in range(12):
        tell(place, days_ago=2, theme="food_drink")
        tell(place, days_ago=90, theme="food_drink" if number == 0 else "")
    words = portrait_words(portrait(place.organisation_id, "food_drink", None, now=at))
    assert words["often"].startswith("More than before: lately")
    nothing = portrait_words(portrait(place.organisation_id, "parking", frozenset(), now=at))
    assert nothing["often"] == "Nobody left words in these weeks." and nothing["where"] == []
