"""The search as its readers meet it: what is found, by whom, and what is left in no address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from wellheard.base.audit.models import AuditRow
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.understand.facts.models import Fact
from wellheard.understand.search.actions import (
    forget_words,
    index_comments,
    index_missing,
    keep_words,
)
from wellheard.understand.search.finding import Find, behind, read_find
from wellheard.understand.search.models import SearchText, SoughtWords
from wellheard.understand.search.queries import alike, comments_found, sought_of
from wellheard.understand.themes.models import CommentReading, ThemeLabel


@pytest.fixture
def tell(actor: Any, at: Any) -> Any:
    """``tell(place, text, masked=...)`` is a comment that was received, read and indexed."""

    def receive(place: Any, text: str, *, masked: str | None = None, days_ago: int = 1,
                theme: str = "", sentiment: int = 4, **more: Any) -> Any:  # fmt: skip
        new = NewComment(
            organisation=place.organisation, place=place, source="card", text=text, **more
        )
        comment = receive_comment(new, by=actor, at=at - timedelta(days=days_ago))
        CommentReading.objects.create(
            organisation=place.organisation, comment=comment, engine="test", language="en",
            machine_sentiment=sentiment, sentiment=sentiment, sentiment_confidence=0.9,
            is_praise=sentiment < 3, masked_text=text if masked is None else masked, read_at=at,
        )  # fmt: skip
        if theme:
            ThemeLabel.objects.create(
                organisation=place.organisation, comment=comment, theme=theme, source="machine",
                confidence=0.9,
            )  # fmt: skip
        index_comments([comment.pk])
        return comment

    return receive


def found(person: Any, typed: str = "", **wanted: Any) -> list[int]:
    comments = comments_found(Find(**wanted), sought_of(typed), person)
    return list(comments.values_list("pk", flat=True))


@pytest.mark.capability("P05")
def test_comments_are_found_by_word_theme_place_mark_and_period(
    place: Any, other_place: Any, tell: Any, staff: Any, person_of: Any, at: Any
) -> None:
    reader = person_of(staff("px_specialist"))
    bell = tell(place, "Nobody answered the call bell", theme="waiting_times", rating=1,
                rating_max=5, days_ago=40)  # fmt: skip
    food = tell(other_place, "The food was cold", rating=3, rating_max=5)
    kind = tell(place, "Kind nurses, thank you", sentiment=1, rating=5, rating_max=5)
    assert found(reader, "bell") == [bell.pk]
    assert found(reader, "nurs") == [kind.pk]
    assert found(reader) == [kind.pk, food.pk, bell.pk]
    assert found(reader, theme="waiting_times") == [bell.pk]
    assert found(reader, place=other_place.pk) == [food.pk]
    assert found(reader, site=place.site_id, mood="praise") == [kind.pk]
    assert found(reader, mark="low") == [bell.pk]
    assert found(reader, mark="middle") == [food.pk]
    assert found(reader, mark="high") == [kind.pk]
    day = at.date() - timedelta(days=40)
    assert found(reader, since=day, until=day) == [bell.pk]
    assert found(reader, until=day - timedelta(days=1)) == []


def test_who_reads_masked_words_searches_only_in_masked_words(
    place: Any, tell: Any, staff: Any, person_of: Any
) -> None:
    comment = tell(place, "Nurse Okonkwo was rude", masked="[staff] was rude")
    executive, specialist = person_of(staff("executive")), person_of(staff("px_specialist"))
    assert found(specialist, "okonkwo") == [comment.pk]
    assert found(executive, "okonkwo") == []
    assert found(executive, "rude") == [comment.pk]
    assert found(executive, "-okonkwo rude") == [comment.pk]


def test_a_manager_finds_nothing_of_other_places(
    place: Any, other_place: Any, tell: Any, staff: Any, person_of: Any
) -> None:
    mine, _theirs = tell(place, "Cold food here"), tell(other_place, "Cold food there")
    assert found(person_of(staff("nurse_manager", places=[place])), "food") == [mine.pk]


def test_comments_not_read_yet_are_hidden_from_masked_readers(
    place: Any, actor: Any, staff: Any, person_of: Any, at: Any
) -> None:
    new = NewComment(organisation=place.organisation, place=place, source="card", text="Cold food")
    comment = receive_comment(new, by=actor, at=at)
    index_comments([comment.pk])
    assert found(person_of(staff("executive")), "food") == []
    assert found(person_of(staff("px_specialist")), "food") == [comment.pk]


def test_quotes_behind_a_number_are_those_who_gave_that_answer(
    place: Any, tell: Any, staff: Any, person_of: Any, at: Any
) -> None:
    best, rest = tell(place, "It was perfect"), tell(place, "It was not")
    for comment, value in ((best, 10), (rest, 3)):
        Fact.objects.create(
            organisation=place.organisation, place=place, comment=comment, item="pulse.rating",
            version=1, value=value, month=202603, day=at.date(),
        )  # fmt: skip
    reader = person_of(staff("px_specialist"))
    assert found(reader, measure="rating", answers="best") == [best.pk]
    assert found(reader, measure="rating", answers="rest") == [rest.pk]
    assert found(reader, measure="no_such", answers="rest") == []


def test_words_stand_in_no_address_no_audit_row_and_open_for_nobody_else(
    place: Any, tell: Any, staff: Any, client: Any
) -> None:
    tell(place, "Nobody answered the call bell, said Mr Quigley")
    client.force_login(
        staff("px_specialist"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    answer = client.post(reverse("search:search"), {"typed": "quigley", "place": str(place.pk)})
    assert answer.status_code == 302 and "quigley" not in answer.url.lower()
    shown = client.get(answer.url).content.decode()
    assert "<mark>Quigley</mark>" in shown and "“quigley”" in shown and "1 comment" in shown
    assert not any("quigley" in str(row.details).lower() for row in AuditRow.objects.all())
    assert "quigley" not in str(SoughtWords.objects.values_list("key", flat=True)[0])
    read = AuditRow.objects.filter(action="read", object_kind="comment_list").get()
    assert read.details == {"count": 1}
    client.force_login(
        staff("px_specialist"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    theirs = client.get(answer.url).content.decode()
    assert "no longer kept, or somebody else typed them" in theirs and "<mark>" not in theirs


def test_form_that_cannot_be_right_says_so_and_keeps_what_was_typed(
    place: Any, staff: Any, signed_in: Any
) -> None:
    given = {"typed": "bell", "since": "2026-03-02", "until": "2026-03-01"}
    answer = signed_in(staff("px_specialist")).post(reverse("search:search"), given)
    assert answer.status_code == 400
    assert "must not lie before the first" in answer.content.decode()
    assert 'value="bell"' in answer.content.decode()
    assert not SoughtWords.objects.exists()


def test_reader_turns_pages_within_what_was_found(
    place: Any, tell: Any, staff: Any, signed_in: Any
) -> None:
    for number in range(3):
        tell(place, f"Cold food number {number}", days_ago=number + 1)
    client = signed_in(staff("px_specialist"))
    address = reverse("search:reader")
    first = client.get(address, {"place": place.pk}).content.decode()
    assert "Comment 1 of 3" in first and "number 0" in first and 'rel="prev"' not in first
    last = client.get(address, {"place": place.pk, "at": "99"}).content.decode()
    assert "Comment 3 of 3" in last and "number 2" in last and 'rel="next"' not in last
    assert "What it is about" in last
    nothing = client.get(address, {"theme": "waiting_times"})
    assert urlsplit(nothing.url).path == reverse("search:search")


def test_a_place_out_of_reach_is_refused(
    place: Any, other_place: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("nurse_manager", places=[place]))
    assert client.get(reverse("search:search"), {"place": other_place.pk}).status_code == 403
    assert client.get(reverse("search:search"), {"place": "x", "since": "never"}).status_code == 200


def test_more_like_this_finds_the_same_trouble_and_stays_within_reach(
    place: Any, other_place: Any, tell: Any, staff: Any, person_of: Any, signed_in: Any
) -> None:
    texts = ["the food was cold and late", "the room was clean and quiet",
             "parking was hard to find", "the doctor listened to me"]  # fmt: skip
    for number in range(16):
        tell(place, f"{texts[number % 4]} {number}")
    own = tell(place, "Nobody answered the call bell for an hour")
    same = tell(place, "The call bell was never answered at night")
    hidden = tell(other_place, "Nobody answered the call bell at all")
    user = staff("nurse_manager", places=[place])
    assert [each.comment_id for each in alike(own, person_of(user))][:1] == [same.pk]
    everywhere = [each.comment_id for each in alike(own, person_of(staff("px_specialist")))]
    assert {same.pk, hidden.pk} <= set(everywhere)
    page = signed_in(user).get(reverse("search:like", args=[own.pk])).content.decode()
    assert "never answered at night" in page and "at all" not in page


def test_index_is_renewed_completed_and_goes_with_the_comment(
    place: Any, tell: Any, actor: Any, at: Any, staff: Any, person_of: Any
) -> None:
    comment = tell(place, "Cold food", masked="Cold food")
    assert SearchText.objects.get().masked is None
    CommentReading.objects.update(masked_text="Cold [name]")
    index_comments([comment.pk])
    assert SearchText.objects.get().masked == " cold name "
    SearchText.objects.all().delete()
    index_missing(at)
    assert found(person_of(staff("px_specialist")), "food") == [comment.pk]
    comment.delete()
    assert not SearchText.objects.exists()


def test_typed_words_are_forgotten_after_their_time(staff: Any, person_of: Any, at: Any) -> None:
    by = person_of(staff("px_specialist")).actor
    keep_words("bell", by=by, at=at - timedelta(days=31))
    kept = keep_words("  bell   night ", by=by, at=at)
    assert keep_words("   ", by=by, at=at) == ""
    forget_words(at)
    assert [row.words for row in SoughtWords.objects.all()] == ["bell night"]
    assert SoughtWords.objects.get().key == kept


def test_an_address_holds_what_is_asked_and_reads_back() -> None:
    day = timezone.datetime(2026, 3, 1).date()
    wanted = behind(start=day, stop=day + timedelta(days=31), measure="rating", place=3)
    asked = dict(pair.split("=") for pair in wanted.query().split("&"))
    assert read_find(asked) == wanted
    assert wanted.query() == "place=3&since=2026-03-01&until=2026-03-31&measure=rating"
    assert Find().query() == "" and not Find().is_narrow
