"""Customer satisfaction (top two of five) and customer effort (agreement 1 to 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wellheard.measures.arrays import finite_vector
from wellheard.measures.errors import OutOfRange
from wellheard.measures.intervals import Mean, Proportion, mean_interval, wilson

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats


@dataclass(frozen=True, slots=True)
class Effort:
    """Mean agreement (1-7) that it was easy, and the share who agree (5-7)."""

    mean: Mean
    easy: Proportion


def customer_satisfaction(answers: ArrayLike, *, level: float = 0.95) -> Proportion:
    """Return the share of whole 1-5 answers that are 4 or 5, with Wilson's interval."""
    array = _whole(answers, 5)
    return wilson(int((array >= 4).sum()), int(array.size), level=level)


def customer_effort(answers: ArrayLike, *, level: float = 0.95) -> Effort:
    """Score whole 1-7 answers to "it was easy to ..." (at least two of them)."""
    array = _whole(answers, 7)
    easy = wilson(int((array >= 5).sum()), int(array.size), level=level)
    return Effort(mean_interval(array, level=level), easy)


def _whole(answers: ArrayLike, last: int) -> Floats:
    array = finite_vector(answers, "answers")
    if ((array < 1) | (array > last) | (array != array.round())).any():
        raise OutOfRange("answers", f"must be whole numbers from 1 to {last}")
    return array
