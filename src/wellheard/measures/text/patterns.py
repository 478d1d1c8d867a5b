"""Find phrases of a lexicon in a text, tolerant of spelling, endings and words in between.

A pattern is a line of items separated by blanks:

    nobody|noone      one of these words            kill*     a word that begins so
    {nobody}          a named word set              very?     may be absent
    ~3                up to three words between     =fall     exactly so, no misspelling

Words are compared in folded form (see `folding`). A word of six or more letters also matches one
slip (a letter missing, added, changed, or two swapped), nine or more two slips, unless what was
typed is itself a known word. Arabic words also match without clitics ("وممرضة" finds "ممرضه").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wellheard.measures.text.remembered import Remembered
from wellheard.measures.text.spelling import CACHE_LIMIT, AtomTable, PatternError

# Patterns of which a word is the anchor, each with the anchor's index.
_Anchors = tuple[tuple[int, int], ...]


class Found(NamedTuple):
    """A pattern found at words first to last (inclusive)."""

    pattern: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Item:
    atoms: frozenset[int]
    optional: bool
    gap_before: int


class PatternSet:
    """Compiled patterns; `find` yields every place of every pattern."""

    def __init__(
        self,
        patterns: Sequence[str],
        *,
        sets: Mapping[str, str] | None = None,
        known_words: Callable[[str], bool] = lambda word: False,
    ) -> None:
        self._atoms = AtomTable(known_words)
        self._sets = sets or {}
        self._items = [self._compile_named(line) for line in patterns]
        self._by_anchor: dict[int, list[tuple[int, int]]] = {}
        # Per pattern the atoms of its next rarest word (of its only one: its own): most anchors
        # stand in texts that do not hold it, and need no search around them.
        self._also: list[frozenset[int]] = []
        self._anchors: Remembered[_Anchors] = Remembered(self._anchored, CACHE_LIMIT)
        for number, items in enumerate(self._items):
            self._index_anchor(number, items)

    def find(self, words: Sequence[str]) -> Iterator[Found]:
        """Yield each place where a pattern is found in `words`, by the place of its anchor."""
        anchored = list(map(self._anchors.__getitem__, words))
        if not any(anchored):
            return
        atoms = list(map(self._atoms.of.__getitem__, words))
        present = frozenset[int]().union(*atoms)
        for position, anchors in enumerate(anchored):
            for number, anchor in anchors:
                if self._also[number].isdisjoint(present):
                    continue
                span = self._match_around(number, anchor, atoms, position)
                if span:
                    yield Found(number, *span)

    def _anchored(self, word: str) -> _Anchors:
        atoms = self._atoms.of[word]
        if not atoms:
            return ()
        return tuple(sorted({a for atom in atoms for a in self._by_anchor.get(atom, ())}))

    def _match_around(
        self, number: int, anchor: int, atoms: Sequence[frozenset[int]], position: int
    ) -> tuple[int, int] | None:
        items = self._items[number]
        first = _match_back(items, anchor, atoms, position)
        if first is None:
            return None
        last = _match_on(items, anchor, atoms, position)
        return None if last is None else (first, last)

    def _index_anchor(self, number: int, items: Sequence[_Item]) -> None:
        solid = [i for i, item in enumerate(items) if not item.optional]
        if not solid:
            raise PatternError("a pattern needs one word that is not optional")
        solid.sort(key=lambda i: (self._atoms.commonness(items[i].atoms), i))
        anchor = solid[0]
        self._also.append(items[solid[min(1, len(solid) - 1)]].atoms)
        for atom in items[anchor].atoms:
            self._by_anchor.setdefault(atom, []).append((number, anchor))

    def _compile_named(self, line: str) -> tuple[_Item, ...]:
        try:
            return self._compile(line)
        except ValueError as error:
            raise PatternError(f"cannot read the pattern {line!r}: {error}") from error

    def _compile(self, line: str) -> tuple[_Item, ...]:
        items: list[_Item] = []
        gap = 0
        for part in line.split():
            if part.startswith("~"):
                gap = int(part[1:])
                continue
            items.append(self._compile_item(part, gap))
            gap = 0
        if gap or not items:
            raise PatternError("it is empty or ends in a gap")
        return tuple(items)

    def _compile_item(self, part: str, gap: int) -> _Item:
        optional = part.endswith("?")
        words = self._expand(part.rstrip("?"))
        return _Item(frozenset(self._atoms.add(word) for word in words), optional, gap)

    def _expand(self, part: str) -> Iterator[str]:
        for word in part.split("|"):
            if word.startswith("{"):
                name = word.strip("{}")
                if name not in self._sets:
                    raise PatternError(f"unknown word set {name!r}")
                yield from self._expand(self._sets[name])
            else:
                yield word


def _match_on(
    items: Sequence[_Item], index: int, atoms: Sequence[frozenset[int]], position: int
) -> int | None:
    """Last word of a match of items[index + 1:] after `position`, or None."""
    if index + 1 == len(items):
        return position
    item = items[index + 1]
    for place in range(position + 1, min(position + 2 + item.gap_before, len(atoms))):
        if not item.atoms.isdisjoint(atoms[place]):
            last = _match_on(items, index + 1, atoms, place)
            if last is not None:
                return last
    return _match_on(items, index + 1, atoms, position) if item.optional else None


def _match_back(
    items: Sequence[_Item], index: int, atoms: Sequence[frozenset[int]], position: int
) -> int | None:
    """First word of a match of items[:index] before `position`, or None."""
    if index == 0:
        return position
    item, gap = items[index - 1], items[index].gap_before
    for place in range(position - 1, max(position - 2 - gap, -1), -1):
        if not item.atoms.isdisjoint(atoms[place]):
            first = _match_back(items, index - 1, atoms, place)
            if first is not None:
                return first
    return _match_back(items, index - 1, atoms, position) if item.optional else None
