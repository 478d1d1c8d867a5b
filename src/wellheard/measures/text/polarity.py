"""A rough sentiment from words of praise and blame, for languages without labelled comments.

No labelled Spanish or Arabic comments exist to measure it on, so its confidence is capped low.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from wellheard.measures.text.folding import fold
from wellheard.measures.text.lexicons import FOLDER
from wellheard.measures.text.patterns import PatternSet

MAX_CONFIDENCE: Final = 0.5
_NEGATION_REACH: Final = 3
_MIXED_SHARE: Final = 0.5


class Polarity(NamedTuple):
    """Sentiment 1 (very positive) to 5 (very negative) and a confidence of at most 0.5."""

    sentiment: int
    confidence: float


@dataclass(frozen=True, slots=True)
class PolarityFinder:
    """Weighted words of one language."""

    _weights: Sequence[int]
    _patterns: PatternSet
    _negators: frozenset[str]
    _nothing: frozenset[str]

    def find(self, words: Sequence[str], kind: str) -> Polarity:
        """Sentiment of a text; `kind` is the question kind, which decides what "nothing" means."""
        if " ".join(words) in self._nothing:
            return _nothing_said(kind)
        found = {first: self._weigh(words, n, first) for n, first, _ in self._patterns.find(words)}
        praise = sum(weight for weight in found.values() if weight > 0)
        blame = -sum(weight for weight in found.values() if weight < 0)
        return _judge(praise, blame)

    def _weigh(self, words: Sequence[str], pattern: int, place: int) -> int:
        before = words[max(place - _NEGATION_REACH, 0) : place]
        negated = any(word in self._negators for word in before)
        weight = self._weights[pattern]
        if not negated:
            return weight
        return -1 if weight > 0 else 2


def _nothing_said(kind: str) -> Polarity:
    sentiment = {"could_improve": 2, "what_good": 4}.get(kind, 3)
    return Polarity(sentiment, MAX_CONFIDENCE if sentiment != 3 else 0.2)


def _judge(praise: int, blame: int) -> Polarity:
    total = praise + blame
    if not total:
        return Polarity(3, 0.2)
    balance = (praise - blame) / total
    confidence = round(min(0.25 + 0.25 * abs(balance) * min(total, 4) / 4, MAX_CONFIDENCE), 3)
    if abs(balance) < _MIXED_SHARE:
        return Polarity(3, confidence)
    strong = total >= 3 and abs(balance) > 0.8
    if balance > 0:
        return Polarity(1 if strong else 2, confidence)
    return Polarity(5 if strong else 4, confidence)


@lru_cache(maxsize=4)
def load_polarity(language: str) -> PolarityFinder:
    """The finder for "en", "es" or "ar"; KeyError for another language."""
    content: dict[str, Any] = json.loads((FOLDER / "polarity-1.json").read_text(encoding="utf-8"))
    words: Mapping[str, Sequence[str]] = content["words"][language]
    lines = [(int(weight), word) for weight, listed in words.items() for word in listed]
    return PolarityFinder(
        _weights=[weight for weight, _ in lines],
        _patterns=PatternSet([word for _, word in lines]),
        _negators=frozenset(fold(word) for word in content["negators"][language]),
        _nothing=frozenset(fold(word) for word in content["nothing_words"][language]),
    )
