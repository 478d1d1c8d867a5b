"""Turn margins of comments the model has not seen into probabilities and thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from wellheard.measures.text.training.data import Ints

Doubles = NDArray[np.float64]
_MIN_OWN_SLOPE: Final = 20
_RIDGE: Final = 1e-3
_LEAST_CHANCE: Final = 1e-9
MIN_OWN_THRESHOLD: Final = 8
NEVER: Final = 2.0
# What is wrong four times of five is better not said, even where it would raise F1.
_LOWEST_SAID: Final = 0.2
_RESAMPLES: Final = 31
_SEED: Final = 5


def fit_platt(margins: Doubles, answers: Ints) -> Doubles:
    """Slope and offset (2, labels) per label, by Platt's method (1999) with his prior targets.

    A label with fewer than 20 positives takes the pooled slope and fits its own offset alone.
    """
    pooled = _fit_sigmoid(margins.ravel(), answers.ravel())
    fitted = []
    for column, positives in zip(margins.T, answers.T, strict=True):
        slope = None if positives.sum() >= _MIN_OWN_SLOPE else float(pooled[0])
        fitted.append(_fit_sigmoid(column, positives, slope=slope))
    return np.array(fitted).T


def _fit_sigmoid(margins: Doubles, answers: Ints, *, slope: float | None = None) -> Doubles:
    positives = int(answers.sum())
    high, low = (positives + 1) / (positives + 2), 1 / (len(answers) - positives + 2)
    targets = np.where(answers > 0, high, low)

    def loss(parameters: Doubles) -> float:
        a, b = (slope, parameters[0]) if slope is not None else parameters
        z = a * margins + b
        return float(np.sum(np.logaddexp(0.0, z) - targets * z)) + _RIDGE * float(b) ** 2

    start = np.array([0.0]) if slope is not None else np.array([1.0, 0.0])
    found = np.asarray(optimize.minimize(loss, start, method="BFGS").x)
    return np.array([slope, found[0]]) if slope is not None else found


def fit_temperature(margins: Doubles, levels: Ints) -> float:
    """The temperature by which softmax(margins / t) is best calibrated (Guo et al., 2017).

    `levels` are 1-5; rows with 0 (not labelled) are left out.
    """
    known = levels > 0
    rows, answers = margins[known], levels[known] - 1

    def loss(log_temperature: float) -> float:
        z = rows / np.exp(log_temperature)
        z = z - z.max(axis=1, keepdims=True)
        chosen = z[np.arange(len(z)), answers] - np.log(np.exp(z).sum(axis=1))
        return float(-chosen.mean())

    found = optimize.minimize_scalar(loss, bounds=(-2.0, 3.0), method="bounded")
    return float(np.exp(found.x))


def fit_mood_weight(first: Doubles, second: Doubles, levels: Ints) -> float:
    """The weight of the second of two models' chances (n, 5) in their mean that makes the labelled
    levels (1-5) likeliest; rows with level 0 are left out."""
    known = np.flatnonzero(levels > 0)
    places = (known, levels[known] - 1)

    def loss(weight: float) -> float:
        mean = (1 - weight) * first[places] + weight * second[places]
        return float(-np.log(np.maximum(mean, _LEAST_CHANCE)).mean())

    return float(optimize.minimize_scalar(loss, bounds=(0.0, 1.0), method="bounded").x)


def fit_thresholds(probabilities: Doubles, answers: Ints, given: Ints) -> Doubles:
    """Per label the probability from which saying it gives the best F1 on these rows.

    `given` (n, labels) marks what the phrase lexicon says anyway. The median over bootstrap samples
    is taken, because the best threshold of a rare label jumps with single comments; NEVER where the
    model does not add to the lexicon, or fewer than 8 comments carry the label.
    """
    random = np.random.default_rng(_SEED)
    draws = [random.integers(0, len(answers), len(answers)) for _ in range(_RESAMPLES)]
    return np.array(
        [
            _usual_threshold(probabilities[:, i], answers[:, i], given[:, i], draws)
            for i in range(answers.shape[1])
        ]
    )


def _usual_threshold(
    probabilities: Doubles, answers: Ints, given: Ints, draws: Sequence[Ints]
) -> float:
    if answers.sum() < MIN_OWN_THRESHOLD:
        return NEVER
    found = [_best_threshold(probabilities[rows], answers[rows], given[rows]) for rows in draws]
    return max(float(np.median(found)), _LOWEST_SAID)


def _best_threshold(probabilities: Doubles, answers: Ints, given: Ints) -> float:
    """The threshold with the best F1 of model and lexicon together."""
    rest = np.flatnonzero(given == 0)
    order = rest[np.argsort(-probabilities[rest], kind="stable")]
    hits = answers[given == 1].sum() + np.concatenate([[0], np.cumsum(answers[order])])
    said = (given == 1).sum() + np.arange(len(order) + 1)
    best = int(np.argmax(2 * hits / np.maximum(said + answers.sum(), 1)))
    if best == 0:
        return NEVER
    following = probabilities[order[min(best, len(order) - 1)]]
    return float((probabilities[order[best - 1]] + following) / 2)


def expected_calibration_error(
    confidence: Doubles, right: NDArray[np.bool_], bins: int = 10
) -> float:
    """Mean gap between confidence and share right, over equal-width bins weighted by size."""
    if not len(confidence):
        return 0.0
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[which == b].mean() - right[which == b].mean()) * (which == b).mean()
        for b in range(bins)
        if (which == b).any()
    ]
    return float(sum(gaps))
