"""A comment folded and cut into words once, for every reader of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wellheard.measures.text.folding import fold, folded_offsets, split_words, word_places


@dataclass(frozen=True, slots=True)
class PreparedText:
    """The original text, its folded form, and the words of that."""

    text: str
    folded: str
    words: Sequence[str]

    def places(self) -> WordPlaces:
        """Where the words stand; asked for only when something was found."""
        return WordPlaces(word_places(self.folded), folded_offsets(self.text))


@dataclass(frozen=True, slots=True)
class WordPlaces:
    """Places of words in the folded text, and the way back to the original."""

    in_folded: Sequence[tuple[int, int]]
    _offsets: Sequence[int]

    def in_original(self, first: int, last: int) -> tuple[int, int]:
        """Start and end in the original text of words first to last (inclusive)."""
        start, end = self.in_folded[first][0], self.in_folded[last][1]
        return self._offsets[start], self._offsets[end - 1] + 1


def prepare(text: str) -> PreparedText:
    """Fold and cut into words."""
    folded = fold(text)
    return PreparedText(text, folded, split_words(folded))
