"""Answers to one measure as scores, and what is left of them when place, month and mix are out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.signals import Additive, additive_fit
from wellheard.understand.disclosure.rules import join_small
from wellheard.understand.findings.answers import GROUPS, MISSING, Answers
from wellheard.understand.scores.rules import Measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Booleans, Floats

OVERALL = "rating"
_FEWEST = 100
_PLACE, _MONTH = 0, 1


@dataclass(frozen=True)
class Scored:
    """One measure's answers of whole months at named places: ``rows`` of the columns, ``score``
    in points (0-100, net promoter -100..100)."""

    answers: Answers
    measure: Measure
    rows: NDArray[np.int64]
    score: Floats

    @property
    def n(self) -> int:
        return int(self.rows.size)

    @property
    def series(self) -> int:
        """How many places have answers: each is one series."""
        return int(np.unique(self.place).size)

    @property
    def up_is_better(self) -> bool:
        return self.measure.direction == "increase"

    @property
    def stretch(self) -> float:
        """Net promoter points are twice as wide as percent points."""
        return 2.0 if self.measure.statistic == "nps" else 1.0

    @property
    def place(self) -> NDArray[np.int64]:
        return self.answers.place[self.rows]

    @property
    def month(self) -> NDArray[np.int64]:
        return self.answers.month[self.rows]

    def group(self, name: str) -> NDArray[np.int64]:
        return self.answers.groups[name][0][self.rows]

    @cached_property
    def by_mix(self) -> Additive:
        """With place, month, wording, mode and every group taken out."""
        return additive_fit(self.score, [*self._base, *(self.group(name) for name in GROUPS)])

    @cached_property
    def by_place(self) -> Additive:
        """With place, month, wording and mode taken out, groups left in."""
        return additive_fit(self.score, self._base)

    @cached_property
    def _base(self) -> list[NDArray[np.int64]]:
        answers = self.answers
        return [self.place, self.month, answers.version[self.rows], answers.mode[self.rows]]

    def adjusted_cells(self) -> tuple[Floats, Floats]:
        """Means and sizes (P, M) by place and month, free of wording, mode and who answered."""
        factors = [*self._base, *(self.group(name) for name in GROUPS)]
        values = self.by_mix.without(factors, (_PLACE, _MONTH))
        shape = (len(self.answers.places), self.answers.months)
        cell = self.place * shape[1] + self.month
        sizes = np.bincount(cell, minlength=shape[0] * shape[1]).astype(np.float64)
        sums = np.bincount(cell, weights=values, minlength=sizes.size)
        means = np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)
        return means.reshape(shape), sizes.reshape(shape)


def scored_measures(answers: Answers, catalogue: Mapping[str, Measure]) -> Iterator[Scored]:
    """Every measure of the catalogue that has enough answers, the overall one first."""
    named = np.array([where.pk != 0 for where in answers.places], bool)
    usable = answers.whole & named[answers.place] if answers.n else np.zeros(0, bool)
    for measure in sorted(catalogue.values(), key=lambda each: each.code != OVERALL):
        values = answers.items.get(measure.item)
        if values is None:
            continue
        rows = np.flatnonzero(usable & (values != MISSING))
        if rows.size >= _FEWEST:
            yield Scored(answers, measure, rows, points(measure)[values[rows]])


def points(measure: Measure) -> Floats:
    """Points for each possible answer, by the answer (0 ...)."""
    low, high = measure.scale
    table = np.zeros(1001)
    if measure.statistic == "mean":
        table[:] = np.clip((np.arange(table.size) - low) * 100 / (high - low), 0, 100)
        return table
    table[list(measure.best)] = 100
    table[list(measure.worst)] = -100
    return table


def showable(sizes: Floats, first_month: date, minimum: int) -> tuple[Booleans, Booleans]:
    """Which cells (P, M) may be counted, and at which a span that may be shown begins.

    The same atoms as every table's: small months are joined within their calendar quarter, a
    quarter that is too small is left out (``disclosure.rules``).
    """
    counted, begins = np.zeros(sizes.shape, bool), np.zeros(sizes.shape, bool)
    offset = (first_month.month - 1) % 3
    months = sizes.shape[1]
    for at in range(-offset, months, 3):
        inside = range(max(0, at), min(months, at + 3))
        for place in range(sizes.shape[0]):
            counts = [int(sizes[place, month]) for month in inside]
            for span in join_small(counts, minimum):
                if span.total >= minimum:
                    counted[place, inside[span.start] : inside[span.stop - 1] + 1] = True
                    begins[place, inside[span.start]] = True
    return counted, begins


def site_members(answers: Answers) -> Mapping[int, NDArray[np.int64]]:
    """Positions of the places of each site that has several."""
    found: dict[int, list[int]] = {}
    for position, where in enumerate(answers.places):
        if where.pk:
            found.setdefault(where.site_pk, []).append(position)
    if len(found) < 2:
        return {}
    return {site: np.array(m, np.int64) for site, m in found.items() if len(m) > 1}
