"""Bring text to one plain form, so that a phrase is found however it was typed.

Folding lower-cases, drops accents, Arabic vowel signs and apostrophes, and unifies Arabic letter
variants; it never reorders, so every folded character has one place in the original text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ARABIC_LETTERS: Final = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه",
    "ک": "ك", "ی": "ي", "ء": "", "ـ": "",
}  # fmt: skip
_APOSTROPHES: Final = "'’‘ʼ´`′"
_DROPPED_CATEGORIES: Final = frozenset({"Mn", "Me", "Cf"})
_SPACED_CATEGORIES: Final = frozenset({"Cc", "Zl", "Zp", "Zs", "Cs", "Co", "Cn"})
_WORD: Final = re.compile(r"[^\W_]+")
_LONG_RUN: Final = re.compile(r"([^\W\d_])\1{2,}")


def _fold_char(char: str) -> str:
    if char in _ARABIC_LETTERS:
        return _ARABIC_LETTERS[char]
    if char in _APOSTROPHES:
        return ""
    category = unicodedata.category(char)
    if category in _DROPPED_CATEGORIES:
        return ""
    if category in _SPACED_CATEGORIES:
        return " "
    if category == "Nd":
        return str(unicodedata.digit(char))
    return _decompose(char)


def _decompose(char: str) -> str:
    """Compatibility form without accents; Arabic ligatures decompose to letters folded above."""
    letters = (c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return "".join(_ARABIC_LETTERS.get(c, c) for c in letters).lower()


class _FoldTable(dict[int, str]):
    """Translation table that learns each character the first time it is met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_char(chr(code))
        # At most one entry per Unicode character: the table cannot outgrow about 150,000 strings.
        self[code] = folded
        return folded


_TABLE: Final = _FoldTable()


def fold(text: str) -> str:
    """The plain form of `text`: lower case, no accents, no apostrophes, unified Arabic letters."""
    return text.translate(_TABLE)


def fold_word(word: str) -> str:
    """Fold one word of a lexicon and shorten drawn-out letters ("sooooo" becomes "soo")."""
    return _LONG_RUN.sub(r"\1\1", fold(word))


def folded_offsets(text: str) -> list[int]:
    """For each character of `fold(text)` the index in `text`, with `len(text)` at the end."""
    if text.isascii() and not any(mark in text for mark in _APOSTROPHES):
        return list(range(len(text) + 1))
    offsets = [i for i, char in enumerate(text) for _ in _TABLE[ord(char)]]
    offsets.append(len(text))
    return offsets


def split_words(folded: str) -> list[str]:
    """Words of an already folded text, in order; drawn-out letters are shortened to two."""
    words = _WORD.findall(folded)
    if _LONG_RUN.search(folded):
        return [_LONG_RUN.sub(r"\1\1", word) for word in words]
    return words


def word_places(folded: str) -> list[tuple[int, int]]:
    """Start and end in the folded text of each word that `split_words` gives."""
    return [match.span() for match in _WORD.finditer(folded)]
