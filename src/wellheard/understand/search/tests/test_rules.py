"""Words as they are sought, and likeness."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.understand.search.rules import (
    Sought,
    index_text,
    likeness,
    marked,
    rarities,
    read_sought,
    telling_words,
)


def holds(text: str, typed: str) -> bool:
    index, sought = index_text(text), read_sought(typed, most=8)
    found = all(part in index for part in sought.parts)
    return found and not any(part in index for part in sought.without)


@pytest.mark.parametrize(
    ("text", "typed", "is_found"),
    [
        ("Nobody answered the call bell.", "bell", True),
        ("Nobody answered the call bell.", "BELL call", True),
        ("Nobody answered the call bell.", '"call bell"', True),
        ("Nobody answered the bell, no call.", '"call bell"', False),
        ("Cleaning was poor", "clean", True),
        ("An unclean room", "clean", False),
        ("The bell at night", "bell -night", False),
        ("The bell by day", "bell -night", True),
        ("Las enfermeras no escucharon, ¡qué lástima!", "lastima", True),
        ("La habitación estaba sucia", "HABITACIÓN", True),
        ("الممرضات لم يستمعن إليّ", "ممرضات", True),
        ("والتمريض كان ممتازاً", "التمريض", True),
        ("They didn't listen", "didnt", True),
        ("Sooooo long a wait", "soo", True),
        ("100% of the time", "100", True),
    ],
)
def test_words_are_found_as_people_write_them(text: str, typed: str, is_found: bool) -> None:
    assert holds(text, typed) is is_found


@pytest.mark.parametrize("typed", ["", "   ", '""', "-", "!?", '"'])
def test_nothing_typed_seeks_nothing(typed: str) -> None:
    assert not read_sought(typed, most=8)


def test_a_long_question_is_cut_to_what_is_allowed() -> None:
    assert len(read_sought(" ".join(f"w{n}" for n in range(50)), most=8).parts) == 8


def test_marked_shows_the_words_in_the_text_as_it_was_written() -> None:
    pieces = marked("¡Qué LÁSTIMA, la habitación!", read_sought("lastima habi", most=8))
    assert [piece.text for piece in pieces if piece.is_hit] == ["LÁSTIMA", "habitación"]


@settings(max_examples=40)
@given(st.text(max_size=80), st.text(max_size=12))
def test_marking_changes_no_letter(text: str, typed: str) -> None:
    pieces = marked(text, read_sought(typed, most=8))
    assert "".join(piece.text for piece in pieces) == text


def test_without_words_a_text_is_one_piece() -> None:
    assert [piece.is_hit for piece in marked("As it is", Sought(()))] == [False]


SAMPLE = [
    index_text(text)
    for text in [
        "nobody answered the call bell at night",
        "the call bell was not answered for an hour",
        "the food was cold and late",
        "the staff were kind and the room was clean",
        "parking was hard to find and costly",
        "the staff were friendly and the doctor listened",
    ]
    * 5
]


def test_likeness_puts_the_same_trouble_first() -> None:
    rarity = rarities(SAMPLE)
    own = index_text("I rang the call bell and nobody answered it")
    bell, food, staff = (likeness(own, SAMPLE[n], rarity) for n in (1, 2, 3))
    assert bell > 0.2 > max(food, staff)
    assert likeness(own, own, rarity) == pytest.approx(1.0)
    assert likeness(own, "  ", rarity) == 0.0


def test_telling_words_leave_out_the_frequent_and_the_unknown() -> None:
    words = [word for word, _weight in telling_words(
        index_text("the zzyzx call bell and the staff"), rarities(SAMPLE), most=3
    )]  # fmt: skip
    assert words[:2] == ["bell", "call"] and "zzyzx" not in words and "the" not in words
