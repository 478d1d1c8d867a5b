"""Turn a comment into the sparse features of the linear model, exactly as in training.

Two blocks, each TF-IDF with sublinear counts and unit length: words and word pairs (with the kind
of question crossed into the words of short answers, because "Nothing" is praise under "what could
we improve?" and criticism under "what was good?"), and character 3- to 5-grams within words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wellheard.measures.text.prepared import PreparedText
from wellheard.measures.text.remembered import Remembered

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]
Places = NDArray[np.int64]

QUESTION_KINDS: Final = ("what_good", "could_improve", "nonspecific")
_SHORT_ANSWER_WORDS: Final = 6
_GRAM_SIZES: Final = (3, 4, 5)
_CACHE_LIMIT: Final = 30_000
_MAX_WORD_CHARS: Final = 40


class SparseRows(NamedTuple):
    """Compressed sparse rows: row r holds ids[starts[r]:starts[r + 1]] and their values."""

    starts: NDArray[np.int64]
    ids: Ids
    values: Floats


def word_features(words: Sequence[str], kind: str) -> list[str]:
    """Folded words and neighbouring pairs; in short answers also each with the question kind."""
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    if len(words) > _SHORT_ANSWER_WORDS:
        return [*words, *pairs]
    return [*words, *pairs, *(f"{kind}={word}" for word in (*words, *pairs))]


def char_features(folded: str) -> list[str]:
    """Character 3- to 5-grams within blank-separated words, each word padded with a blank."""
    return [gram for word in folded.split() for gram in word_grams(word)]


def word_grams(word: str) -> list[str]:
    """Grams of one padded word; a word shorter than the gram counts once, as in scikit-learn."""
    # A pasted link or a run of symbols carries no theme, and would cost time without limit.
    padded = f" {word[:_MAX_WORD_CHARS]} "
    grams: list[str] = []
    for size in _GRAM_SIZES:
        if len(padded) <= size:
            return [*grams, padded]
        grams += [padded[start : start + size] for start in range(len(padded) - size + 1)]
    return grams


class Vectorizer:
    """Vocabulary and inverse document frequencies of both blocks; ids of grams follow the words."""

    def __init__(self, words: Sequence[str], grams: Sequence[str], idf: Floats) -> None:
        if len(words) + len(grams) != len(idf):
            raise ValueError("one idf value per word and gram is needed")
        # Numbered from one, so that what is not known drops out without a step of Python for each.
        self._words = {word: i for i, word in enumerate(words, 1)}
        self._grams = {gram: i for i, gram in enumerate(grams, len(words) + 1)}
        self.idf = idf
        self._grams_of: Remembered[tuple[int, ...]] = Remembered(self._known_grams, _CACHE_LIMIT)

    def knows(self, word: str) -> bool:
        """Whether the folded word occurs in the vocabulary."""
        return word in self._words

    def rows(self, texts: Sequence[PreparedText], kinds: Sequence[str]) -> SparseRows:
        """Features of each text, in order."""
        ids: list[int] = []
        ends: list[int] = []
        for text, kind in zip(texts, kinds, strict=True):
            for block in (self._word_ids(text, kind), self._gram_ids(text)):
                ids += block
                ends.append(len(ids))
        return self._weigh(
            *self._counted(np.array(ids, np.int64), np.array(ends, np.int64)), len(texts)
        )

    def _counted(self, ids: Places, ends: Places) -> tuple[Places, Places, Places]:
        """Each feature of each block once (two blocks per text): block, id from zero, how often.
        Counted for all texts at once, which takes a fraction of a table for each."""
        width = len(self.idf)
        blocks = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
        met, counts = np.unique(blocks * width + ids - 1, return_counts=True)
        return *np.divmod(met, width), counts

    def _weigh(self, blocks: Places, ids: Places, counts: Places, texts: int) -> SparseRows:
        """TF-IDF values, each block brought to unit length."""
        values = (1.0 + np.log(counts)).astype(np.float32) * self.idf[ids]
        lengths = np.sqrt(np.bincount(blocks, values.astype(np.float64) ** 2))
        starts = np.searchsorted(blocks, np.arange(0, 2 * texts + 1, 2))
        return SparseRows(
            starts, ids.astype(np.int32), (values / lengths[blocks]).astype(np.float32)
        )

    def _word_ids(self, text: PreparedText, kind: str) -> list[int]:
        return list(filter(None, map(self._words.get, word_features(text.words, kind))))

    def _gram_ids(self, text: PreparedText) -> Iterator[int]:
        return chain.from_iterable(map(self._grams_of.__getitem__, text.folded.split()))

    def _known_grams(self, word: str) -> tuple[int, ...]:
        return tuple(filter(None, map(self._grams.get, word_grams(word))))
