"""Rough words masked where many read: "f•••". Pure; the comment itself stays as it was written."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[\w\u064b-\u0652\u0640]+")
_MASK = "•"


def soften(text: str) -> str:
    """The text with every word of the list masked but for its first letter."""
    return _WORD.sub(lambda found: _softened(found.group()), text)


def is_rough(text: str) -> bool:
    """Whether a word of the list stands in it."""
    return any(_rough().fullmatch(_plain(word)) for word in _WORD.findall(text))


def _softened(word: str) -> str:
    return word[0] + _MASK * 3 if _rough().fullmatch(_plain(word)) else word


@cache
def _rough() -> re.Pattern[str]:
    page = json.loads(
        files("wellheard.listen.intake")
        .joinpath("data/abuse-2026-11.json")
        .read_text(encoding="utf-8")
    )
    words = [_plain(word) for language in page["words"].values() for word in language]
    return re.compile("|".join(re.escape(word).replace(r"\*", r"\w*") for word in words))


def _plain(word: str) -> str:
    """Case, accents and Arabic vowel signs do not hide a word."""
    apart = unicodedata.normalize("NFKD", word).casefold()
    return "".join(char for char in apart if not unicodedata.combining(char)).replace("\u0640", "")
