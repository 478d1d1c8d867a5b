"""How far raters agree beyond chance: AC1/AC2, kappa, ICC, with bootstrap intervals.

AC1 keeps its meaning when nearly everything falls in one category, where kappa collapses (Gwet,
Br J Math Stat Psychol 2008; 61:29; AC2: Gwet, Handbook of Inter-Rater Reliability, 4th ed.).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from wellheard.measures.arrays import finite_array
from wellheard.measures.bootstrap import percentile_interval
from wellheard.measures.errors import (
    ConstantOutcome,
    EmptyData,
    OutOfRange,
    ShapeMismatch,
    TooFewPoints,
    UnknownName,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wellheard.measures.arrays import Floats

Weights = Literal["identity", "linear", "quadratic"]
Coefficient = Literal["ac", "kappa"]
IccKind = Literal["one_way", "agreement", "consistency"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A chance-corrected coefficient with its interval over subjects.

    `observed` and `by_chance` are the (weighted) agreement seen and expected; `draws_used`
    counts bootstrap samples in which the coefficient exists.
    """

    estimate: float
    low: float
    high: float
    observed: float
    by_chance: float
    n: int
    raters: int
    categories: tuple[str, ...]
    draws_used: int
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """The share of variance that lies between subjects, with its interval over subjects."""

    estimate: float
    low: float
    high: float
    n: int
    raters: int
    level: float
    method: str


def agreement(
    ratings: Sequence[Sequence[object]] | NDArray[Any],
    *,
    categories: Sequence[object] | None = None,
    coefficient: Coefficient = "ac",
    weights: Weights = "identity",
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Agreement:
    """Measure agreement on `ratings` (subjects, raters); None, NaN or "" = not rated.

    `categories` lists the possible values in order (needed for linear or quadratic `weights`,
    default: those seen, sorted). "ac" gives AC1, or AC2 with weights; "kappa" Cohen's for two
    raters, Fleiss's for more. Interval: percentiles over `draws` bootstrap samples of subjects.
    """
    table, names = _counts(ratings, categories)
    weight = _weights(weights, len(names))
    two = _pairs(ratings, names) if coefficient == "kappa" and _raters(ratings) == 2 else None

    def value(rows: NDArray[np.intp]) -> tuple[float, float, float]:
        pairs = None if two is None else two[rows]
        return _coefficient(table[rows], weight, coefficient, pairs)

    everyone = np.arange(len(table))
    estimate, seen, chance = value(everyone)
    if not np.isfinite(estimate):
        raise ConstantOutcome("ratings", "every rating is the same; chance agreement is 1")
    drawn = _bootstrap(lambda rows: value(rows)[0], len(table), draws, seed)
    low, high = percentile_interval(drawn, level)
    return Agreement(
        estimate, low, high, seen, chance, len(table), _raters(ratings), names, len(drawn), level,
        _name(coefficient, weights, _raters(ratings)),
    )  # fmt: skip


def intraclass_correlation(
    ratings: ArrayLike,
    *,
    kind: IccKind = "agreement",
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> IntraclassCorrelation:
    """Measure agreement on numbers: `ratings` (subjects, raters), all present.

    For a single rating: "one_way" ICC(1,1), "agreement" ICC(2,1), "consistency" ICC(3,1) (Shrout
    and Fleiss, Psychol Bull 1979; 86:420).
    """
    table = finite_array(ratings, "ratings")
    if table.ndim != 2 or table.shape[1] < 2:
        raise ShapeMismatch("ratings", "needs a (subjects, raters) array with at least 2 raters")
    if len(table) < 3:
        raise TooFewPoints("ratings", "needs at least 3 subjects")
    if kind not in _ICC:
        raise UnknownName("kind", f"is one of {sorted(_ICC)}, not {kind!r}")
    estimate = _icc(table, kind)
    if not np.isfinite(estimate):
        raise ConstantOutcome("ratings", "never vary")
    drawn = _bootstrap(lambda rows: _icc(table[rows], kind), len(table), draws, seed)
    low, high = percentile_interval(drawn, level)
    return IntraclassCorrelation(
        estimate, low, high, len(table), table.shape[1], level, f"{_ICC[kind]}, bootstrap"
    )


_ICC = {"one_way": "ICC(1,1)", "agreement": "ICC(2,1)", "consistency": "ICC(3,1)"}


def _counts(
    ratings: Sequence[Sequence[object]] | NDArray[Any], categories: Sequence[object] | None
) -> tuple[Floats, tuple[str, ...]]:
    if not len(ratings):
        raise EmptyData("ratings", "there are no subjects")
    if len({len(row) for row in ratings}) != 1 or _raters(ratings) < 2:
        raise ShapeMismatch("ratings", "every subject needs the same 2 or more raters")
    seen = {str(value) for row in ratings for value in row if not _missing(value)}
    names = tuple(sorted(seen) if categories is None else [str(each) for each in categories])
    unknown = sorted(seen - set(names))
    if unknown:
        raise UnknownName("ratings", f"{unknown[0]!r} is not one of the categories")
    if len(names) < 2:
        raise ConstantOutcome("ratings", "needs at least 2 categories; name them all")
    place = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(ratings), len(names)))
    for subject, row in enumerate(ratings):
        for value in row:
            if not _missing(value):
                table[subject, place[str(value)]] += 1
    table = table[table.sum(axis=1) > 0]
    if (table.sum(axis=1) >= 2).sum() < 2:
        raise TooFewPoints("ratings", "fewer than 2 subjects were rated twice")
    return table, names


