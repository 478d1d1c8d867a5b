"""Read a versioned phrase lexicon and find its phrases in a text, with places in the original."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from wellheard.measures.text.folding import Token, fold, folded_offsets, tokenize
from wellheard.measures.text.patterns import PatternSet

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
    negatable: bool


@dataclass(frozen=True, slots=True)
class PreparedText:
    """A text with its folded words, so that several lexicons can share the work."""

    text: str
    folded: str
    tokens: Sequence[Token]


def prepare(text: str) -> PreparedText:
    """Fold and tokenize once."""
    folded = fold(text)
    return PreparedText(text, folded, tokenize(folded))


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

    def find(self, prepared: PreparedText) -> Iterator[Phrase]:
        """Every phrase found, each pattern once, at its first place that counts."""
        harmless: list[tuple[int, int]] | None = None
        accepted: set[int] = set()
        for pattern, first, last in self._patterns.find(prepared.tokens):
            if pattern in accepted:
                continue
            if harmless is None:
                harmless = [(a, b) for _, a, b in self._idioms.find(prepared.tokens)]
            if any(a <= first and last <= b for a, b in harmless):
                continue
            if self._rules[pattern].negatable and self._is_negated(prepared, first):
                continue
            accepted.add(pattern)
            yield _phrase(self._rules[pattern].group, prepared, first, last)

    def _is_negated(self, prepared: PreparedText, first: int) -> bool:
        """Whether a negator stands just before, in the same clause."""
        start = prepared.tokens[first].start
        for token in reversed(prepared.tokens[max(first - _NEGATION_REACH, 0) : first]):
            if _CLAUSE_END.search(prepared.folded, token.end, start):
                return False
            if token.word in self._negators:
                return True
        return False


def _phrase(group: str, prepared: PreparedText, first: int, last: int) -> Phrase:
    offsets = folded_offsets(prepared.text)
    start = offsets[prepared.tokens[first].start]
    end = offsets[prepared.tokens[last].end - 1] + 1
    return Phrase(group, start, end, prepared.text[start:end])


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
        for language_lines in content["phrases"].values():
            for line in language_lines:
                yield _Rule(group, line.startswith("!")), line.removeprefix("!")
