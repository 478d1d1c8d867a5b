"""Read a versioned phrase lexicon and find its phrases in a text, with places in the original."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from wellheard.measures.text.folding import fold
from wellheard.measures.text.patterns import PatternSet
from wellheard.measures.text.prepared import PreparedText, WordPlaces

FOLDER: Final = Path(__file__).parent / "lexicons"
_NEGATION_REACH: Final = 2
_CLAUSE_END: Final = re.compile(r"[.,;:!?\n\r؟،؛()–—]")


class Phrase(NamedTuple):
    """A phrase found: its group, and where it begins and ends in the original text."""

    group: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Rule:
    group: str
    language: str
    negatable: bool


class _Surroundings(NamedTuple):
    places: WordPlaces
    harmless: frozenset[int]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases by group for every language at once; a patient may mix languages."""

    code: str
    version: str
    groups: Mapping[str, Mapping[str, Any]]
    _rules: Sequence[_Rule]
    _patterns: PatternSet
    _negators: frozenset[str]
    _idioms: PatternSet

    def find(self, prepared: PreparedText, *, language: str | None = None) -> Iterator[Phrase]:
        """Every phrase found, each pattern once, at its first place that counts; with `language`
        only phrases of that one."""
        accepted: set[int] = set()
        seen: _Surroundings | None = None
        for pattern, first, last in self._patterns.find(prepared.words):
            if pattern in accepted or language not in (None, self._rules[pattern].language):
                continue
            # Once for the whole text: a text may repeat an excused phrase thousands of times.
            seen = seen or _Surroundings(prepared.places(), self._harmless_words(prepared))
            if not seen.harmless.isdisjoint(range(first, last + 1)):
                continue
            if self._rules[pattern].negatable and self._is_negated(prepared, seen.places, first):
                continue
            accepted.add(pattern)
            start, end = seen.places.in_original(first, last)
            yield Phrase(self._rules[pattern].group, start, end, prepared.text[start:end])

    def _harmless_words(self, prepared: PreparedText) -> frozenset[int]:
        """Places of words that are part of a harmless phrase ("heart attack")."""
        return frozenset(
            place
            for _, first, last in self._idioms.find(prepared.words)
            for place in range(first, last + 1)
        )

    def _is_negated(self, prepared: PreparedText, places: WordPlaces, first: int) -> bool:
        """Whether a negator stands just before, in the same clause."""
        start = places.in_folded[first][0]
        for index in range(first - 1, max(first - _NEGATION_REACH, 0) - 1, -1):
            if _CLAUSE_END.search(prepared.folded, places.in_folded[index][1], start):
                return False
            if prepared.words[index] in self._negators:
                return True
        return False


def load_lexicon(name: str, *, known_words: Callable[[str], bool] = lambda word: False) -> Lexicon:
    """Read `lexicons/<name>.json`; `known_words` tells correct words, which are never "misspelt".

    Raises PatternError for a line that cannot be read.
    """
    content = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    sets = content.get("sets", {})
    lines = list(_lines(content["groups"]))
    known = _known_to(known_words, frozenset(content.get("known_words", ())))
    return Lexicon(
        code=content["code"],
        version=content["version"],
        groups=content["groups"],
        _rules=[rule for rule, _ in lines],
        _patterns=PatternSet([line for _, line in lines], sets=sets, known_words=known),
        _negators=frozenset(fold(word) for word in content.get("negators", ())),
        _idioms=PatternSet(content.get("harmless", ()), sets=sets, known_words=known),
    )


def _known_to(known_words: Callable[[str], bool], more: frozenset[str]) -> Callable[[str], bool]:
    return lambda word: word in more or known_words(word)


def _lines(groups: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[_Rule, str]]:
    for group, content in groups.items():
        for language, lines in content["phrases"].items():
            for line in lines:
                yield _Rule(group, language, line.startswith("!")), line.removeprefix("!")
