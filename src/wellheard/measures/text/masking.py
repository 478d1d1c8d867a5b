"""Replace what identifies a person by a placeholder: [phone], [email], [name], [date] and so on.

Patterns find nearly every number and few names: masked text is safer, never anonymous. Names
known from the record (`known_names`) are the surest source and should be given where there is one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from wellheard.measures.text.folding import fold
from wellheard.measures.text.lexicons import FOLDER

_DIGITS: Final = {ord(c): str(i % 10) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_WORD: Final = re.compile(r"[\w'’]+")
_HAS_DIGIT: Final = re.compile(r"\d")
_GREAT_AGE: Final = re.compile(r"(?<!\d)(?:9\d|1[0-3]\d)(?!\d)")
_LETTER_AND_DIGIT: Final = re.compile(r"[A-Za-z][:,]?\s?\d|\d-\d{4}")
_OLDEST_SHOWN_AGE: Final = 89
_SHORTEST_KNOWN_NAME: Final = 3

_EMAIL: Final = re.compile(r"[\w.+-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_LINK: Final = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_TEN_DIGITS: Final = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_SSN: Final = re.compile(r"(?<!\d)(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\d)")
_PHONE: Final = re.compile(r"(?<![\d/])(?:\+|00)?\(?\d(?:[\s().-]{0,2}\d){8,14}(?!\d)")
_SHORT_PHONE: Final = re.compile(r"(?<![\d/-])\d{3}[ -]\d{4}(?![\d/-])")
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d{7,}(?!\d)")
_POSTCODE: Final = re.compile(
    r"\b(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE
)
_ZIP: Final = re.compile(
    r"\b(?:[A-Z]{2},? |zip(?: code)?:? |código postal:? |C\.?P\.?:? )(\d{5}(?:-\d{4})?)(?!\d)"
    r"|(?<!\d)(\d{5}-\d{4})(?!\d)"
)
_NUMERIC_DATE: Final = re.compile(
    r"(?<![\d/.-])(?:\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}([/.-])\d{1,2}\2\d{1,2})(?![\d/-])"
)


class Span(NamedTuple):
    """A part of the text to replace."""

    start: int
    end: int
    placeholder: str


class _NameCue(NamedTuple):
    """Where a cue's first word stands as a word, and what may follow from there."""

    word: re.Pattern[str]
    names: Sequence[re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Masker:
    """Compiled patterns; the order of `finders` decides when two want the same letters."""

    _spelled_date: re.Pattern[str]
    _record_number: re.Pattern[str]
    _age: re.Pattern[str]
    _not_names: frozenset[str]
    _known_words: Callable[[str], bool]
    _name_cues: Mapping[str, _NameCue]
    _month_words: frozenset[str]
    _record_words: frozenset[str]

    def mask(self, text: str, *, known_names: Iterable[str] = ()) -> str:
        """The text with identifiers replaced; `known_names` are replaced wherever they stand."""
        spans = self.spans(text, known_names=known_names)
        if not spans:
            return text
        parts: list[str] = []
        done = 0
        for span in spans:
            parts += (text[done : span.start], span.placeholder)
            done = span.end
        return "".join((*parts, text[done:]))

    def spans(self, text: str, *, known_names: Iterable[str] = ()) -> list[Span]:
        """Parts to replace, in order, without overlap."""
        plain = text.translate(_DIGITS)
        found = [span for finder in self._finders(plain) for span in finder(plain)]
        covered = bytearray(len(text))
        taken: list[Span] = []
        for span in (*found, *_known(text, known_names)):
            if not any(covered[span.start : span.end]):
                covered[span.start : span.end] = b"\x01" * (span.end - span.start)
                taken.append(span)
        return sorted(taken)

    def _finders(self, plain: str) -> Iterator[Callable[[str], Iterator[Span]]]:
        if "@" in plain or "www." in plain or "://" in plain:
            yield _links
        lowered = _lowered(plain)
        words = frozenset(_WORD.findall(lowered))
        if _HAS_DIGIT.search(plain):
            yield from self._number_finders(plain, words)
        cues = self._name_cues.keys() & words
        if cues:
            yield lambda text: self._names(text, lowered, cues)

    def _number_finders(
        self, plain: str, words: frozenset[str]
    ) -> Iterator[Callable[[str], Iterator[Span]]]:
        """Only those that can find something: the patterns with many words are slow."""
        yield _numbers
        yield _numeric_dates
        if not self._month_words.isdisjoint(words):
            yield self._spelled_dates
        if not self._record_words.isdisjoint(words):
            yield self._records
        yield _phones
        if _GREAT_AGE.search(plain):
            yield self._ages
        if _LETTER_AND_DIGIT.search(plain):
            yield _codes

    def _spelled_dates(self, text: str) -> Iterator[Span]:
        yield from _all(self._spelled_date, text, "[date]")

    def _records(self, text: str) -> Iterator[Span]:
        for match in self._record_number.finditer(text):
            yield Span(*match.span("number"), "[record number]")

    def _ages(self, text: str) -> Iterator[Span]:
        for match in self._age.finditer(text):
            group = next(name for name, found in match.groupdict().items() if found)
            if int(match[group]) > _OLDEST_SHOWN_AGE:
                yield Span(*match.span(group), "[age over 89]")

    def _names(self, text: str, lowered: str, cues: Iterable[str]) -> Iterator[Span]:
        """Names after the cues that are known to stand in the text, in its order."""
        places = sorted(
            (place.start(), cue)
            for cue in cues
            for place in self._name_cues[cue].word.finditer(lowered)
        )
        for start, cue in places:
            for pattern in self._name_cues[cue].names:
                match = pattern.match(text, start)
                if match:
                    yield from self._name_in(match)

    def _name_in(self, match: re.Match[str]) -> Iterator[Span]:
        """The leading words of the match that can be a name, if any."""
        end = start = match.start("name")
        for word in re.finditer(r"[\w'’-]+", match["name"]):
            if self._is_plain_word(word.group()):
                break
            end = start + word.end()
        if end > start:
            yield Span(start, end, "[name]")

    def _is_plain_word(self, word: str) -> bool:
        """A listed word is no name; a known word is one only with a capital ("doctor gave")."""
        folded = fold(word)
        return folded in self._not_names or (not word.istitle() and self._known_words(folded))


def _all(pattern: re.Pattern[str], text: str, placeholder: str) -> Iterator[Span]:
    return (Span(*match.span(), placeholder) for match in pattern.finditer(text))


def _links(text: str) -> Iterator[Span]:
    yield from _all(_EMAIL, text, "[email]")
    yield from _all(_LINK, text, "[link]")


def _numeric_dates(text: str) -> Iterator[Span]:
    yield from _all(_NUMERIC_DATE, text, "[date]")


def _numbers(text: str) -> Iterator[Span]:
    yield from _all(_SSN, text, "[social security number]")
    for match in _TEN_DIGITS.finditer(text):
        if is_nhs_number(re.sub(r"\D", "", match.group())):
            yield Span(*match.span(), "[nhs number]")


def _phones(text: str) -> Iterator[Span]:
    yield from _all(_PHONE, text, "[phone]")
    yield from _all(_SHORT_PHONE, text, "[phone]")
    yield from _all(_LONG_NUMBER, text, "[number]")


def _codes(text: str) -> Iterator[Span]:
    yield from _all(_POSTCODE, text, "[postcode]")
    for match in _ZIP.finditer(text):
        yield Span(*match.span(1 if match[1] else 2), "[postcode]")


def _known(text: str, names: Iterable[str]) -> Iterator[Span]:
    for name in names:
        if len(name.strip()) >= _SHORTEST_KNOWN_NAME:
            whole = re.compile(rf"\b{re.escape(name.strip())}\b", re.IGNORECASE)
            yield from _all(whole, text, "[name]")


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits pass the modulus 11 check of an NHS number (NHS Data Dictionary)."""
    if len(digits) != 10 or not digits.isdigit() or len(set(digits)) == 1:
        return False
    weighted = sum(int(digit) * (10 - i) for i, digit in enumerate(digits[:9]))
    check = (11 - weighted % 11) % 11
    return check != 10 and check == int(digits[9])


def load_masker(known_words: Callable[[str], bool] = lambda word: False) -> Masker:
    """Read the shipped cue words (titles, roles, months) and compile the patterns.

    `known_words` tells ordinary words, which are names only when they begin with a capital.
    """
    content = json.loads((FOLDER / "names-1.json").read_text(encoding="utf-8"))
    words = json.loads((FOLDER / "languages-1.json").read_text(encoding="utf-8"))["words"]
    return Masker(
        _spelled_date=_spelled_date(content["months"]),
        _record_number=re.compile(
            rf"(?:{_any(content['record_cues'])})[\s:#.nN°o]{{0,6}}(?P<number>[A-Z]{{0,3}}\d[\dA-Z-]{{3,}})",
            re.IGNORECASE,
        ),
        _age=_age_pattern(content),
        _not_names=_common_words(content, words),
        _known_words=known_words,
        _name_cues=_name_cues(content),
        _month_words=_first_words(content, "months"),
        _record_words=_first_words(content, "record_cues"),
    )


_ANY_NAME: Final = r"[^\W\d_][\w'’-]*(?:\s(?=[A-ZÀ-Þ])[^\W\d_][\w'’-]+){0,2}"
_CAPITAL_NAME: Final = r"(?-i:[A-ZÀ-Þ][\w'’-]+(?:\s[A-ZÀ-Þ][\w'’-]+){0,2})"
_ARABIC_NAME: Final = "[\u0621-\u064a]{2,}"


def _name_cues(content: Mapping[str, Any]) -> Mapping[str, _NameCue]:
    """By the first word of a cue the patterns that can begin with it."""
    after = {"titles": _ANY_NAME, "cues": _CAPITAL_NAME, "arabic_cues": _ARABIC_NAME}
    found: dict[str, list[re.Pattern[str]]] = {}
    for part, name in after.items():
        pattern = _named_after(content[part], name)
        for word in _first_words(content, part):
            found.setdefault(word, []).append(pattern)
    return {word: _NameCue(_alone(word), names) for word, names in found.items()}


def _alone(word: str) -> re.Pattern[str]:
    """The word where `_WORD` finds it whole."""
    return re.compile(rf"(?<![\w'’]){re.escape(word)}(?![\w'’])")


def _lowered(text: str) -> str:
    """Lower case with every letter in its place: a few letters would become two."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _named_after(cues: Iterable[str], name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{_any(cues)})\.?\s{{1,2}}(?P<name>{name})", re.IGNORECASE)


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _spelled_date(months: Iterable[str]) -> re.Pattern[str]:
    month, day, year = (
        rf"(?:{_any(months)})\.?",
        r"\d{1,2}(?:st|nd|rd|th)?",
        r"(?:,?\s(?:de\s)?\d{4})?",
    )
    return re.compile(
        rf"(?<!\w)(?:{day}\s(?:of\s|de\s)?{month}{year}|{month}\s{day}(?!\d){year})(?!\w)",
        re.IGNORECASE,
    )


def _age_pattern(content: Mapping[str, Any]) -> re.Pattern[str]:
    before, after = _any(content["age_before"]), _any(content["age_after"])
    return re.compile(
        rf"(?<!\w)(?:{before})\s(?P<before>\d{{2,3}})(?!\d)|(?<!\d)(?P<after>\d{{2,3}})[\s-]?(?:{after})",
        re.IGNORECASE,
    )


def _first_words(content: Mapping[str, Any], *parts: str) -> frozenset[str]:
    """First words of the cues: a text without any of them needs no search for what follows."""
    return frozenset(_WORD.findall(cue.lower())[0] for part in parts for cue in content[part])


def _common_words(content: Mapping[str, Any], words: Mapping[str, Iterable[str]]) -> frozenset[str]:
    listed = (*content["not_names"], *(w for code in ("en", "es") for w in words[code]))
    return frozenset(fold(word) for word in listed)
