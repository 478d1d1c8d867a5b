"""Cut a text into the word pieces of an uncased BERT vocabulary (Devlin et al., 2018).

Written here rather than taken: the known library brings a client of a model hub with it, and this
is a page of code whose every rule can be tested.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

UNKNOWN: Final = "[UNK]"
BEGIN: Final = "[CLS]"
END: Final = "[SEP]"
_CONTINUES: Final = "##"
_LONGEST_WORD: Final = 100
# A comment's first characters decide its labels; more than this never reaches the pieces kept.
_LONGEST_TEXT: Final = 4_000
_CACHE_LIMIT: Final = 20_000
_CJK: Final = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F))
_ASCII_PUNCTUATION: Final = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


class WordPieces:
    """A vocabulary: piece to number. `encode` gives numbers for question and comment."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._unknown = self._numbers[UNKNOWN]
        self._begin, self._end = self._numbers[BEGIN], self._numbers[END]
        self._cache: dict[str, tuple[int, ...]] = {}

    def encode(self, question: str, text: str, longest: int) -> tuple[list[int], list[int]]:
        """Numbers of `[CLS] question [SEP] text [SEP]` and their segments (0, then 1); the end of a
        long text is left out so that at most `longest` numbers are given."""
        head = [self._begin, *self.numbers(question), self._end]
        body = [*self.numbers(text)[: longest - len(head) - 1], self._end]
        return head + body, [0] * len(head) + [1] * len(body)

    def numbers(self, text: str) -> list[int]:
        """Numbers of the pieces of a text, in order."""
        found: list[int] = []
        for word in _words(text[:_LONGEST_TEXT]):
            known = self._cache.get(word)
            found += self._learn(word) if known is None else known
        return found

    def _learn(self, word: str) -> tuple[int, ...]:
        pieces = self._split(word)
        if len(self._cache) >= _CACHE_LIMIT:
            self._cache.clear()
        self._cache[word] = pieces
        return pieces

    def _split(self, word: str) -> tuple[int, ...]:
        """The longest known piece each time; a word with a part unknown is unknown as a whole."""
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        found: list[int] = []
        start = 0
        while start < len(word):
            piece = self._longest(word, start)
            if piece is None:
                return (self._unknown,)
            found.append(piece[0])
            start = piece[1]
        return tuple(found)

    def _longest(self, word: str, start: int) -> tuple[int, int] | None:
        before = _CONTINUES if start else ""
        for end in range(len(word), start, -1):
            number = self._numbers.get(before + word[start:end])
            if number is not None:
                return number, end
        return None


def _words(text: str) -> Iterator[str]:
    """Lower-case words without accents; signs of punctuation and CJK signs stand alone."""
    for word in _clean(text).split():
        plain = unicodedata.normalize("NFD", word.lower())
        bare = "".join(c for c in plain if unicodedata.category(c) != "Mn")
        yield from _at_punctuation(bare)


def _clean(text: str) -> str:
    """Control characters dropped, every blank a space, CJK signs apart."""
    return "".join(_cleaned(sign) for sign in text)


@lru_cache(maxsize=4_096)
def _cleaned(sign: str) -> str:
    code = ord(sign)
    if sign in "\t\n\r" or unicodedata.category(sign) == "Zs":
        return " "
    if code in (0, 0xFFFD) or unicodedata.category(sign).startswith("C"):
        return ""
    if any(low <= code <= high for low, high in _CJK):
        return f" {sign} "
    return sign


def _at_punctuation(word: str) -> Iterator[str]:
    if word.isalnum():
        yield word
        return
    held = ""
    for sign in word:
        if sign in _ASCII_PUNCTUATION or unicodedata.category(sign).startswith("P"):
            if held:
                yield held
            yield sign
            held = ""
        else:
            held += sign
    if held:
        yield held


def read_pieces(path: Path) -> WordPieces:
    """Read a vocabulary, one piece a line. Raises OSError, or KeyError without the three marks."""
    return WordPieces(path.read_text(encoding="utf-8").splitlines())
