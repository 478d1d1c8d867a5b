"""Pure: what of a person may stay with an anonymous answer, so that enough others share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

Told = tuple[str, ...]
# Which of the attributes stay, the most telling first: level (0, 2) keeps the first and the third.
Level = tuple[int, ...]


def shared(people: Sequence[Told], levels: Sequence[Level], least: int) -> list[Told]:
    """For each person what may stay of what is told of them; the rest is "".

    At each level those stay who share all of it with at least ``least`` people, themselves
    counted; the others go on to the next level, and those of no level keep nothing. Whoever is
    left over is a class too (somebody who knows who was asked can tell who they are), so a level
    is given up class by class, the smallest first, until nobody or at least ``least`` are left.
    """
    kept: list[Told] = [("",) * len(each) for each in people]
    left = list(range(len(people)))
    for level in levels:
        seen = {at: tuple(people[at][n] if n in level else "" for n in _all(people)) for at in left}
        sizes = Counter(seen.values())
        stay = {told for told, count in sizes.items() if count >= least}
        rest = sum(count for told, count in sizes.items() if told not in stay)
        for told, count in sorted(sizes.items(), key=lambda pair: (pair[1], pair[0])):
            if 0 < rest < least and told in stay:
                stay.discard(told)
                rest += count
        for at in left:
            if seen[at] in stay:
                kept[at] = seen[at]
        left = [at for at in left if seen[at] not in stay]
    return kept


def smallest(kept: Sequence[Told]) -> int:
    """How many share what the most telling of them keeps; 0 of nobody."""
    return min(Counter(kept).values(), default=0)


def _all(people: Sequence[Told]) -> range:
    return range(len(people[0]))
