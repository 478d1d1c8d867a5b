"""Pure: which labels stand after corrections, and which themes have really risen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """One theme as it will be kept."""

    theme: str
    source: str
    confidence: float
    holds: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One correction of a theme: taken away when `after` is empty, else put there."""

    before: str
    after: str


def labels_after(machine: Mapping[str, float], changes: Iterable[Change]) -> tuple[Label, ...]:
    """The labels of one comment: the machine's, with people's changes in order over them.

    A label that a person took away stays, not holding; one that a person put there holds with
    confidence 1, whatever the machine says now or later.
    """
    wanted: dict[str, bool] = {}
    for change in changes:
        if change.before:
            wanted[change.before] = False
        if change.after:
            wanted[change.after] = True
    kept = [
        Label(theme, "machine", confidence, wanted.get(theme, True))
        for theme, confidence in sorted(machine.items())
    ]
    added = [
        Label(theme, "person", 1.0, True)
        for theme, holds in sorted(wanted.items())
        if holds and theme not in machine
    ]
    return (*kept, *added)


@dataclass(frozen=True, slots=True)
class Counted:
    """How often a theme came up lately and before, among how many comments."""

    key: tuple[int | str, ...]
    recent: int
    recent_of: int
    before: int
    before_of: int


@dataclass(frozen=True, slots=True)
class Rise:
    """A theme that comes up more than before, with its chance of coming up so often by luck."""

    counted: Counted
    p: float

    @property
    def times(self) -> float:
        """How many times its earlier share; infinite when it never came up before."""
        if not self.counted.before:
            return math.inf
        recent = self.counted.recent / self.counted.recent_of
        return recent / (self.counted.before / self.counted.before_of)


def rising(
    counted: Sequence[Counted], *, at_least: int, most_chance: float, false_discovery: float
) -> tuple[Rise, ...]:
    """Themes whose share of comments has risen, surest first.

    One-sided Fisher exact test of each with at least `at_least` recent comments: it must be
    below `most_chance` by itself, and pass Benjamini-Hochberg among all that were tested. Themes
    are watched because they were high, so some fall back by themselves: this finds rises, it does
    not explain them.
    """
    tested = sorted(
        (
            Rise(each, fisher_above(each.recent, each.recent_of, each.before, each.before_of))
            for each in counted
            if each.recent >= at_least
        ),
        key=lambda rise: rise.p,
    )
    passed = 0
    for rank, rise in enumerate(tested, start=1):
        if rise.p <= false_discovery * rank / len(tested):
            passed = rank
    return tuple(rise for rise in tested[:passed] if rise.p <= most_chance)


def fisher_above(first: int, first_of: int, second: int, second_of: int) -> float:
    """Chance of `first` or more of `first_of`, given both margins (hypergeometric tail)."""
    hits, total = first + second, first_of + second_of
    most = min(hits, first_of)
    whole = _choose(total, hits)
    return min(
        1.0,
        sum(
            math.exp(_choose(first_of, k) + _choose(second_of, hits - k) - whole)
            for k in range(first, most + 1)
            if hits - k <= second_of
        ),
    )


def _choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
