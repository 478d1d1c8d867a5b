"""Pure: which tools a comment asks for, and which finds of a scan are new."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wellheard.measures.text.folding import fold
from wellheard.measures.text.patterns import PatternSet

Kind = Literal["tool", "theme", "topic"]
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"[.!?;\n\r؟؛]+")


class Tools:
    """Finds requests: a tool and a word of wishing or missing in one sentence."""

    def __init__(
        self, tools: Mapping[str, Mapping[str, Sequence[str]]], asking: Mapping[str, Sequence[str]]
    ) -> None:
        lines = [
            (code, line)
            for code, languages in tools.items()
            for listed in languages.values()
            for line in listed
        ]
        self._codes = [code for code, _ in lines]
        self._tools = PatternSet([line for _, line in lines])
        self._asking = PatternSet([line for listed in asking.values() for line in listed])

    def asked(self, text: str) -> set[str]:
        """Codes of the tools that the text asks for or misses."""
        found: set[str] = set()
        for sentence in _SENTENCE.split(text):
            words = _WORD.findall(fold(sentence))
            named = {self._codes[hit.pattern] for hit in self._tools.find(words)}
            if named and any(True for _ in self._asking.find(words)):
                found |= named
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """One find: a tool or theme by its code, or a topic by its words; how many comments of the
    quarter hold it, and of the time before; the newest of those comments."""

    kind: Kind
    code: str
    words: tuple[str, ...]
    count: int
    of: int
    before: int
    before_of: int
    p: float
    comments: tuple[int, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.code


@dataclass(frozen=True, slots=True)
class Compared:
    """A scan beside the one before: what is new, what stays (with its find then), what is gone."""

    new: tuple[int, ...]
    stays: Mapping[int, int]
    gone: tuple[int, ...]


def compared(now: Sequence[Found], before: Sequence[Found], *, same_topic: float) -> Compared:
    """Positions of finds that are new, stay or are gone. Topics are the same when they share
    enough of the shorter one's words."""
    stays: dict[int, int] = {}
    for position, each in enumerate(now):
        match = next(
            (
                other
                for other, earlier in enumerate(before)
                if other not in stays.values() and _same(each, earlier, same_topic)
            ),
            None,
        )
        if match is not None:
            stays[position] = match
    return Compared(
        new=tuple(p for p in range(len(now)) if p not in stays),
        stays=stays,
        gone=tuple(p for p in range(len(before)) if p not in stays.values()),
    )


def _same(one: Found, other: Found, same_topic: float) -> bool:
    if one.kind != other.kind:
        return False
    if one.kind != "topic":
        return one.code == other.code
    mine, theirs = _single(one.words), _single(other.words)
    return len(mine & theirs) >= same_topic * min(len(mine), len(theirs))


def _single(words: Iterable[str]) -> set[str]:
    return {part for word in words for part in word.split()}
