"""What people began to talk about: words that came up lately far more than before.

Pure. Every word and pair of words of the recent comments is held against the earlier ones by a
one-sided Fisher test, with false discovery controlled by Benjamini-Hochberg. Words that stand in
the same comments become one topic, with the comments that make it new.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wellheard.understand.themes.rules import Counted, Rise, rising

_WORD = re.compile(r"[^\W\d_]{3,30}")
_PLACEHOLDER = re.compile(r"\[[a-z 0-9]{2,30}\]")
_TOGETHER = 0.5
_MOST_WORDS = 6
# Words that carry no topic of their own.
_PLAIN = frozenset(
    [
        "the",
        "and",
        "was",
        "were",
        "for",
        "with",
        "that",
        "this",
        "they",
        "them",
        "their",
        "had",
        "has",
        "have",
        "but",
        "not",
        "you",
        "your",
        "she",
        "her",
        "his",
        "him",
        "are",
        "been",
        "very",
        "all",
        "from",
        "who",
        "what",
        "when",
        "which",
        "there",
        "here",
        "would",
        "could",
        "should",
        "did",
        "does",
        "too",
        "our",
        "out",
        "about",
        "just",
        "also",
        "than",
        "then",
        "more",
        "most",
        "some",
        "any",
        "can",
        "will",
        "how",
        "why",
        "being",
        "get",
        "got",
        "because",
        "into",
        "only",
        "after",
        "before",
        "again",
        "over",
        "such",
        "where",
        "while",
        "these",
        "those",
        "its",
        "itself",
        "other",
        "each",
        "much",
        "many",
        "los",
        "las",
        "una",
        "uno",
        "por",
        "para",
        "con",
        "que",
        "del",
        "muy",
        "pero",
        "como",
        "mas",
        "sus",
        "fue",
        "han",
        "son",
        "este",
        "esta",
        "todo",
        "todos",
        "في",
        "من",
        "على",
        "الى",
        "عن",
        "ان",
        "كان",
        "هذا",
        "هذه",
        "التي",
        "الذي",
        "مع",
        "كل",
        "لم",
        "لا",
        "ما",
        "hospital",
        "staff",
        "nurse",
        "nurses",
        "doctor",
        "doctors",
        "patient",
        "patients",
        "care",
        "time",
        "day",
        "good",
        "great",
    ]
)


@dataclass(frozen=True, slots=True)
class Said:
    """A comment: its number, its words (masked), and whether it came lately."""

    key: int
    text: str
    is_recent: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """Words that belong together, the comments (newest list order) that hold them, and how often
    before; `p` of its strongest word."""

    words: tuple[str, ...]
    comments: tuple[int, ...]
    before: int
    recent_of: int
    before_of: int
    p: float


def emerging_topics(
    said: Sequence[Said], *, at_least: int = 4, most_chance: float = 0.001, most: int = 8
) -> tuple[Topic, ...]:
    """Topics that are new, surest first; none when there is nothing to compare with."""
    recent_of = sum(each.is_recent for each in said)
    before_of = len(said) - recent_of
    if not recent_of or not before_of:
        return ()
    recent, before = _holders(said)
    counted = [
        Counted((term,), len(keys), recent_of, len(before.get(term, ())), before_of)
        for term, keys in recent.items()
    ]
    rises = rising(counted, at_least=at_least, most_chance=most_chance, false_discovery=0.05)
    return tuple(_joined(rises, recent, before, recent_of, before_of))[:most]


def terms(text: str) -> set[str]:
    """Words and neighbouring pairs that can carry a topic."""
    words = [word.lower() for word in _WORD.findall(_PLACEHOLDER.sub(" ", text))]
    single = {word for word in words if word not in _PLAIN}
    pairs = {f"{a} {b}" for a, b in pairwise(words) if a not in _PLAIN and b not in _PLAIN}
    return single | pairs


def _holders(said: Iterable[Said]) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """Comments that hold each term, lately and before."""
    recent: dict[str, set[int]] = defaultdict(set)
    before: dict[str, set[int]] = defaultdict(set)
    for each in said:
        for term in terms(each.text):
            (recent if each.is_recent else before)[term].add(each.key)
    return recent, before


def _joined(
    rises: Sequence[Rise],
    recent: Mapping[str, set[int]],
    before: Mapping[str, set[int]],
    recent_of: int,
    before_of: int,
) -> Iterable[Topic]:
    left = [str(rise.counted.key[0]) for rise in rises]
    chance = {str(rise.counted.key[0]): rise.p for rise in rises}
    while left:
        first, *left = left
        mine, seen = [first], recent[first]
        for term in list(left):
            shared = len(recent[term] & seen)
            if shared >= _TOGETHER * min(len(recent[term]), len(seen)):
                mine.append(term)
                left.remove(term)
        comments = sorted(set().union(*(recent[term] for term in mine)), reverse=True)
        yield Topic(
            words=tuple(_tidied(mine)[:_MOST_WORDS]),
            comments=tuple(comments),
            before=len(set().union(*(before.get(term, set()) for term in mine))),
            recent_of=recent_of,
            before_of=before_of,
            p=chance[first],
        )


def _tidied(words: Sequence[str]) -> list[str]:
    """Without single words that a kept pair already holds."""
    paired = {part for word in words if " " in word for part in word.split()}
    return [word for word in words if " " in word or word not in paired]
