"""Comments in nearly the same words, and answers that say nothing (boilerplate)."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from wellheard.measures.text.folding import fold
from wellheard.measures.text.lexicons import FOLDER

# Stock phrases of a few words are said by many people of themselves ("very good, thank you").
SHORTEST_COPY: Final = 6
ALIKE: Final = 0.8
_SHINGLE: Final = 3
_SEEN_WORDS: Final = 400
# A shingle that so many comments share tells no two of them apart.
_COMMONEST: Final = 200


@lru_cache(maxsize=1)
def _stock() -> frozenset[str]:
    content = json.loads((FOLDER / "boilerplate-1.json").read_text(encoding="utf-8"))
    return frozenset(plain_words(line) for line in content["wordings"])


def plain_words(text: str) -> str:
    """Folded words alone, by which two texts have the same wording."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def is_boilerplate(text: str) -> bool:
    """Whether a text only says that nothing is answered, or holds no word at all."""
    words = plain_words(text[:200])
    return not words or words in _stock()


def near_duplicates(texts: Sequence[str]) -> list[list[int]]:
    """Groups (places in `texts`, ascending) of comments of six or more words in nearly the same
    words: four fifths of their word triples are shared (Jaccard). Chains join a group."""
    shingles = [_shingles(text) for text in texts]
    parent = list(range(len(texts)))
    holders: dict[str, list[int]] = defaultdict(list)
    for row, mine in enumerate(shingles):
        shared: dict[int, int] = defaultdict(int)
        for shingle in mine:
            for other in holders[shingle]:
                shared[other] += 1
            if len(holders[shingle]) < _COMMONEST:
                holders[shingle].append(row)
        for other, count in shared.items():
            if count >= ALIKE * (len(mine) + len(shingles[other]) - count):
                parent[_root(parent, row)] = _root(parent, other)
    groups: dict[int, list[int]] = defaultdict(list)
    for row, mine in enumerate(shingles):
        if mine:
            groups[_root(parent, row)].append(row)
    return sorted(group for group in groups.values() if len(group) > 1)


def _shingles(text: str) -> frozenset[str]:
    words = plain_words(text).split()[:_SEEN_WORDS]
    if len(words) < SHORTEST_COPY:
        return frozenset()
    return frozenset(" ".join(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1))


def _root(parent: list[int], row: int) -> int:
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = parent[row]
    return row
