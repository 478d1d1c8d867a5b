"""Which comments are one thing said twice. Pure: texts and who, when, where; no database.

Two ways to be a copy. The same known person sends nearly the same words again within two weeks;
or nearly the same, long wording arrives within a week for the same place (or from a channel that
names no place). Two people who are both known and differ are never copies of each other: a ward
may well fail two people in the same way. Short texts ("Very good") are copies only when the
same person sends them.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from rapidfuzz import fuzz

from wellheard.listen.intake.rules.triage import Closeness, Policy

_WORD = re.compile(r"\w+")
_SHINGLE = 3
_KEYS = 8
# A key shared by more comments than this is a stock phrase and finds nothing.
_STOCK = 400
_COMPARED = 4_000


@dataclass(frozen=True, slots=True)
class Told:
    """What of a comment matters for finding its copies. ``who`` is "" when nobody is named."""

    id: int
    text: str
    received_at: datetime
    place_id: int | None
    who: str


def find_copies(
    new: Sequence[Told], earlier: Iterable[Told], policy: Policy
) -> dict[int, tuple[int, float]]:
    """Id of each copy among ``new`` -> (id of the first telling, how alike 0-100).

    ``new`` may hold copies of one another. The first is the one we kept first (lowest id), as the
    channels deliver out of order. Chains are flattened: a copy always names the first.
    """
    index = _Index()
    for told in earlier:
        index.add(told)
    found: dict[int, tuple[int, float]] = {}
    for told in sorted(new, key=lambda each: each.id):
        best = _nearest(told, index.candidates(told), policy)
        if best is not None:
            first, alike = best
            found[told.id] = (found[first][0] if first in found else first, alike)
        index.add(told)
    return found


def likeness(one: str, other: str) -> float:
    """0-100: how alike two wordings are, whatever their case, marks and line breaks."""
    return float(fuzz.ratio(_plain(one), _plain(other)))


def _nearest(told: Told, others: Iterable[Told], policy: Policy) -> tuple[int, float] | None:
    best: tuple[int, float] | None = None
    for other in others:
        closeness = _closeness(told, other, policy)
        if closeness is None:
            continue
        alike = likeness(told.text, other.text)
        if alike >= closeness.alike_at_least and (best is None or alike > best[1]):
            best = (other.id, alike)
    return best


def _closeness(told: Told, other: Told, policy: Policy) -> Closeness | None:
    """Which of the two ways applies to this pair, or None when it cannot be a copy."""
    if other.id >= told.id or (told.who and other.who and told.who != other.who):
        return None
    same_person = bool(told.who) and told.who == other.who
    closeness = policy.same_person if same_person else policy.same_words
    apart = abs(told.received_at - other.received_at)
    if apart > timedelta(days=closeness.within_days):
        return None
    if not same_person and told.place_id and other.place_id and told.place_id != other.place_id:
        return None
    fewest = min(_length(told.text), _length(other.text))
    return closeness if fewest >= closeness.fewest_words else None


class _Index:
    """Finds the few earlier comments worth comparing: same person, or a shared run of words."""

    def __init__(self) -> None:
        self._by_who: dict[str, list[Told]] = defaultdict(list)
        self._by_key: dict[int, list[Told]] = defaultdict(list)

    def add(self, told: Told) -> None:
        if told.who:
            self._by_who[told.who].append(told)
        for key in _keys(told.text):
            self._by_key[key].append(told)

    def candidates(self, told: Told) -> Iterator[Told]:
        seen: set[int] = set()
        lists = [self._by_who[told.who]] if told.who in self._by_who else []
        lists += [
            self._by_key[key]
            for key in _keys(told.text)
            if key in self._by_key and len(self._by_key[key]) <= _STOCK
        ]
        for found in lists:
            for other in found:
                if other.id not in seen:
                    seen.add(other.id)
                    yield other


def _keys(text: str) -> tuple[int, ...]:
    """The smallest hashes of the text's word triples: near-equal texts share some of them.

    Min-wise sampling (Broder 1997, "On the resemblance and containment of documents").
    """
    words = _plain(text).split()
    triples = {
        zlib.crc32(" ".join(words[i : i + _SHINGLE]).encode())
        for i in range(max(len(words) - _SHINGLE + 1, 0))
    }
    return tuple(sorted(triples)[:_KEYS])


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    # The beginning of a very long story is enough to know it again.
    return " ".join(_WORD.findall(text[:_COMPARED].casefold()))


def _length(text: str) -> int:
    return len(_plain(text).split())
