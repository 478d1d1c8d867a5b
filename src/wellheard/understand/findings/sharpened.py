"""The same answers made to tell more: what a search looks at before anything is told.

A share of best answers is what people know, and wastes half of what was answered. Two things tell
a change sooner: all answers of a person together, when care as such changed; and one question
beside the same person's other answers, when only that changed - people who mark everything high
or low blur neither. What is told is always of a plain measure, and must be seen there as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from wellheard.understand.findings.scored import OVERALL, Scored

if TYPE_CHECKING:
    from wellheard.measures.arrays import Floats

TOGETHER = ""
_FEWEST = 100
_FEWEST_OF_PERSON = 2


@dataclass(frozen=True)
class Sharpened:
    """``series``: what is searched, higher is better in each; ``plain``: what is told, by code."""

    series: tuple[Scored, ...]
    plain: dict[str, Scored]

    def share(self, scored: Scored) -> float:
        """Its part of a story's chance to err: half for all together, half for the questions."""
        singles = sum(each.measure.code != TOGETHER for each in self.series)
        if singles == len(self.series):
            return 1 / max(1, singles)
        return 0.5 if scored.measure.code == TOGETHER else 0.5 / max(1, singles)

    def told_by(self, scored: Scored) -> list[Scored]:
        """The plain measures that may tell what was found in this series, the overall first."""
        if scored.measure.code == TOGETHER:
            return list(self.plain.values())
        return [self.plain[scored.measure.code]]


def sharpened(all_scored: Sequence[Scored]) -> Sharpened:
    """All answers together, then each question beside the person's others."""
    plain = {each.measure.code: each for each in all_scored}
    if not all_scored:
        return Sharpened((), plain)
    ranks = [_ranked(each) for each in all_scored]
    n = all_scored[0].answers.n
    sums, counts = np.zeros(n), np.zeros(n)
    for scored, values in zip(all_scored, ranks, strict=True):
        sums[scored.rows] += values
        counts[scored.rows] += 1
    together = _together(all_scored[0], sums, counts)
    alone = _alone(all_scored, ranks, sums, counts)
    return Sharpened((*together, *alone), plain)


def _ranked(scored: Scored) -> Floats:
    """Normal scores of what was answered, higher for better (van der Waerden)."""
    from scipy.special import ndtri

    values = scored.answers.items[scored.measure.item][scored.rows]
    _, position, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / values.size
    scores = np.asarray(ndtri(middle), np.float64)
    scores = scores - float(scores @ counts) / values.size
    spread = float(np.sqrt((scores**2) @ counts / values.size)) or 1.0
    return (scores / spread)[position] * (1.0 if scored.up_is_better else -1.0)


def _together(first: Scored, sums: Floats, counts: Floats) -> Iterator[Scored]:
    rows = np.flatnonzero(counts >= _FEWEST_OF_PERSON)
    if rows.size >= _FEWEST:
        measure = replace(first.measure, code=TOGETHER, item=TOGETHER, statistic="mean",
                          direction="increase")  # fmt: skip
        yield Scored(first.answers, measure, rows, sums[rows] / counts[rows])


def _alone(
    all_scored: Sequence[Scored], ranks: Sequence[Floats], sums: Floats, counts: Floats
) -> Iterator[Scored]:
    for scored, values in zip(all_scored, ranks, strict=True):
        rows = scored.rows
        others = np.divide(
            sums[rows] - values, counts[rows] - 1, out=np.zeros_like(values), where=counts[rows] > 1
        )
        spread = float(others @ others)
        slope = float(others @ values) / spread if spread > 0 else 0.0
        measure = replace(scored.measure, statistic="mean", direction="increase")
        yield Scored(scored.answers, measure, rows, values - slope * others)


def overall_first(codes: Sequence[str]) -> list[str]:
    """Codes of measures with the overall one first."""
    return sorted(codes, key=lambda code: code != OVERALL)
