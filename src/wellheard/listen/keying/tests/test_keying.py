"""Paper cards: thirty at once, keyed, checked, and those told before flagged."""

from __future__ import annotations

from typing import Any

import pytest

from wellheard.listen.intake.models import Comment
from wellheard.listen.keying.rules import ROWS, doubles, read_rows

pytestmark = pytest.mark.django_db
ENTRY = "/staff/cards/entry/"


def batch(place: Any, **keyed: str) -> dict[str, str]:
    common = {"place": str(place.pk), "filled_on": "2026-03-02", "batch": "batch-1"}
    return common | keyed


@pytest.mark.capability("B09")
def test_thirty_cards_become_thirty_comments_with_duplicates_flagged(
    place: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("front_desk", places=[place]))
    story = (
        "I waited four hours in the corridor on a trolley and nobody told my daughter or me "
        "what was going to happen, which frightened us both."
    )
    keyed = {f"story_{n}": f"Card number {n} said something of its own here" for n in range(1, 31)}
    keyed |= {f"rating_{n}": str(1 + n % 5) for n in range(1, 31)}
    keyed |= {"story_7": story, "story_19": story.upper(), "story_3": keyed["story_2"]}
    answered = client.post(ENTRY, batch(place, **keyed))
    words = answered.content.decode()
    assert answered.status_code == 200 and "30 cards are kept" in words
    assert Comment.objects.filter(source="paper").count() == ROWS == 30
    copy = Comment.objects.get(duplicate_of__isnull=False)
    assert copy.text == story.upper() and "Told before" in words
    assert "Same words as card 2" in words
    client.post(ENTRY, batch(place, **keyed))
    assert Comment.objects.count() == 30


def test_rows_with_problems_come_back_as_they_were_keyed(
    place: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("front_desk", places=[place]))
    keyed = {
        "rating_1": "9",
        "story_2": "<b>kept</b>",
        "contact_2": "nonsense",
        "name_4": "Ana",
        "filled_on": "2999-01-01",
    }
    answered = client.post(ENTRY, batch(place, **keyed))
    words = answered.content.decode()
    assert answered.status_code == 422 and not Comment.objects.exists()
    assert (
        'href="#rating_1"' in words and 'href="#contact_2"' in words and 'href="#story_4"' in words
    )
    assert "&lt;b&gt;kept&lt;/b&gt;</textarea>" in words and "not come yet" in words


def test_empty_batch_is_not_kept(place: Any, staff: Any, signed_in: Any) -> None:
    answered = signed_in(staff("front_desk", places=[place])).post(ENTRY, batch(place))
    assert answered.status_code == 422


def test_card_that_asks_for_a_reply_keeps_patient_and_language(
    place: Any, staff: Any, signed_in: Any
) -> None:
    keyed = {"story_5": "Llamen por favor", "language_5": "es", "contact_5": "ana@example.org"}
    signed_in(staff("front_desk", places=[place])).post(ENTRY, batch(place, **keyed))
    comment = Comment.objects.get()
    assert comment.wants_reply and comment.patient is not None
    assert (comment.language, comment.patient.language) == ("es", "es")
    assert comment.received_at.date().isoformat() == "2026-03-02"


def test_cards_are_entered_only_for_places_of_the_person(
    place: Any, other_place: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("front_desk", places=[place]))
    answered = client.post(ENTRY, batch(other_place, story_1="x"))
    assert answered.status_code == 422 and not Comment.objects.exists()
    assert signed_in(staff("analyst")).get(ENTRY).status_code == 403


def test_short_words_keyed_twice_are_no_double() -> None:
    rows = read_rows({"story_1": "Very good", "story_2": "very good", "story_3": "  "})
    assert doubles(rows) == {} and rows[2].is_empty
