"""Folding text and finding the way back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.measures.text.folding import fold, folded_offsets, split_words, word_places


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("DIDN’T", "didnt"),
        ("Atención", "atencion"),
        ("مُمَرِّضَةٌ", "ممرضه"),
        ("أإآٱ ى ئ", "اااا ي ي"),
        ("١٢٣", "123"),
        ("a\x00b\u200bc", "a bc"),
        ("ﻻ", "لا"),
        ("ﬁne", "fine"),
    ],
)
def test_fold_brings_variants_together(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_every_folded_character_has_a_place_in_the_original(text: str) -> None:
    offsets = folded_offsets(text)
    assert len(offsets) == len(fold(text)) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)


@given(st.text())
def test_words_and_places_agree(text: str) -> None:
    folded = fold(text)
    assert len(split_words(folded)) == len(word_places(folded))


def test_drawn_out_letters_are_shortened() -> None:
    assert split_words("sooooo gooood 1000000") == ["soo", "good", "1000000"]
