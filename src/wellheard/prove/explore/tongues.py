"""Questions in Spanish and Arabic, turned word by word into what the English grammar reads. Pure.

No translation of sentences: each phrase of a closed list becomes its English phrase, the longest
first; names of places stay as they are, and so does what the list does not hold, which is then
said to be not understood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wellheard.measures.text.folding import fold

_FOLDER = Path(__file__).with_name("data")
_ARABIC = re.compile(r"[\u0621-\u064a]")
# The article and the small words written on to it: "and", "with", "for", "like".
_WRITTEN_ON = re.compile(r"^(?:[وفبك]?ال|لل|[وبل](?=ال))(?=[\u0621-\u064a]{2})")
_LONGEST = 5


@dataclass(frozen=True, slots=True)
class Tongue:
    """The phrases of one language, each as its words; ``signs``: words that give it away."""

    phrases: Mapping[tuple[str, ...], str]
    signs: frozenset[str]


def in_english(plain: str, names: Collection[str]) -> str:
    """A folded question as the grammar reads it. ``names``: folded names that stay as they are."""
    words = plain.split()
    tongue = _tongue_of(words)
    if tongue is None:
        return plain
    kept = {tuple(name.split()) for name in names if name}
    return f" {' '.join(_turned(words, tongue, kept))} "


def _tongue_of(words: Sequence[str]) -> Tongue | None:
    if any(_ARABIC.search(word) for word in words):
        return _tongue("ar")
    spanish = _tongue("es")
    return spanish if spanish.signs.intersection(words) else None


def _turned(words: Sequence[str], tongue: Tongue, kept: Collection[tuple[str, ...]]) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(words):
        at, said = _next(words, at, tongue, kept)
        found += said
    return found


def _next(
    words: Sequence[str], at: int, tongue: Tongue, kept: Collection[tuple[str, ...]]
) -> tuple[int, list[str]]:
    """Where to go on, and what stands for the words up to there."""
    for size in range(min(_LONGEST, len(words) - at), 0, -1):
        run = tuple(words[at : at + size])
        if run in kept:
            return at + size, list(run)
        english = tongue.phrases.get(_bare(run))
        if english is not None:
            return at + size, english.split()
    return at + 1, [words[at]]


def _bare(run: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_WRITTEN_ON.sub("", word) for word in run)


@cache
def _tongue(code: str) -> Tongue:
    page = json.loads((_FOLDER / f"questions-{code}-2026-11.json").read_text("utf-8"))
    phrases = {
        _bare(tuple(fold(phrase).split())): english
        for english, ways in page["phrases"].items()
        for phrase in ways
    }
    return Tongue(phrases, frozenset(page["signs"]))
