"""Where we stand among others: percentile rank and top-decile line of a named database.

A rank means nothing without the database, its period and its size, so they belong to the result;
values of different periods are not compared, and percentile ranks are never averaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import finite_vector, real
from wellheard.measures.errors import EmptyData, MeasureError, OutOfRange, TooFewPoints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats

# Fewer units do not make a distribution to rank in.
FEWEST_UNITS = 10


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open period of days."""

    start: date
    stop: date

    def __post_init__(self) -> None:
        if self.start >= self.stop:
            raise OutOfRange("period", "must end after it starts")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Values of other units in one database and period; `higher_is_better` sets the direction."""

    database: str
    period: Period
    values: Floats
    higher_is_better: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Percentile rank 0-100 (100 best), with what it was ranked among.

    `top_decile` is the value that opens the best tenth, `top_decile_mean` the mean within it
    (the benchmark Hospital VBP uses), `median` the middle of the database.
    """

    value: float
    percentile: float
    database: str
    period: Period
    n: int
    median: float
    top_decile: float
    top_decile_mean: float
    method: str


def benchmark(
    database: str, period: Period, values: ArrayLike, *, higher_is_better: bool = True
) -> Benchmark:
    """Keep the values (1-D, one per unit, the asking unit included or not) of a database."""
    if not database.strip():
        raise EmptyData("database", "must be named")
    array = finite_vector(values, "values")
    if array.size < FEWEST_UNITS:
        raise TooFewPoints("values", f"{array.size} units; ranking needs {FEWEST_UNITS}")
    return Benchmark(database, period, array, higher_is_better)


def standing(value: float, period: Period, among: Benchmark) -> Standing:
    """Rank `value` of `period` in a benchmark of the same period.

    Mid-rank: those below plus half of those equal, over all. Raises MeasureError when the periods
    differ.
    """
    if period != among.period:
        raise MeasureError(
            "period",
            f"{period.start} to {period.stop} cannot be ranked in {among.database}, "
            f"which covers {among.period.start} to {among.period.stop}",
        )
    own = real(value, "value")
    sign = 1 if among.higher_is_better else -1
    ordered = np.sort(sign * among.values)
    below = np.searchsorted(ordered, sign * own, side="left")
    equal = np.searchsorted(ordered, sign * own, side="right") - below
    tenth = max(1, round(len(ordered) / 10))
    return Standing(
        own,
        float(100 * (below + equal / 2) / len(ordered)),
        among.database,
        among.period,
        len(ordered),
        float(np.median(among.values)),
        float(sign * ordered[-tenth]),
        float(sign * ordered[-tenth:].mean()),
        "mid-rank percentile",
    )
