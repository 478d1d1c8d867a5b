"""Pure: words as they are sought, and how alike two comments are.

English, Spanish and Arabic alike: lower case, no accents, unified Arabic letters, and the Arabic
article (with the small words that are written on to it) taken off, in the index and in the query.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from wellheard.measures.text.folding import fold, folded_offsets, split_words, word_places

_ARTICLE = re.compile(r"^(?:[وفبك]?ال|لل)(?=[\u0621-\u064a]{3})")
_QUOTED = re.compile(r'(-?)"([^"]*)"|(-?)(\S+)')
_SHORTEST_GRAM_WORD = 4


@dataclass(frozen=True, slots=True)
class Sought:
    """What a person looks for: ``parts`` must all be there, ``without`` must not.

    Each is a row of plain words: the beginnings of words, or, when it stood in quotation marks,
    whole words one after another.
    """

    parts: tuple[str, ...]
    without: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts or self.without)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Single word beginnings, for marking them in a text."""
        return tuple(word for part in self.parts for word in part.split())


def plain_word(word: str) -> str:
    """One folded word as it stands in the index."""
    return _ARTICLE.sub("", word)


def plain_words(text: str) -> list[str]:
    """The words of a text as they stand in the index, in order."""
    return [plain_word(word) for word in split_words(fold(text))]


def index_text(text: str) -> str:
    """What is kept to search in: " word word word ", so that a blank marks a word's beginning."""
    return f" {' '.join(plain_words(text))} "


def read_sought(typed: str, *, most: int) -> Sought:
    """Words as a person types them: `call bell`, `"call bell"`, `bell -night`. At most ``most``."""
    parts: list[str] = []
    without: list[str] = []
    for match in _QUOTED.finditer(typed):
        is_phrase = match[2] is not None
        words = plain_words(match[2] if is_phrase else match[4])
        into = without if (match[1] or match[3]) else parts
        if is_phrase and words:
            into.append(f" {' '.join(words)} ")
        else:
            into.extend(f" {word}" for word in words)
    return Sought(tuple(dict.fromkeys(parts))[:most], tuple(dict.fromkeys(without))[:most])


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, and whether it was sought."""

    text: str
    is_hit: bool


def marked(text: str, sought: Sought) -> list[Piece]:
    """A text in pieces, with the words that were sought by themselves."""
    beginnings = sought.beginnings
    if not beginnings:
        return [Piece(text, False)] if text else []
    folded = fold(text)
    offsets = folded_offsets(text)
    words = zip(split_words(folded), word_places(folded), strict=True)
    hits = [place for word, place in words if plain_word(word).startswith(beginnings)]
    pieces: list[Piece] = []
    done = 0
    for first, last in hits:
        start, stop = offsets[first], offsets[last]
        pieces += [Piece(text[done:start], False), Piece(text[start:stop], True)]
        done = stop
    return [piece for piece in [*pieces, Piece(text[done:], False)] if piece.text]


def rarities(sample: Sequence[str]) -> dict[str, float]:
    """How telling each word of a sample of index texts is: log of how seldom it stands there."""
    seen = Counter(word for text in sample for word in set(text.split()))
    return {word: math.log((1 + len(sample)) / (1 + count)) for word, count in seen.items()}


def telling_words(text: str, rarity: Mapping[str, float], *, most: int) -> list[tuple[str, float]]:
    """The words of an index text that tell it apart, most telling first, with their weight.

    Words the sample does not hold are left out: a name or a slip of the pen finds nothing alike.
    """
    words = {word for word in text.split() if len(word) > 2 and rarity.get(word, 0.0) > 1.0}
    return sorted(((word, rarity[word]) for word in words), key=lambda pair: (-pair[1], pair[0]))[
        :most
    ]


def likenesses(
    own: str, others: Mapping[int, str], rarity: Mapping[str, float]
) -> dict[int, float]:
    """How alike an index text and each of others are, 0 to 1: the cosine of their rare words and
    word pieces."""
    unknown = max(rarity.values(), default=1.0)
    ours = _weights(own, rarity, unknown)
    square = _square(ours.values())
    found = {}
    for key, text in others.items():
        theirs = _weights(text, rarity, unknown)
        length = math.sqrt(square * _square(theirs.values()))
        shared = ours.keys() & theirs.keys()
        found[key] = sum(ours[each] * theirs[each] for each in shared) / length if length else 0.0
    return found


def likeness(first: str, second: str, rarity: Mapping[str, float]) -> float:
    """The same of two texts."""
    return likenesses(first, {0: second}, rarity)[0]


def _weights(text: str, rarity: Mapping[str, float], unknown: float) -> dict[str, float]:
    """Words weigh by their rarity; the pieces of a longer word share a part of its weight."""
    weights: dict[str, float] = {}
    for word in set(text.split()):
        weight = rarity.get(word, unknown)
        weights[word] = weight
        if len(word) >= _SHORTEST_GRAM_WORD:
            pieces = _pieces(word)
            share = weight / (2 * math.sqrt(len(pieces)))
            for piece in pieces:
                if weights.get(piece, 0.0) < share:
                    weights[piece] = share
    return weights


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> frozenset[str]:
    return frozenset(f"#{word[i : i + 4]}" for i in range(len(word) - 3))


def _square(weights: Iterable[float]) -> float:
    return sum(weight * weight for weight in weights)
