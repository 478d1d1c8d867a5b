"""Places that go on under another name or as another place: one line of answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np

from wellheard.understand.findings.answers import Answers

if TYPE_CHECKING:
    from wellheard.measures.arrays import Booleans

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


def merged(answers: Answers, into: Mapping[int, int], *, minimum: int) -> Answers:
    """The answers of merged places (ids: old to new) as those of the place they go on as.

    One line of what both said, before and after, so that merging is neither a silence nor a
    change. Quarters in which the old place had too few answers to show are left out: what is told
    of both must not give away what could not be told of one.
    """
    at = {where.pk: position for position, where in enumerate(answers.places)}
    table, small = np.arange(len(answers.places)), np.zeros(answers.n, bool)
    for old in into:
        new = old
        while new in into:
            new = into[new]
        if old not in at or new not in at:
            continue
        mine = answers.place == at[old]
        quarter = (answers.month + answers.first_month.month - 1) // 3
        sizes = np.bincount(quarter[mine], minlength=int(quarter.max(initial=0)) + 1)
        small |= mine & (sizes[quarter] < minimum)
        table[at[old]] = at[new]
    if not table.size or (table == np.arange(table.size)).all():
        return answers
    return _only(replace(answers, place=table[answers.place]), ~small)


def _only(answers: Answers, kept: Booleans) -> Answers:
    columns = ("place", "day", "month", "hour", "version", "mode")
    return replace(
        answers,
        **{name: getattr(answers, name)[kept] for name in columns},
        items={item: values[kept] for item, values in answers.items.items()},
        groups={name: (codes[kept], values) for name, (codes, values) in answers.groups.items()},
    )


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
