"""Learn from a site's own labels: a theme of its own from some twenty examples, or corrections.

A ridge regression on the comments' features, solved once for all themes. It has an exact answer to
"what would have been said of these comments, had the model not seen their group?" (the block form
of the leave-one-out residual: Allen's PRESS, 1974), so quality is measured for every comment
without fitting again. Needs numpy only; the same input gives the same model.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wellheard.measures.text.features import SparseRows

Doubles = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]

RIDGE: Final = 0.5
FEWEST_EXAMPLES: Final = 20
# A theme is said only where its measured F1 is at least this; its interval is always shown.
BAR: Final = 0.6
_RESAMPLES: Final = 300
_FOLDS: Final = 5
_SEED: Final = 3
_KEPT_WEIGHT: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision, recall and F1 with its 95 % interval, on `positives` of `rows` comments that the
    model had not seen."""

    rows: int
    positives: int
    precision: float
    recall: float
    f1: float
    low: float
    high: float

    @property
    def passes(self) -> bool:
        """Whether the theme may be said by the machine."""
        return self.f1 >= BAR


@dataclass(frozen=True, slots=True)
class LocalTheme:
    """Weights by feature number, offset, threshold on the score, and slope of the confidence."""

    weights: Mapping[int, float]
    offset: float
    threshold: float
    slope: float

    def score(self, rows: SparseRows, row: int) -> float:
        """The score of one row; above `threshold` the theme is said."""
        begin, end = rows.starts[row], rows.starts[row + 1]
        known = self.weights
        pairs = zip(rows.ids[begin:end].tolist(), rows.values[begin:end].tolist(), strict=True)
        found = sum(known.get(number, 0.0) * value for number, value in pairs)
        return float(self.offset + found)

    def confidence(self, score: float) -> float:
        """0.5 at the threshold, towards 1 above it."""
        return float(1 / (1 + np.exp(-np.clip(self.slope * (score - self.threshold), -30, 30))))

    def as_data(self) -> dict[str, Any]:
        """What is kept, as JSON can hold it."""
        return {
            "ids": list(self.weights),
            "weights": [round(weight, 6) for weight in self.weights.values()],
            "offset": self.offset,
            "threshold": self.threshold,
            "slope": self.slope,
        }


def read_local(data: Mapping[str, Any]) -> LocalTheme:
    """The theme that `as_data` gave. Raises KeyError when a part is missing."""
    return LocalTheme(
        dict(zip(map(int, data["ids"]), map(float, data["weights"]), strict=True)),
        float(data["offset"]),
        float(data["threshold"]),
        float(data["slope"]),
    )


@dataclass(frozen=True, slots=True)
class Learnt:
    """A theme learnt and how well: on comments not seen; `given` is the quality of what was said
    before (the shipped model), None for a theme it does not know."""

    theme: LocalTheme
    quality: Quality
    given: Quality | None


def learn(
    rows: SparseRows,
    answers: Ints,
    groups: Sequence[Hashable],
    *,
    before: Doubles | None = None,
    said_before: Ints | None = None,
) -> list[Learnt]:
    """Learn each column of `answers` (n, themes; 0/1) from the features; rows of one group (one
    person, one wording) are held out together. `before` (n, themes; -1 to 1) is what is to be
    improved upon, zero when absent. Raises ValueError without at least two groups."""
    kinds = np.unique([hash(group) for group in groups], return_inverse=True)[1]
    if len(set(kinds.tolist())) < 2:
        raise ValueError("examples from at least two people are needed")
    start = np.zeros(answers.shape) if before is None else before
    matrix, numbers = _dense(rows)
    targets = 2.0 * answers - 1.0 - start
    mean = targets.mean(axis=0)
    kernel = matrix @ matrix.T
    inverse: Doubles = np.linalg.inv(kernel + RIDGE * np.eye(len(matrix))).astype(np.float64)
    duals = inverse @ (targets - mean)
    unseen = start + mean + (targets - mean) - _held_out_residuals(inverse, duals, kinds)
    weights = matrix.T @ duals
    return [
        _learnt(
            numbers, weights[:, i], float(mean[i]), unseen[:, i], answers[:, i], kinds,
            None if said_before is None else said_before[:, i],
        )
        for i in range(answers.shape[1])
    ]  # fmt: skip


def _dense(rows: SparseRows) -> tuple[Doubles, Ints]:
    """Rows as (n, features that occur), and the numbers of those features."""
    numbers, columns = np.unique(rows.ids, return_inverse=True)
    matrix = np.zeros((len(rows.starts) - 1, len(numbers)))
    matrix[np.repeat(np.arange(len(matrix)), np.diff(rows.starts)), columns] = rows.values
    return matrix, numbers.astype(np.int64)


def _held_out_residuals(inverse: Doubles, duals: Doubles, kinds: Ints) -> Doubles:
    """What each group misses by when the model is fitted without it, exactly."""
    found = np.zeros_like(duals)
    for kind in np.unique(kinds):
        mine = np.flatnonzero(kinds == kind)
        found[mine] = np.linalg.solve(inverse[np.ix_(mine, mine)], duals[mine])
    return found


def _learnt(
    numbers: Ints, weights: Doubles, offset: float, unseen: Doubles, answers: Ints, kinds: Ints,
    said_before: Ints | None,
) -> Learnt:  # fmt: skip
    folds = np.random.default_rng(_SEED).permutation(int(kinds.max()) + 1)[kinds] % _FOLDS
    said = np.zeros(len(answers), dtype=np.int64)
    for fold in range(_FOLDS):
        others = folds != fold
        said[~others] = unseen[~others] >= _best_threshold(unseen[others], answers[others])
    kept = np.abs(weights) > _KEPT_WEIGHT
    theme = LocalTheme(
        dict(zip(numbers[kept].tolist(), weights[kept].tolist(), strict=True)), offset,
        _best_threshold(unseen, answers), _slope(unseen),
    )  # fmt: skip
    given = None if said_before is None else measure_quality(answers, said_before, kinds)
    return Learnt(theme, measure_quality(answers, said, kinds), given)


def _best_threshold(scores: Doubles, answers: Ints) -> float:
    """The score from which saying the theme gives the best F1, midway between two scores."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(answers[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + max(int(answers.sum()), 1))
    best = int(np.argmax(f1))
    following = scores[order[min(best + 1, len(order) - 1)]]
    return float((scores[order[best]] + following) / 2)


def _slope(scores: Doubles) -> float:
    return float(2.0 / max(float(scores.std()), 0.05))


def measure_quality(answers: Ints, said: Ints, groups: Ints) -> Quality:
    """Quality with a bootstrap interval over groups."""
    parts = np.unique(groups, return_inverse=True)[1]
    counts = np.stack(
        [np.bincount(parts, each) for each in (answers * said, said, answers)], axis=1
    )
    whole = counts.sum(axis=0)
    random = np.random.default_rng(_SEED)
    draws = [
        _f1(counts[random.integers(0, len(counts), len(counts))].sum(axis=0))
        for _ in range(_RESAMPLES)
    ]
    low, high = np.percentile(draws, [2.5, 97.5])
    return Quality(
        rows=len(answers),
        positives=int(whole[2]),
        precision=round(float(whole[0] / whole[1]), 4) if whole[1] else 0.0,
        recall=round(float(whole[0] / whole[2]), 4) if whole[2] else 0.0,
        f1=round(_f1(whole), 4),
        low=round(float(low), 4),
        high=round(float(high), 4),
    )


def _f1(counts: Doubles) -> float:
    said_and_true = float(counts[1] + counts[2])
    return float(2 * counts[0] / said_and_true) if said_and_true else 0.0
