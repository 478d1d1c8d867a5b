"""Easy read, pure: one idea a line, in words that were written by people, and what is still hard.

Nothing here invents words. What stands in every letter has its easy lines as data; what somebody
wrote freely stands line by line, and a line that is too long waits for a person.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wellheard.measures.errors import MeasureError
from wellheard.measures.readability import readability
from wellheard.resolve.formats.rules.parts import Part

_END = re.compile(r"(?<=[.!?؟…])\s+")
# "1." and "Dr." end no sentence.
_NO_END = re.compile(r"(?:^|\s)(?:\d{1,3}|[A-ZÁÉÍÓÚ]|Dra?|Mrs?|Ms|No|St|Sra?|Srta)\.$")
# What names somebody or a day is as long as it is.
_AS_THEY_ARE = frozenset(
    {"greeting", "contact_person", "completed_on", "signed_by", "organisation"}
)
# Grades of the Fernández Huerta scale, as letters count them.
_BANDS = ((90, 4.0), (80, 5.0), (70, 6.0), (60, 8.0), (50, 10.0), (30, 13.0))


@dataclass(frozen=True, slots=True)
class Variant:
    """A wording as it is recognised in a letter, and its easy lines with the same places."""

    pattern: re.Pattern[str]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EasyLine:
    """One line. ``number``: counted through the letter from 1, of the line it was made from;
    ``words``: how many; ``is_hard``: it waits for a person."""

    number: int
    text: str
    words: int
    is_hard: bool


@dataclass(frozen=True, slots=True)
class EasyPart:
    """One part with its lines."""

    code: str
    heading: str
    lines: tuple[EasyLine, ...]


def variant_of(template: str, lines: Sequence[str]) -> Variant:
    """From a wording with {places}: each place may hold anything within its line."""
    pattern = "".join(
        re.escape(text) + (f"(?P<{name}>.+?)" if name else "")
        for text, name, _spec, _conversion in string.Formatter().parse(template)
    )
    return Variant(re.compile(pattern), tuple(lines))


def easy_parts(
    parts: Sequence[Part],
    variants: Sequence[Variant],
    own: Mapping[int, str],
    *,
    most_words: int,
) -> tuple[EasyPart, ...]:
    """The letter line by line. ``own``: what a person wrote in place of a line, by its number."""
    found, number = [], 0
    for part in parts:
        made: list[EasyLine] = []
        for line in part.lines:
            known = _known(line, variants)
            for sentence in known or sentences(line):
                number += 1
                # what a person wrote counts, also in place of a wording of ours
                texts = [t for t in own.get(number, sentence).splitlines() if t.strip()]
                # the wordings of ours were counted when they were written, without their names
                may_be_long = part.code in _AS_THEY_ARE or (bool(known) and number not in own)
                made += [_line(number, text, may_be_long, most_words) for text in texts]
        found.append(EasyPart(part.code, part.heading, tuple(made)))
    return tuple(found)


def sentences(line: str) -> list[str]:
    """A line sentence by sentence."""
    found: list[str] = []
    for piece in _END.split(line.strip()):
        if found and _NO_END.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return [each for each in found if each]


def grade_of(parts: Sequence[EasyPart], language: str) -> float | None:
    """The school grade of the words (names and days left out); None where no formula fits."""
    text = "\n\n".join(
        line.text for part in parts if part.code not in _AS_THEY_ARE for line in part.lines
    )
    try:
        score = readability(text, language=language)
    except MeasureError:
        return None
    if score.grade is not None:
        return score.grade
    return next((grade for least, grade in _BANDS if score.ease >= least), 16.0)


def is_ready(parts: Sequence[EasyPart], grade: float | None, limit: float) -> bool:
    """Whether nothing is left to be said more easily."""
    if any(line.is_hard for part in parts for line in part.lines):
        return False
    return grade is None or grade <= limit


def _known(line: str, variants: Sequence[Variant]) -> list[str]:
    for variant in variants:
        match = variant.pattern.fullmatch(line.strip())
        if match is not None:
            return [each.format(**match.groupdict()) for each in variant.lines]
    return []


def _line(number: int, text: str, may_be_long: bool, most_words: int) -> EasyLine:
    words = len(text.split())
    return EasyLine(number, text.strip(), words, words > most_words and not may_be_long)
