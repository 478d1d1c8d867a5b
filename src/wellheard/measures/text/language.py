"""Tell which language a comment is in: by script, by known words, and by the shape of words.

Made for short comments (from about three words) in English, Spanish and Arabic; other languages
are named when their common words are there, else "und". Data: lexicons/languages-1.json.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from operator import itemgetter
from typing import Final, NamedTuple

from wellheard.measures.text.folding import fold, split_words
from wellheard.measures.text.lexicons import FOLDER
from wellheard.measures.text.remembered import Remembered

UNKNOWN: Final = "und"
_PROFILED: Final = ("en", "es")
_MAX_WORDS: Final = 60
_SURE: Final = 0.9
_WORD_WEIGHT: Final = 1.6
_SHAPE_WEIGHT: Final = 0.35
_ENGLISH_PRIOR: Final = 0.3
_CACHE_LIMIT: Final = 20_000


class Language(NamedTuple):
    """Two-letter code ("und" when unknown) and the confidence, 0 to 1."""

    code: str
    confidence: float


class _Weights(NamedTuple):
    english: float
    spanish: float
    others: tuple[str, ...]


_NOTHING: Final = _Weights(0.0, 0.0, ())


@dataclass(frozen=True, slots=True)
class LanguageFinder:
    """What each word says for a language; `find` is pure apart from its memory of words."""

    _weights: Remembered[_Weights]
    _foreign_arabic: frozenset[str]

    def find(self, text: str) -> Language:
        """The language of `text`; long texts are judged by their beginning."""
        return self.find_words(split_words(fold(text[:5_000])))

    def find_words(self, words: Sequence[str]) -> Language:
        """The language of already folded words."""
        words = words[:_MAX_WORDS]
        if "".join(words).isascii():
            return self._latin(words)
        letters = sum(len(word) for word in words)
        arabic = sum(len(word) for word in words if "\u0600" <= word[0] <= "\u06ff")
        if arabic * 2 > letters:
            return self._arabic(words, arabic / letters)
        if sum(len(word) for word in words if word[0] > "\u02af") * 2 > letters:
            return Language(UNKNOWN, _SURE)
        return self._latin(words)

    def _arabic(self, words: Iterable[str], share: float) -> Language:
        foreign = sum(1 for word in words if not self._foreign_arabic.isdisjoint(word))
        return Language(UNKNOWN, 0.7) if foreign >= 2 else Language("ar", round(share, 3))

    def _latin(self, words: Iterable[str]) -> Language:
        english, spanish = _ENGLISH_PRIOR, 0.0
        others: list[str] = []
        for more_english, more_spanish, codes in map(self._weights.__getitem__, words):
            english += more_english
            spanish += more_spanish
            others += codes
        return _strongest(english, spanish, others)


class _Weigher(NamedTuple):
    """Word lists, and how much more English than Spanish a triple of letters is."""

    languages: Mapping[str, tuple[str, ...]]
    leads: Mapping[str, float]

    def weigh(self, word: str) -> _Weights:
        """By the lists, else by the shape of the word."""
        codes = self.languages.get(word)
        if codes:
            return _listed_weights(codes)
        if len(word) < 3 or not word.isalpha():
            return _NOTHING
        grams = _trigrams(word)
        usual = repeat(self.leads[""])
        lead = sum(map(self.leads.get, grams, usual)) / math.sqrt(len(grams))
        lead = max(min(lead, 3.0), -3.0) * _SHAPE_WEIGHT
        return _Weights(max(lead, 0.0), max(-lead, 0.0), ())


def _listed_weights(codes: Sequence[str]) -> _Weights:
    """A word of English or Spanish says nothing for a third language that also has it."""
    profiled = [code for code in _PROFILED if code in codes]
    if not profiled:
        return _Weights(0.0, 0.0, tuple(codes))
    weight = _WORD_WEIGHT / len(profiled)
    return _Weights(weight if "en" in profiled else 0.0, weight if "es" in profiled else 0.0, ())


def _strongest(english: float, spanish: float, others: Sequence[str]) -> Language:
    scores = {"en": english, "es": spanish}
    if others:
        scores.update({code: _WORD_WEIGHT * count for code, count in Counter(others).items()})
    (best, high), (_, second), *_ = sorted(scores.items(), key=_score, reverse=True)
    if high <= _ENGLISH_PRIOR:
        return Language(UNKNOWN, 0.0)
    return Language(best, round(1.0 / (1.0 + math.exp(second - high)), 3))


_score: Final = itemgetter(1)


def _trigrams(word: str) -> list[str]:
    padded = f" {word} "
    return [padded[i : i + 3] for i in range(len(padded) - 2)]


def _profile(words: Iterable[str]) -> Mapping[str, float]:
    """Log shares of letter triples, add-one smoothed; "" holds the share of an unseen triple."""
    counts = Counter(gram for word in words for gram in _trigrams(word))
    total = sum(counts.values()) + len(counts) + 1
    shares = {gram: math.log((count + 1) / total) for gram, count in counts.items()}
    return {**shares, "": math.log(1 / total)}


def _leads(first: Mapping[str, float], second: Mapping[str, float]) -> Mapping[str, float]:
    """By how much more a triple belongs to the first profile; "" as in `_profile`."""
    return {
        gram: first.get(gram, first[""]) - second.get(gram, second[""])
        for gram in first.keys() | second.keys()
    }


@lru_cache(maxsize=1)
def load_language_finder() -> LanguageFinder:
    """Read the shipped word lists and build the letter profiles (a few milliseconds)."""
    content = json.loads((FOLDER / "languages-1.json").read_text(encoding="utf-8"))
    words: dict[str, tuple[str, ...]] = {}
    for code, listed in content["words"].items():
        for word in listed:
            words[word] = (*words.get(word, ()), code)
    english, spanish = (_profile(content["words"][code]) for code in _PROFILED)
    weigher = _Weigher(words, _leads(english, spanish))
    return LanguageFinder(
        _weights=Remembered(weigher.weigh, _CACHE_LIMIT),
        _foreign_arabic=frozenset(content["arabic"]["other_letters"]),
    )
