"""Is this letter complete, kind and clear? Flags for the writer; blocking ones are marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wellheard.measures.errors import MeasureError
from wellheard.measures.readability import readability
from wellheard.resolve.complaints.rules.packs import LetterRule

_SENTENCE = re.compile(r"[.!?؟…]+\s|\n+")
_ARABIC_MARKS = re.compile("[\u064b-\u0652\u0640]")


@dataclass(frozen=True, slots=True)
class Tone:
    """The lists against which a letter is read, by language."""

    blame: Mapping[str, tuple[str, ...]]
    hidden_results: Mapping[str, tuple[str, ...]]
    jargon: Mapping[str, Mapping[str, str]]
    longest_sentence_words: int


@dataclass(frozen=True, slots=True)
class Flag:
    """One remark on a letter. A blocking one must be mended before the letter may leave."""

    code: str
    about: str
    says: str
    blocks: bool


def read_tone(data: Mapping[str, Any]) -> Tone:
    """Return the lists in `data`."""
    return Tone(
        blame={language: tuple(rows) for language, rows in data["blame"].items()},
        hidden_results={lang: tuple(rows) for lang, rows in data["hidden_results"].items()},
        jargon=data["jargon"],
        longest_sentence_words=int(data["longest_sentence_words"]),
    )


def elements_filled(parts: Mapping[str, str], rule: LetterRule) -> frozenset[str]:
    """Return the codes of the elements that the parts really fill: a blank or a dash does not."""
    return frozenset(
        element.code for element in rule.elements if _has_words(parts.get(element.code, ""))
    )


def check_letter(
    parts: Mapping[str, str],
    rule: LetterRule,
    tone: Tone,
    *,
    language: str,
    grade_limit: int,
) -> tuple[Flag, ...]:
    """Return what is to be said about a letter whose `parts` are written in `language`."""
    text = "\n".join(part for part in parts.values() if part.strip())
    return (
        *_missing(parts, rule),
        *_phrases(
            text,
            tone.hidden_results.get(language, ()),
            "hidden_results",
            "Results are always stated. Say what was found.",
            blocks=True,
        ),
        *_phrases(
            text,
            tone.blame.get(language, ()),
            "blame",
            "This can read as blame. Say what happened and what we do.",
            blocks=True,
        ),
        *_jargon(text, tone.jargon.get(language, {})),
        *_hard_to_read(text, language, grade_limit, tone.longest_sentence_words),
    )


def reading_grade(text: str, language: str) -> float | None:
    """Return the US school grade of an English text, for Spanish the nearest grade to its ease."""
    try:
        score = readability(text, language=language)
    except MeasureError:
        return None
    return score.grade if score.grade is not None else _grade_of_ease(score.ease)


def blocking(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Return those flags that hold the letter back."""
    return tuple(flag for flag in flags if flag.blocks)


def _missing(parts: Mapping[str, str], rule: LetterRule) -> tuple[Flag, ...]:
    filled = elements_filled(parts, rule)
    return tuple(
        Flag("missing", element.code, f"{element.label}: still to be written.", True)
        for element in rule.elements
        if element.code not in filled
    )


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _phrases(
    text: str, phrases: Iterable[str], code: str, says: str, *, blocks: bool
) -> tuple[Flag, ...]:
    plain = f" {_plain(text)} "
    found = [phrase for phrase in phrases if f" {_plain(phrase)} " in plain]
    return tuple(Flag(code, phrase, f"“{phrase}”: {says}", blocks) for phrase in found)


def _jargon(text: str, words: Mapping[str, str]) -> tuple[Flag, ...]:
    plain = f" {_plain(text)} "
    return tuple(
        Flag("jargon", word, f"“{word}”: say “{better}”.", False)
        for word, better in words.items()
        if f" {_plain(word)} " in plain
    )


def _hard_to_read(text: str, language: str, limit: int, longest: int) -> tuple[Flag, ...]:
    flags = []
    grade = reading_grade(text, language)
    if grade is not None and grade > limit:
        says = f"Reading grade {grade:.0f}, the limit is {limit}: shorter sentences and words."
        flags.append(Flag("grade", f"{grade:.1f}", says, True))
    length = max((len(part.split()) for part in _SENTENCE.split(text)), default=0)
    if length > longest:
        says = f"A sentence has {length} words. Try two sentences."
        flags.append(Flag("long_sentence", str(length), says, False))
    return tuple(flags)


def _grade_of_ease(ease: float) -> float:
    # The bands of the Fernández Huerta scale with the school years their author gives them.
    bands = ((90, 4.0), (80, 5.0), (70, 6.0), (60, 8.0), (50, 10.0), (30, 13.0))
    return next((grade for least, grade in bands if ease >= least), 16.0)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", _ARABIC_MARKS.sub("", text.casefold()))
    letters = (c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", "".join(letters)))
