"""Turn a comment into the sparse features of the linear model, exactly as in training.

Two blocks, each TF-IDF with sublinear counts and unit length: words and word pairs (with the kind
of question crossed into the words of short answers, because "Nothing" is praise under "what could
we improve?" and criticism under "what was good?"), and character 3- to 5-grams within words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wellheard.measures.text.folding import fold

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]

QUESTION_KINDS: Final = ("what_good", "could_improve", "nonspecific")
_WORD: Final = re.compile(r"[^\W_]+")
_SHORT_ANSWER_WORDS: Final = 6
_GRAM_SIZES: Final = (3, 4, 5)
_CACHE_LIMIT: Final = 30_000
_MAX_WORD_CHARS: Final = 40


class SparseRows(NamedTuple):
    """Compressed sparse rows: row r holds ids[starts[r]:starts[r + 1]] and their values."""

    starts: NDArray[np.int64]
    ids: Ids
    values: Floats


def word_features(text: str, kind: str) -> list[str]:
    """Words, neighbouring pairs, and for short answers each word crossed with the question kind."""
    words = _WORD.findall(fold(text))
    pairs = [f"{a} {b}" for a, b in zip(words, words[1:], strict=False)]
    if len(words) > _SHORT_ANSWER_WORDS:
        return words + pairs
    return words + pairs + [f"{kind}={word}" for word in (*words, *pairs)]


def char_features(text: str) -> list[str]:
    """Character 3- to 5-grams within blank-separated words, each word padded with a blank."""
    return [gram for word in fold(text).split() for gram in word_grams(word)]


def word_grams(word: str) -> Iterator[str]:
    """Grams of one padded word; a word shorter than the gram counts once, as in scikit-learn."""
    # A pasted link or a run of symbols carries no theme, and would cost time without limit.
    padded = f" {word[:_MAX_WORD_CHARS]} "
    for size in _GRAM_SIZES:
        yield padded[:size]
        for start in range(1, len(padded) - size + 1):
            yield padded[start : start + size]
        if len(padded) <= size:
            return


class Vectorizer:
    """Vocabulary and inverse document frequencies of both blocks; ids of grams follow the words."""

    def __init__(self, words: Sequence[str], grams: Sequence[str], idf: Floats) -> None:
        if len(words) + len(grams) != len(idf):
            raise ValueError("one idf value per word and gram is needed")
        self._words = {word: i for i, word in enumerate(words)}
        self._grams = {gram: len(words) + i for i, gram in enumerate(grams)}
        self.idf = idf
        self._gram_cache: dict[str, tuple[int, ...]] = {}

    def knows(self, word: str) -> bool:
        """Whether the folded word occurs in the vocabulary."""
        return word in self._words

    def rows(self, texts: Sequence[str], kinds: Sequence[str]) -> SparseRows:
        """Features of each text, in order."""
        parts = [
            self._block(ids)
            for text, kind in zip(texts, kinds, strict=True)
            for ids in (self._word_ids(text, kind), self._gram_ids(text))
        ]
        sizes = [len(a.ids) + len(b.ids) for a, b in zip(parts[::2], parts[1::2], strict=True)]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        if not parts:
            return SparseRows(starts, np.empty(0, np.int32), np.empty(0, np.float32))
        return SparseRows(
            starts,
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.values for part in parts]),
        )

    def _word_ids(self, text: str, kind: str) -> list[int]:
        known = self._words
        return [known[word] for word in word_features(text, kind) if word in known]

    def _gram_ids(self, text: str) -> list[int]:
        ids: list[int] = []
        for word in fold(text).split():
            ids += self._gram_cache.get(word) or self._learn_grams(word)
        return ids

    def _learn_grams(self, word: str) -> tuple[int, ...]:
        known = self._grams
        found = tuple(known[gram] for gram in word_grams(word) if gram in known)
        if len(self._gram_cache) >= _CACHE_LIMIT:
            self._gram_cache.clear()
        self._gram_cache[word] = found
        return found

    def _block(self, ids: list[int]) -> _Block:
        unique, counts = np.unique(np.asarray(ids, dtype=np.int32), return_counts=True)
        values = (1.0 + np.log(counts)).astype(np.float32) * self.idf[unique]
        length = float(np.sqrt(values @ values))
        return _Block(unique, values / length if length else values)


class _Block(NamedTuple):
    ids: Ids
    values: Floats
