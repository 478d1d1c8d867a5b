"""Places that go on under another name: what ended and what began are one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import numpy as np

from wellheard.understand.findings.answers import Answers

_BEFORE, _AFTER = 21, 56
_ENDED = 28
_ALIKE = 2.5
_SAME_NAME = 0.6


@dataclass(frozen=True, slots=True)
class _Life:
    position: int
    first: int
    last: int
    per_day: float


def joined(answers: Answers) -> tuple[Answers, Mapping[int, int]]:
    """The answers with renamed places under their newest name, and which became which.

    A place ended and, within weeks, one began at the same site with about as many answers a day
    (or much the same name): nobody fell silent, and nothing began. Where several could be meant,
    nothing is joined.
    """
    into = _successors(answers)
    if not into:
        return answers, {}
    table = np.arange(len(answers.places))
    for old in sorted(into):
        new = old
        while new in into:
            new = into[new]
        table[old] = new
    return replace(answers, place=table[answers.place]), into


def _successors(answers: Answers) -> dict[int, int]:
    lives = _lives(answers)
    if not lives:
        return {}
    begin, end = int(answers.day.min()), int(answers.day.max())
    by_site = defaultdict(list)
    for life in lives:
        by_site[answers.places[life.position].site_pk].append(life)
    found: dict[int, int] = {}
    for same in by_site.values():
        ended = [life for life in same if life.last < end - _ENDED]
        began = [life for life in same if life.first > begin + _ENDED]
        pairs = [(old, new) for old in ended for new in began if _follows(answers, old, new)]
        for old, new in pairs:
            alone = [p for p in pairs if p[0] is old or p[1] is new] == [(old, new)]
            if alone or _name_ratio(answers, old, new) >= _SAME_NAME:
                found.setdefault(old.position, new.position)
    return found


def _lives(answers: Answers) -> list[_Life]:
    found = []
    for position, where in enumerate(answers.places):
        days = answers.day[answers.place == position]
        if where.pk and days.size:
            first, last = int(days.min()), int(days.max())
            found.append(_Life(position, first, last, days.size / (last - first + 1)))
    return found


def _follows(answers: Answers, old: _Life, new: _Life) -> bool:
    if old.position == new.position or not -_BEFORE <= new.first - old.last <= _AFTER:
        return False
    ratio = new.per_day / old.per_day
    return 1 / _ALIKE <= ratio <= _ALIKE or _name_ratio(answers, old, new) >= _SAME_NAME


def _name_ratio(answers: Answers, old: _Life, new: _Life) -> float:
    names = (answers.places[old.position].name, answers.places[new.position].name)
    return float(SequenceMatcher(None, names[0].casefold(), names[1].casefold()).ratio())