def _pairs(
    ratings: Sequence[Sequence[object]] | NDArray[Any], names: tuple[str, ...]
) -> NDArray[np.intp]:
    place = {name: i for i, name in enumerate(names)}
    rows = [
        [-1 if _missing(value) else place[str(value)] for value in row]
        for row in ratings
        if not all(_missing(value) for value in row)
    ]
    return np.array(rows, dtype=np.intp)


def _weights(weights: str, count: int) -> Floats:
    gap = np.abs(np.subtract.outer(np.arange(count), np.arange(count))) / (count - 1)
    if weights == "identity":
        return np.asarray(np.eye(count))
    if weights not in ("linear", "quadratic"):
        raise UnknownName("weights", f"identity, linear or quadratic, not {weights!r}")
    return np.asarray(1 - gap if weights == "linear" else 1 - gap**2)


def _coefficient(
    table: Floats, weight: Floats, coefficient: str, pairs: NDArray[np.intp] | None
) -> tuple[float, float, float]:
    raters = table.sum(axis=1)
    twice = table[raters >= 2]
    if not len(twice):
        return np.nan, np.nan, np.nan
    r = twice.sum(axis=1)
    observed = float(((twice * (twice @ weight - 1)).sum(axis=1) / (r * (r - 1))).mean())
    share = (table / raters[:, None]).mean(axis=0)
    chance = _by_chance(share, weight, coefficient, pairs)
    if chance >= 1 - 1e-12:
        return np.nan, observed, chance
    return (observed - chance) / (1 - chance), observed, chance


def _by_chance(
    share: Floats, weight: Floats, coefficient: str, pairs: NDArray[np.intp] | None
) -> float:
    count = len(share)
    if coefficient == "ac":
        return float(weight.sum() / (count * (count - 1)) * (share * (1 - share)).sum())
    if coefficient != "kappa":
        raise UnknownName("coefficient", f"'ac' or 'kappa', not {coefficient!r}")
    if pairs is None:
        return float(share @ weight @ share)
    both = pairs[(pairs >= 0).all(axis=1)]
    first, second = (np.bincount(both[:, k], minlength=count) / len(both) for k in (0, 1))
    return float(first @ weight @ second)


def _icc(table: Floats, kind: str) -> float:
    n, k = table.shape
    grand = table.mean()
    rows = k * ((table.mean(axis=1) - grand) ** 2).sum() / (n - 1)
    columns = n * ((table.mean(axis=0) - grand) ** 2).sum() / (k - 1)
    total = ((table - grand) ** 2).sum()
    inside = (total - rows * (n - 1)) / (n * (k - 1))
    error = (total - rows * (n - 1) - columns * (k - 1)) / ((n - 1) * (k - 1))
    top, bottom = {
        "one_way": (rows - inside, rows + (k - 1) * inside),
        "consistency": (rows - error, rows + (k - 1) * error),
        "agreement": (rows - error, rows + (k - 1) * error + k * (columns - error) / n),
    }[kind]
    return float(top / bottom) if total > 1e-12 * grand**2 and bottom > 0 else np.nan


def _bootstrap(
    statistic: Callable[[NDArray[np.intp]], float], n: int, draws: int, seed: int
) -> Floats:
    if draws < 100:
        raise OutOfRange("draws", "needs at least 100")
    random = np.random.default_rng(seed)
    drawn = np.array([statistic(random.integers(0, n, n)) for _ in range(draws)])
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < draws / 2:
        raise TooFewPoints("ratings", "vary too little for an interval")
    return np.asarray(drawn)


def _missing(value: object) -> bool:
    return value is None or value == "" or value != value


def _raters(ratings: Sequence[Sequence[object]] | NDArray[Any]) -> int:
    return len(ratings[0])


def _name(coefficient: str, weights: str, raters: int) -> str:
    if coefficient == "ac":
        name = "Gwet AC1" if weights == "identity" else f"Gwet AC2, {weights} weights"
    else:
        name = "Cohen kappa" if raters == 2 else "Fleiss kappa"
        name += "" if weights == "identity" else f", {weights} weights"
    return f"{name}, bootstrap"
