"""The words of a definition, language by language: every text, what is missing, who read it. Pure.

A language goes live only when every text that is needed is there in it and a person has read the
whole of it and put their name to it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Definition = Mapping[str, Any]
_PARTS = (
    ("text", "question", True),
    ("hint", "help below the question", False),
    ("low", "words at the lowest answer", False),
    ("high", "words at the highest answer", False),
    ("not_applicable", "answer for those it does not concern", False),
)


@dataclass(frozen=True, slots=True)
class TextPlace:
    """One text: its name ("item.clean.text"), what it is, and where its words are kept."""

    name: str
    what: str
    is_needed: bool
    holder: dict[str, Any]
    key: str

    @property
    def words(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.holder.get(self.key) or {}
        return found

    def put(self, words: Mapping[str, str]) -> None:
        """Keep other words here, in the definition this place was found in."""
        self.holder[self.key] = dict(words)


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far a language is: texts there, of how many, which are missing, who read it."""

    language: str
    there: int
    needed: int
    missing: tuple[str, ...]
    reviewer: str

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def goes_live(self) -> bool:
        return self.is_complete and bool(self.reviewer)


def text_places(definition: Definition, *, every: bool = False) -> Iterator[TextPlace]:
    """Every text of a definition, in the order a person meets them.

    ``every``: also those that could be there and are not. A text that is there in one language is
    needed in all of them.
    """
    whole: dict[str, Any] = definition if isinstance(definition, dict) else dict(definition)
    yield TextPlace("title", "title", True, whole, "title")
    yield TextPlace("intro", "first page", False, whole, "intro")
    for item in whole["items"]:
        for key, what, needed in _PARTS:
            if every or item.get(key):
                name = f"item.{item['code']}.{key}"
                yield TextPlace(name, what, needed, item, key)
        for row in item.get("rows", ()):
            name = f"item.{item['code']}.row.{row['code']}"
            yield TextPlace(name, "row of the matrix", True, row, "text")
    for code, choices in whole["scales"].items():
        for choice in choices:
            if every or choice.get("words"):
                name = f"scale.{code}.{choice['value']}"
                yield TextPlace(name, "answer", False, choice, "words")


def completeness(definition: Definition) -> list[Completeness]:
    """How far each language of the title is."""
    places = list(text_places(definition))
    reviewed = definition.get("reviewed", {})
    found = []
    for language in definition["title"]:
        missing = tuple(p.name for p in places if not p.words.get(language, "").strip())
        there = len(places) - len(missing)
        name = reviewed.get(language, "")
        found.append(Completeness(language, there, len(places), missing, name))
    return found


def only_languages(definition: Definition, languages: frozenset[str]) -> dict[str, Any]:
    """The definition in these languages alone, as it goes live."""
    kept = copy.deepcopy(dict(definition))
    for place in list(text_places(kept)):
        place.put({lang: text for lang, text in place.words.items() if lang in languages})
    kept["reviewed"] = {
        lang: name for lang, name in kept.get("reviewed", {}).items() if lang in languages
    }
    return kept
