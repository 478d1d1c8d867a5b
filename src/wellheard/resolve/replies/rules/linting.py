"""What may not stand in a public reply. Pure: text in, hits out; independent of capitals, accents,
punctuation and characters nobody sees, in every language at once.

A rule is a phrase of words (the file says how it is written). It is compiled so that punctuation
may stand between any two letters and anything but letters between two words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

_GAP = r"(?:[^\w\s]|_)*"
_BETWEEN = r"[\W_]+"
_WORD = r"[^\W_](?:[^\w\s]*[^\W_])*"
# The end of a word as a reader sees it, hyphens and dots within it or not.
_NO_MORE = r"(?![^\w\s]*[^\W_])"
_BEGIN, _END = r"(?<![^\W_])", r"(?![^\W_])"
# Arabic joins "and", "to", "with" and the article to the front of a word.
_FRONT = r"[وفبلك]?(?:ال)?"
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_KINDRED = str.maketrans({"ة": "ه", "ى": "ي"})


@dataclass(frozen=True, slots=True)
class Hit:
    """Words that may not be said: their kind and where they stand in the text as written."""

    kind: str
    start: int
    stop: int
    words: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of matter, ready to be looked for."""

    kind: str
    phrases: re.Pattern[str]
    patterns: tuple[re.Pattern[str], ...]


def compiled(page: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules of a page of data."""
    small = "|".join(sorted({_letters(word, "") for word in page["small_words"]}))
    sets = page["sets"]
    return tuple(
        Rule(
            kind["code"],
            re.compile("|".join(_phrase(each, sets, small) for each in kind["phrases"])),
            tuple(re.compile(each) for each in kind.get("patterns", ())),
        )
        for kind in page["kinds"]
    )


def lint(
    text: str,
    rules: Collection[Rule],
    *,
    names: Collection[str] = (),
    allowed: Collection[str] = (),
) -> list[Hit]:
    """Every hit, in order. ``names``: people of the house; ``allowed``: our own name and the way to
    reach us, which are no hits wherever they stand."""
    plain, places = _plain(_without(text, allowed))
    hits = [
        _hit(rule.kind, found, places, text)
        for rule in rules
        for pattern in (rule.phrases, *rule.patterns)
        for found in pattern.finditer(plain)
    ]
    squashed = re.sub(r"[\W_]+", "", plain)
    for name in names:
        pattern = _name(name, squashed)
        if pattern is not None:
            hits += [_hit("staff", found, places, text) for found in pattern.finditer(plain)]
    return _told_once(hits)


def says(text: str, words: str) -> bool:
    """Whether ``words`` stand in the text, however they are written."""
    wanted = re.sub(r"[\W_]+", "", _plain(words)[0])
    return bool(wanted) and wanted in re.sub(r"[\W_]+", "", _plain(text)[0])


def _without(text: str, allowed: Collection[str]) -> str:
    """The same length, with what is allowed blanked."""
    for words in sorted(filter(None, allowed), key=len, reverse=True):
        blank = re.compile(re.escape(words), re.IGNORECASE)
        # a number sign is neither word nor space: nothing is joined across the blank
        text = blank.sub(lambda found: "#" * len(found[0]), text)
    return text


def _hit(kind: str, found: re.Match[str], places: list[int], text: str) -> Hit:
    start, stop = places[found.start()], places[found.end() - 1] + 1
    return Hit(kind, start, stop, text[start:stop])


def _told_once(hits: list[Hit]) -> list[Hit]:
    """Without those that lie within another of their kind."""
    return sorted(
        {
            hit
            for hit in hits
            if not any(
                other.kind == hit.kind
                and other != hit
                and other.start <= hit.start
                and hit.stop <= other.stop
                for other in hits
            )
        },
        key=lambda hit: (hit.start, hit.stop, hit.kind),
    )


def _plain(text: str) -> tuple[str, list[int]]:
    """Small letters without accents, vowel signs, tatweel and invisible characters, digits as 0-9;
    beside each character its place in the text as written."""
    letters: list[str] = []
    places: list[int] = []
    for place, written in enumerate(text):
        for char in unicodedata.normalize("NFKD", written).casefold():
            if unicodedata.combining(char) or char == "ـ" or _is_unseen(char):
                continue
            digit = unicodedata.digit(char, None)
            letters.append(char.translate(_KINDRED) if digit is None else str(digit))
            places.append(place)
    return "".join(letters), places


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in ("Cf", "Cc", "Mn", "Me") and not char.isspace()


def _phrase(phrase: str, sets: Mapping[str, list[str]], small: str) -> str:
    """A phrase as a pattern. Until a word that must be there, gaps stand behind each part; from
    there on before it."""
    parts, begun = "", False
    for token in phrase.split():
        if token.startswith(".."):
            parts += f"(?:{_BETWEEN}{_WORD}){{0,{int(token[2:])}}}"
            continue
        wanted = token.removeprefix("?").split("|")
        words = f"(?:{'|'.join(_token(each, sets, small) for each in wanted)})"
        may_miss = token.startswith("?")
        if begun:
            parts += f"(?:{_BETWEEN}{words})?" if may_miss else _BETWEEN + words
        else:
            parts += f"(?:{words}{_BETWEEN})?" if may_miss else words
        begun = begun or not may_miss
    return _BEGIN + parts + _END


def _token(token: str, sets: Mapping[str, list[str]], small: str) -> str:
    if token.startswith("@"):
        return "|".join(_token(each, sets, small) for each in sets[token[1:]])
    if token == "+":  # noqa: S105  (a sign of the phrase language)
        return f"(?!(?:{small}){_NO_MORE}){_WORD}"
    if token.startswith("#"):
        return r"\d+(?:st|nd|rd|th)?" + _letters(token[1:], _GAP)
    word = token.rstrip("*")
    front = _FRONT if _ARABIC.search(word) else ""
    return front + _letters(word, _GAP) + (r"\w*" if token.endswith("*") else "")


def _letters(word: str, gap: str) -> str:
    plain = re.sub(r"[\W_]+", "", _plain(word)[0])
    return gap.join(re.escape(letter) for letter in plain)


def _name(name: str, squashed: str) -> re.Pattern[str] | None:
    """A person's whole name, or a long enough last part of it. None, without the work of making a
    pattern, when its letters do not stand in the text at all: a house has thousands of people."""
    kept = [part for part in name.split() if len(part.strip(".")) > 1]
    if not kept or _letters(kept[-1], "") not in squashed:
        return None
    parts = [_letters(part, _GAP) for part in kept]
    whole = _BETWEEN.join(parts)
    either = f"{whole}|{parts[-1]}" if len(kept[-1]) >= 5 and len(parts) > 1 else whole
    return re.compile(f"{_BEGIN}(?:{either}){_END}")
