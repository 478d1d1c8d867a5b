"""The little language of phrase patterns."""

from __future__ import annotations

import pytest

from wellheard.measures.text.folding import fold, split_words
from wellheard.measures.text.patterns import PatternSet
from wellheard.measures.text.spelling import PatternError, edit_distance


def finds(pattern: str, text: str, known: frozenset[str] = frozenset(), **sets: str) -> bool:
    patterns = PatternSet([pattern], sets=sets, known_words=known.__contains__)
    return any(True for _ in patterns.find(split_words(fold(text))))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("nobody came", "Nobody came", True),
        ("nobody came", "came nobody", False),
        ("nobody ~2 came", "nobody ever really came", True),
        ("nobody ~1 came", "nobody ever really came", False),
        ("left very? wet", "left wet", True),
        ("left very? wet", "left very wet", True),
        ("left very? wet", "left rather wet", False),
        ("bell|buzzer", "the buzzer rang", True),
        ("suicid*", "suicidality", True),
        ("=harm", "harms", False),
        ("medication wrong", "medicaton wrong", True),
        ("neglectful", "negelctful", True),
        ("{help} came", "assistance came", True),
        ("quiero vivir", "kiero bivir", True),
        ("ممرضه", "والممرضة", True),
    ],
)
def test_pattern_matches_only_what_it_says(pattern: str, text: str, found: bool) -> None:
    assert finds(pattern, text, help="help|assistance") is found


def test_a_known_word_is_never_taken_for_a_misspelling() -> None:
    assert finds("abused me", "abuzed me")
    assert not finds("abused me", "amused me", frozenset({"amused"}))


def test_find_gives_every_place() -> None:
    patterns = PatternSet(["unsafe"])
    assert [(f.first, f.last) for f in patterns.find(["unsafe", "and", "unsafe"])] == [
        (0, 0),
        (2, 2),
    ]


@pytest.mark.parametrize("line", ["", "~2", "bell ~2", "very?", "{missing} bell", "=", "~x bell"])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(PatternError, match=r"cannot read|not optional"):
        PatternSet([line])


def test_very_long_words_and_texts_are_searched_in_bounded_time() -> None:
    patterns = PatternSet(["neglected ~3 patient"])
    assert not list(patterns.find(["x" * 50_000, *["neglected"] * 5_000]))


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [
        ("bell", "bell", 0),
        ("bell", "bel", 1),
        ("bell", "blel", 1),
        ("bell", "ball", 1),
        ("", "ab", 2),
    ],
)
def test_edit_distance_counts_swaps_as_one(left: str, right: str, distance: int) -> None:
    assert edit_distance(left, right) == distance
