"""What goes together with the overall rating: shares of explained variance and their ranks.

Importance here is association, never proof of cause.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from wellheard.measures.arrays import LARGEST, float_array, same_length, within
from wellheard.measures.drivers.shares import relative_weights, shapley_shares
from wellheard.measures.errors import (
    CollinearColumns,
    ConstantOutcome,
    EmptyData,
    NotFinite,
    OutOfRange,
    TooFewPoints,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wellheard.measures.arrays import Floats

Method = Literal["shapley", "relative_weights"]
Priority = Literal["first", "keep", "watch", "leave"]
# About ten answers per driver, and never fewer than a hundred.
LEAST_ROWS, ROWS_PER_DRIVER = 100, 10
# Warnings: variance inflation, and the share of answers at the top of the scale.
HIGH_INFLATION, HIGH_CEILING = 5.0, 0.7
_ROWS_AT_ONCE = 2048


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver. `share` is its part of R^2 with interval; `rank` 1 is the largest.

    `rank_low`..`rank_high` is the bootstrap interval of the rank; `performance` the mean answer,
    0-100 when the scale is known; `inflation` the variance inflation factor; `ceiling` the share
    of answers at the highest value.
    """

    name: str
    share: float
    low: float
    high: float
    rank: int
    rank_low: int
    rank_high: int
    correlation: float
    partial_correlation: float
    performance: float
    inflation: float
    ceiling: float
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DriverAnalysis:
    """Drivers in order of rank, with R^2, rows used and rows left out for missing answers."""

    outcome: str
    drivers: tuple[Driver, ...]
    r2: float
    n: int
    left_out: int
    draws: int
    level: float
    method: str


def key_drivers(
    drivers: Mapping[str, ArrayLike],
    outcome: ArrayLike,
    *,
    outcome_name: str = "outcome",
    method: Method = "shapley",
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    scales: Mapping[str, tuple[float, float]] | None = None,
) -> DriverAnalysis:
    """Divide the R^2 of `outcome` among `drivers` (1-D arrays by name; NaN = no answer).

    Rows with a missing answer are left out. Intervals and rank intervals are percentiles over
    `draws` bootstrap samples of rows. `scales` gives (lowest, highest) answers, to show
    performance as 0-100. Raises TooFewPoints below 100 rows or 10 per driver, ConstantOutcome
    and CollinearColumns naming the column.
    """
    x, y, left_out = _complete(drivers, outcome, outcome_name)
    names = tuple(drivers)
    _require(x, y, names, outcome_name)
    centred = np.column_stack([x - x.mean(axis=0), y - y.mean()])
    centred /= centred.std(axis=0)
    whole = (centred.T @ centred / len(y))[None]
    _require_apart(whole[0, :-1, :-1], names)
    divide = shapley_shares if method == "shapley" else relative_weights
    shares = divide(whole)[0]
    drawn = divide(_drawn_moments(centred, draws, seed))
    ranked = _ranked(names, x, whole[0], shares, drawn, within(level, "level", 0, 1), scales or {})
    how = "Shapley (LMG) shares" if method == "shapley" else "relative weights"
    return DriverAnalysis(
        outcome_name,
        ranked,
        float(shares.sum()),
        len(y),
        left_out,
        draws,
        level,
        f"{how} of R^2, bootstrap over rows; association, not cause",
    )


def key_drivers_by_group(
    drivers: Mapping[str, ArrayLike],
    outcome: ArrayLike,
    groups: Sequence[object] | NDArray[Any],
    **options: Any,
) -> dict[str, DriverAnalysis | None]:
    """Run :func:`key_drivers` within each group; None where a group has too few answers."""
    labels = np.asarray(groups, dtype=np.str_)
    y = float_array(outcome, "outcome")
    same_length(outcome=y, groups=labels)
    columns = {name: float_array(column, name) for name, column in drivers.items()}
    found: dict[str, DriverAnalysis | None] = {}
    for label in np.unique(labels).tolist():
        here = labels == label
        try:
            found[label] = key_drivers(
                {name: column[here] for name, column in columns.items()}, y[here], **options
            )
        except TooFewPoints:
            found[label] = None
    return found


def priorities(
    analysis: DriverAnalysis, *, performance_line: float, importance_line: float | None = None
) -> dict[str, Priority]:
    """Place each driver in the priority matrix: performance across, importance up.

    "first": goes with the rating and performs below `performance_line`; "keep": important and
    good; "watch": low but unimportant; "leave": good and unimportant. `importance_line` is a share
    of R^2, by default the average one. A driver whose interval spans the importance line is
    placed by its estimate; look at its interval before acting.
    """
    shares = [driver.share for driver in analysis.drivers]
    line = sum(shares) / len(shares) if importance_line is None else importance_line
    return {
        driver.name: _PRIORITY[driver.share >= line, driver.performance < performance_line]
        for driver in analysis.drivers
    }


_PRIORITY: dict[tuple[bool, bool], Priority] = {
    (True, True): "first",
    (True, False): "keep",
    (False, True): "watch",
    (False, False): "leave",
}


