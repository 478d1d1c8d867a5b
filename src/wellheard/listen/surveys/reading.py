"""How a survey reads: the school grade of its words, and what shuts people out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wellheard.listen.surveys.rules import Instrument, Item
from wellheard.measures.errors import EmptyData, UnknownName
from wellheard.measures.readability import readability

HIGHEST_GRADE = 6.0
LOWEST_EASE = 80.0
_LONG_QUESTION = 35
_MANY_ANSWERS = 12
_SCALE_WITHOUT_WORDS = 7


@dataclass(frozen=True, slots=True)
class Grade:
    """How hard the words of a language are. ``fits`` is None where no formula exists.

    English: Flesch-Kincaid and SMOG school grades (grade 6 or lower fits). Spanish: ease after
    Fernández Huerta, 0 to 100 (80 or higher fits: about grade 6).
    """

    language: str
    words: int
    grade: float | None
    smog: float | None
    ease: float | None
    method: str
    fits: bool | None


@dataclass(frozen=True, slots=True)
class Barrier:
    """Something that shuts people out, at one item."""

    item: str
    kind: Literal["long", "many_answers", "no_words", "two_at_once", "colour", "capitals"]


def grades(instrument: Instrument) -> list[Grade]:
    """The reading grade of each language, of everything a person reads in it."""
    return [grade(all_words(instrument, language), language) for language in instrument.languages]


def grade(text: str, language: str) -> Grade:
    """The reading grade of one text."""
    try:
        found = readability(text, language=language)
    except (UnknownName, EmptyData):
        return Grade(language, len(text.split()), None, None, None, "", None)
    fits = found.grade <= HIGHEST_GRADE if found.grade is not None else found.ease >= LOWEST_EASE
    return Grade(language, found.n_words, found.grade, found.smog, found.ease, found.method, fits)


def all_words(instrument: Instrument, language: str) -> str:
    """What a person reads who answers everything, a sentence a line."""
    lines = [instrument.title.get(language, ""), instrument.intro.get(language, "")]
    for item in instrument.items:
        lines += [item.text.get(language, ""), item.hint.get(language, "")]
        lines += [row.text.get(language, "") for row in item.rows]
    ended = (line if line.rstrip().endswith((".", "?", "!")) else f"{line}." for line in lines)
    return "\n\n".join(line for line in ended if line.strip("."))


def barriers(instrument: Instrument) -> list[Barrier]:
    """What an accessibility reviewer would stop at."""
    return [Barrier(item.code, kind) for item in instrument.items for kind in _barriers(item)]


def _barriers(
    item: Item,
) -> list[Literal["long", "many_answers", "no_words", "two_at_once", "colour", "capitals"]]:
    english = item.text.get("en") or next(iter(item.text.values()), "")
    found: list[
        Literal["long", "many_answers", "no_words", "two_at_once", "colour", "capitals"]
    ] = []
    if len(english.split()) > _LONG_QUESTION:
        found.append("long")
    if english.isupper() and len(english) > 8:
        found.append("capitals")
    if english.count("?") > 1 or " and/or " in english:
        found.append("two_at_once")
    if any(word in english.lower().split() for word in ("red", "green", "left", "right", "below")):
        found.append("colour")
    if item.scale is not None:
        worded = [choice for choice in item.scale.choices if any(choice.words.values())]
        if len(item.scale.choices) > _MANY_ANSWERS and item.kind != "scale":
            found.append("many_answers")
        if not worded and not (item.low and item.high):
            found.append("no_words")
    return found
