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
from typing import Final, NamedTuple

from wellheard.measures.text.folding import fold, tokenize
from wellheard.measures.text.lexicons import FOLDER

UNKNOWN: Final = "und"
_PROFILED: Final = ("en", "es")
_MAX_WORDS: Final = 200
_WORD_WEIGHT: Final = 1.6
_SHAPE_WEIGHT: Final = 0.35
_ENGLISH_PRIOR: Final = 0.3
_CACHE_LIMIT: Final = 20_000


class Language(NamedTuple):
    """Two-letter code ("und" when unknown) and the confidence, 0 to 1."""

    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class LanguageFinder:
    """Word lists and letter profiles; `find` is pure apart from its cache of words."""

    _languages: Mapping[str, tuple[str, ...]]
    _profiles: Mapping[str, Mapping[str, float]]
    _foreign_arabic: frozenset[str]
    _cache: dict[str, Mapping[str, float]]

    def find(self, text: str) -> Language:
        """The language of `text` (folded again here; long texts are judged by their beginning)."""
        return self.find_words([token.word for token in tokenize(fold(text[:5_000]))])

    def find_words(self, words: Sequence[str]) -> Language:
        """The language of already folded words."""
        words = words[:_MAX_WORDS]
        letters = sum(len(word) for word in words if not word.isdigit())
        if not letters:
            return Language(UNKNOWN, 0.0)
        arabic = sum(len(word) for word in words if "\u0600" <= word[0] <= "\u06ff")
        if arabic * 2 > letters:
            return self._arabic(words, arabic / letters)
        if sum(len(word) for word in words if word[0] > "\u02af") * 2 > letters:
            return Language(UNKNOWN, 0.9)
        return self._latin(words)

    def _arabic(self, words: Iterable[str], share: float) -> Language:
        foreign = sum(1 for word in words if not self._foreign_arabic.isdisjoint(word))
        return Language(UNKNOWN, 0.7) if foreign >= 2 else Language("ar", round(share, 3))

    def _latin(self, words: Iterable[str]) -> Language:
        scores: Counter[str] = Counter({"en": _ENGLISH_PRIOR})
        for word in words:
            for code, weight in self._weights(word).items():
                scores[code] += weight
        (best, high), *rest = scores.most_common()
        second = rest[0][1] if rest else 0.0
        confidence = 1.0 / (1.0 + math.exp(-(high - second)))
        if high <= _ENGLISH_PRIOR:
            return Language(UNKNOWN, 0.5)
        return Language(best, round(confidence, 3))

    def _weights(self, word: str) -> Mapping[str, float]:
        found = self._cache.get(word)
        if found is None:
            if len(self._cache) >= _CACHE_LIMIT:
                self._cache.clear()
            found = self._cache[word] = self._weigh(word)
        return found

    def _weigh(self, word: str) -> Mapping[str, float]:
        codes = self._languages.get(word)
        if codes:
            return {code: _WORD_WEIGHT / len(codes) for code in codes}
        if len(word) < 3 or word.isdigit():
            return {}
        english, spanish = (self._shape(word, code) for code in _PROFILED)
        lead = max(min(english - spanish, 3.0), -3.0) * _SHAPE_WEIGHT
        return {"en": max(lead, 0.0), "es": max(-lead, 0.0)}

    def _shape(self, word: str, code: str) -> float:
        profile = self._profiles[code]
        grams = _trigrams(word)
        return sum(profile.get(gram, profile[""]) for gram in grams) / math.sqrt(len(grams))


def _trigrams(word: str) -> list[str]:
    padded = f" {word} "
    return [padded[i : i + 3] for i in range(len(padded) - 2)]


def _profile(words: Iterable[str]) -> Mapping[str, float]:
    """Log shares of letter triples, add-one smoothed; "" holds the share of an unseen triple."""
    counts = Counter(gram for word in words for gram in _trigrams(word))
    total = sum(counts.values()) + len(counts) + 1
    shares = {gram: math.log((count + 1) / total) for gram, count in counts.items()}
    return {**shares, "": math.log(1 / total)}


@lru_cache(maxsize=1)
def load_language_finder() -> LanguageFinder:
    """Read the shipped word lists and build the letter profiles (a few milliseconds)."""
    content = json.loads((FOLDER / "languages-1.json").read_text(encoding="utf-8"))
    words: dict[str, tuple[str, ...]] = {}
    for code, listed in content["words"].items():
        for word in listed:
            words[word] = (*words.get(word, ()), code)
    return LanguageFinder(
        _languages=words,
        _profiles={code: _profile(content["words"][code]) for code in _PROFILED},
        _foreign_arabic=frozenset(content["arabic"]["other_letters"]),
        _cache={},
    )