def _complete(
    drivers: Mapping[str, ArrayLike], outcome: ArrayLike, outcome_name: str
) -> tuple[Floats, Floats, int]:
    if not drivers:
        raise EmptyData("drivers", "name at least one")
    columns = {name: float_array(column, name) for name, column in drivers.items()}
    columns[outcome_name] = float_array(outcome, outcome_name)
    same_length(**columns)
    for name, column in columns.items():
        if (np.abs(column) > LARGEST).any():
            raise NotFinite(name, "holds an infinite or too large value")
    table = np.column_stack(list(columns.values()))
    kept = ~np.isnan(table).any(axis=1)
    return table[kept, :-1], table[kept, -1], int((~kept).sum())


def _require(x: Floats, y: Floats, names: tuple[str, ...], outcome_name: str) -> None:
    needed = max(LEAST_ROWS, ROWS_PER_DRIVER * len(names))
    if len(y) < needed:
        raise TooFewPoints("drivers", f"{len(y)} complete rows, but {needed} are needed")
    for name, column in zip((*names, outcome_name), (*x.T, y), strict=True):
        if column.min() == column.max():
            raise ConstantOutcome(name, "never varies")


def _require_apart(correlation: Floats, names: tuple[str, ...]) -> None:
    for count in range(2, len(names) + 1):
        if np.linalg.eigvalsh(correlation[:count, :count])[0] < 1e-9:
            before = ", ".join(names[: count - 1])
            raise CollinearColumns(names[count - 1], f"is a combination of {before}")


def _drawn_moments(centred: Floats, draws: int, seed: int) -> Floats:
    """Return centred cross products (draws, p + 1, p + 1) of bootstrap samples of rows.

    A sample is a row of counts; one matrix product of counts with the products of columns gives
    all samples' sums at once.
    """
    if draws < 100:
        raise OutOfRange("draws", "needs at least 100")
    n, width = centred.shape
    rows, columns = np.tril_indices(width)
    random = np.random.default_rng(seed)
    sums = np.zeros((draws, width + len(rows)))
    sizes = np.zeros(draws)
    table = _poisson_table()
    for start in range(0, n, _ROWS_AT_ONCE):
        part = centred[start : start + _ROWS_AT_ONCE]
        features = np.column_stack([part, part[:, rows] * part[:, columns]])
        # Poisson counts make rows independent of each other, so that blocks can be drawn alone.
        counts = table[random.integers(0, len(table), (draws, len(part)), dtype=np.uint16)]
        sums += counts @ features
        sizes += counts.sum(axis=1)
    sums /= sizes[:, None]
    means, products = sums[:, :width], sums[:, width:]
    moments = np.zeros((draws, width, width))
    moments[:, rows, columns] = products - means[:, rows] * means[:, columns]
    moments[:, columns, rows] = moments[:, rows, columns]
    return moments


def _poisson_table() -> Floats:
    """Return 65,535 equally likely counts that follow Poisson(1) to four digits."""
    likely = np.array([math.exp(-1) / math.factorial(k) for k in range(10)])
    middles = (np.arange(2**16 - 1) + 0.5) / (2**16 - 1)
    return np.searchsorted(np.cumsum(likely), middles).astype(np.float64)


def _ranked(
    names: tuple[str, ...],
    x: Floats,
    whole: Floats,
    shares: Floats,
    drawn: Floats,
    level: float,
    scales: Mapping[str, tuple[float, float]],
) -> tuple[Driver, ...]:
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(drawn, tails, axis=0)
    ranks = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    rank_low, rank_high = np.quantile(ranks, tails, axis=0, method="inverted_cdf")
    inverse = np.linalg.inv(whole)
    partial = -inverse[:-1, -1] / np.sqrt(np.diag(inverse)[:-1] * inverse[-1, -1])
    inflation = np.diag(np.linalg.inv(whole[:-1, :-1]))
    ceiling = (x == x.max(axis=0)).mean(axis=0)
    order = np.argsort(-shares, kind="stable")
    return tuple(
        Driver(
            names[i],
            float(shares[i]),
            float(low[i]),
            float(high[i]),
            position + 1,
            int(rank_low[i]),
            int(rank_high[i]),
            float(whole[i, -1]),
            float(partial[i]),
            _performance(float(x[:, i].mean()), scales.get(names[i])),
            float(inflation[i]),
            float(ceiling[i]),
            _warnings(float(inflation[i]), float(ceiling[i])),
        )
        for position, i in enumerate(order)
    )


def _performance(mean: float, scale: tuple[float, float] | None) -> float:
    if scale is None:
        return mean
    if scale[0] >= scale[1]:
        raise OutOfRange("scales", "the lowest answer must lie below the highest")
    return 100 * (mean - scale[0]) / (scale[1] - scale[0])


def _warnings(inflation: float, ceiling: float) -> tuple[str, ...]:
    found = []
    if inflation > HIGH_INFLATION:
        found.append("hard to tell apart from other drivers")
    if ceiling > HIGH_CEILING:
        found.append("most answers are already at the top of the scale")
    return tuple(found)
