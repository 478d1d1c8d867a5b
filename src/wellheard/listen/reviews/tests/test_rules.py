"""Decisions on public voices, without a database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.listen.reviews import rules
from wellheard.listen.reviews.codec import (
    UnreadableError,
    read_csv,
    read_feed,
    read_json,
    read_moment,
)
from wellheard.listen.reviews.policy import public_policy
from wellheard.listen.reviews.rules import Known

PLACES = [
    Known(1, "Ward 7", "Riverbend General", "AAAA1"),
    Known(2, "Clinic 4", "Riverbend General", "BBBB2"),
    Known(3, "Ward 7", "Southside", "CCCC3"),
]


@pytest.mark.parametrize(
    ("about", "text", "place", "rule"),
    [
        ("Clinic 4", "", 2, "exact"),
        ("bbbb2", "", 2, "exact"),
        ("Southside Ward 7", "", 3, "exact"),
        ("Ward 7, Southside", "", 3, "alike"),
        ("", "They were kind in Clinic 4!", 2, "in text"),
        ("", "They were kind in ward 7", None, ""),  # there are two
        ("", "Clinic 44 was slow", None, ""),
        ("", "", None, ""),
    ],
)
def test_place_is_matched(about: str, text: str, place: int | None, rule: str) -> None:
    found = rules.match_place(about, text, PLACES)
    assert (found.place_id, found.rule) == (place, rule)
    assert (found.confidence >= 0.9) == (rule in {"exact", "alike"})


def test_spam_is_told_from_shouting_and_from_a_link() -> None:
    spam = public_policy().spam

    def signs(text: str, same: int = 1) -> int:
        return len(rules.spam_signs(text, same, spam))

    assert signs("Great casino promo code, click here http://a.example") >= 2
    assert signs("I WAITED FOUR HOURS AND NOBODY CAME TO LOOK AFTER MY MOTHER AT ALL") == 1
    assert signs("See my photos at https://photos.example") == 0
    assert signs("Best hospital ever", same=3) >= 2


def test_keyword_holds_whole_words_only() -> None:
    assert rules.has_keyword("I was at Riverbend General.", ["riverbend general"])
    assert not rules.has_keyword("The riverbends", ["riverbend"])
    assert rules.has_keyword("anything", [])


def moment(day: int) -> datetime:
    return datetime(2026, 3, day, tzinfo=UTC)


KNOWN = {"a": moment(1), "b": moment(2), "c": moment(3), "d": moment(4)}


@pytest.mark.parametrize(
    ("seen", "complete", "gone"),
    [
        ({"a": 1, "b": 2, "d": 4}, True, {"c"}),
        ({"b": 2, "d": 4}, False, {"c"}),  # a is older than the list reaches
        ({"d": 4, "e": 5}, False, set()),
        ({}, True, set()),  # an empty page is a broken page
        ({"a": 1}, True, set()),  # three of four at once: the outlet is broken
    ],
)
def test_missing_is_deleted_only_where_it_should_be(
    seen: dict[str, int], complete: bool, gone: set[str]
) -> None:
    shown = {key: moment(day) for key, day in seen.items()}
    assert rules.withdrawn(KNOWN, shown, complete=complete, most_share=0.5) == gone


@given(st.integers(0, 40), st.floats(0.01, 30))
def test_tail_is_a_falling_probability(count: int, expected: float) -> None:
    here, further = rules.tail(count, expected), rules.tail(count + 1, expected)
    assert 0 <= further <= here <= 1


def test_tail_agrees_with_tables() -> None:
    # Poisson(2): P(X >= 5) = 0.05265
    assert rules.tail(5, 2.0) == pytest.approx(0.052653, abs=1e-6)
    burst = public_policy().burst
    assert rules.is_burst(50, 28, burst)[0] and not rules.is_burst(5, 0, burst)[0]
    assert not rules.is_burst(8, 56 * 6, burst)[0]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Riverbend Genral", True),
        ("Riverbend General Hospital", True),
        ("Riverside Dental", False),
        ("General Store", False),
    ],
)
def test_listing_near_ours(name: str, near: bool) -> None:
    alike, _ = rules.likeness(name, "", [("Riverbend General", "")])
    assert (alike >= public_policy().listing["near_at"]) == near


def test_csv_takes_what_it_can_and_counts_the_rest() -> None:
    page = read_csv(
        b"\xef\xbb\xbfid,words,stars,written_at\n1,Kind nurses,5,2026-03-01\n2,Bad,eleven,\n3,,,\n",
        {"text": "words", "rating": "stars"},
    )
    assert [(e.external_id, e.text, e.rating, e.rating_max) for e in page.entries] == [
        ("1", "Kind nurses", 5.0, 5)
    ]
    assert page.broken == 2
    with pytest.raises(UnreadableError):
        read_csv(b"a,b\n1,2\n", {})


def test_json_follows_its_mapping() -> None:
    body = b'{"d": {"r": [{"k": 7, "t": {"b": "<b>Good</b> care"}, "s": "4/5"}]}, "n": "?p=2"}'
    mapping = {"items": "d.r", "next": "n", "id": "k", "text": "t.b", "rating": "s"}
    page = read_json(body, mapping)
    assert (page.entries[0].text, page.entries[0].rating, page.next) == ("Good care", 4.0, "?p=2")
    for bad in (b"{", b"[1]", b"[" * 100_000, b'{"items": 3}'):
        with pytest.raises(UnreadableError):
            read_json(bad, {})


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for reader in (lambda: read_csv(body, {}), lambda: read_json(body, {})):
        try:
            reader()
        except UnreadableError as error:
            assert error.code


def test_feed_of_stories_in_atom_and_page_that_is_none() -> None:
    atom = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Stories</title>
      <entry><id>s1</id><title>Thank you</title><updated>2026-03-01T10:00:00Z</updated>
      <category term="Ward 7"/><content type="html" xml:lang="en">&lt;p&gt;They listened.&lt;/p&gt;
      </content><link href="https://stories.example/1"/></entry></feed>"""
    entry = read_feed(atom).entries[0]
    assert entry.text == "Thank you\nThey listened." and entry.about == "Ward 7"
    assert entry.written_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    with pytest.raises(UnreadableError):
        read_feed(b"<html><body>Sorry</body></html>")


@pytest.mark.parametrize(
    "said", ["2026-03-01T10:00:00Z", "Sun, 01 Mar 2026 10:00:00 GMT", "1772359200"]
)
def test_moments(said: str) -> None:
    assert read_moment(said) == datetime(2026, 3, 1, 10, tzinfo=UTC)
