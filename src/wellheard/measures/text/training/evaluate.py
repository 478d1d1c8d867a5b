"""Grouped cross-validation of the comment model, and the figures printed from it.

Every figure is out of sample: the model has not seen the comment, nor another of that respondent or
wording; calibration and thresholds applied to a fold are fitted on the other folds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wellheard.measures.text.model import SENTIMENT_LEVELS
from wellheard.measures.text.training.calibrate import (
    expected_calibration_error,
    fit_platt,
    fit_temperature,
    fit_thresholds,
)
from wellheard.measures.text.training.data import Ints, LabelledComments, TransferComments
from wellheard.measures.text.training.fit import Doubles, Linear, fit_features, fit_model

FOLDS: Final = 5
RESAMPLES: Final = 500
MIN_CASES: Final = 10
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Margins (n, labels + 5) of comments by models that did not see them; fold number per row."""

    margins: Doubles
    folds: Ints


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % bootstrap interval over groups."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One theme: rows that carry it, precision, recall, F1 with interval."""

    code: str
    support: int
    precision: float
    recall: float
    f1: Estimate


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one evaluation."""

    rows: int
    groups: int
    micro: Estimate
    micro_without_boilerplate: Estimate
    macro: Estimate
    macro24: Estimate
    exact: Estimate
    labels: tuple[LabelFigures, ...]
    theme_calibration_error: float
    sentiment_rows: int
    accuracy5: Estimate
    accuracy3: Estimate
    mean_level_error: Estimate
    tone_f1: tuple[float, float, float]
    sentiment_calibration_error: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt parameters (2, labels), thresholds (labels,) on probabilities, temperature."""

    platt: Doubles
    thresholds: Doubles
    temperature: float


def assign_folds(groups: Ints, folds: int = FOLDS) -> Ints:
    """Fold per row, whole groups together, by a fixed shuffle."""
    unique, inverse = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(_SEED).permutation(len(unique)) % folds
    return np.asarray(order[inverse], dtype=np.int64)


def cross_validate(
    comments: LabelledComments,
    transfer: TransferComments | None,
    say: Callable[[str], None] = lambda line: None,
) -> OutOfFold:
    """Margins of every comment from a model fitted without its fold."""
    folds = assign_folds(comments.groups)
    margins = np.zeros((len(comments), len(comments.labels) + SENTIMENT_LEVELS))
    for fold in range(FOLDS):
        say(f"fold {fold + 1} of {FOLDS}")
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        margins[test] = _fold_margins(comments, transfer, train, test)
    return OutOfFold(margins, folds)


def _fold_margins(
    comments: LabelledComments, transfer: TransferComments | None, train: Ints, test: Ints
) -> Doubles:
    documents = [comments.documents[i] for i in train]
    more = list(transfer.documents) if transfer else []
    maker = fit_features([*documents, *more])
    model: Linear = fit_model(maker, comments, train, transfer)
    return model.margins(maker.matrix([comments.documents[i] for i in test]))


def calibrate(margins: Doubles, comments: LabelledComments, rows: Ints) -> Calibration:
    """Fit calibration and thresholds on out-of-fold margins of the given rows."""
    labels = len(comments.labels)
    platt = fit_platt(margins[rows, :labels], comments.themes[rows])
    probabilities = sigmoid(margins[rows, :labels] * platt[0] + platt[1])
    return Calibration(
        platt=platt,
        thresholds=fit_thresholds(probabilities, comments.themes[rows]),
        temperature=fit_temperature(margins[rows, labels:], comments.sentiment[rows]),
    )


def sigmoid(values: Doubles) -> Doubles:
    """Logistic function, safe for large arguments."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0))))


def softmax(values: Doubles) -> Doubles:
    """Rows that sum to 1."""
    grown = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class _Judged:
    """What would be said of each row: probabilities, themes said, sentiment probabilities."""

    probabilities: Doubles
    said: Ints
    sentiment: Doubles


def evaluate(comments: LabelledComments, found: OutOfFold) -> Figures:
    """Figures of the whole procedure: model, calibration and thresholds, all out of sample."""
    judged = _judge(comments, found)
    samples = _Resampler(comments.groups)
    return Figures(
        rows=len(comments),
        groups=len(np.unique(comments.groups)),
        **_theme_figures(comments, judged, samples),
        **_sentiment_figures(comments, judged, samples),
    )


def _judge(comments: LabelledComments, found: OutOfFold) -> _Judged:
    labels = len(comments.labels)
    probabilities = np.zeros((len(comments), labels))
    said = np.zeros((len(comments), labels), dtype=np.int64)
    sentiment = np.zeros((len(comments), SENTIMENT_LEVELS))
    for fold in range(FOLDS):
        others, rows = np.flatnonzero(found.folds != fold), np.flatnonzero(found.folds == fold)
        fitted = calibrate(found.margins, comments, others)
        margins = found.margins[rows]
        probabilities[rows] = sigmoid(margins[:, :labels] * fitted.platt[0] + fitted.platt[1])
        said[rows] = probabilities[rows] >= fitted.thresholds
        sentiment[rows] = softmax(margins[:, labels:] / fitted.temperature)
    return _Judged(probabilities, said, sentiment)


class _Resampler:
    """Row weights of bootstrap samples drawn by whole groups."""

    def __init__(self, groups: Ints) -> None:
        self._unique, self._inverse = np.unique(groups, return_inverse=True)
        self._random = np.random.default_rng(_SEED)
        self.weights = [self._draw() for _ in range(RESAMPLES)]

    def _draw(self) -> Doubles:
        size = len(self._unique)
        counts = np.bincount(self._random.integers(0, size, size), minlength=size)
        return counts[self._inverse].astype(np.float64)

    def estimate(self, figure: Callable[[Doubles], float]) -> Estimate:
        """The figure on all rows, and its 2.5 and 97.5 percentiles over the samples."""
        value = figure(np.ones(len(self._inverse)))
        low, high = np.percentile([figure(weights) for weights in self.weights], [2.5, 97.5])
        return Estimate(round(value, 4), round(float(low), 4), round(float(high), 4))


@dataclass(frozen=True, slots=True)
class _Counts:
    hits: Doubles
    said: Doubles
    true: Doubles


class _ThemeCounter:
    """Weighted counts per label, in one matrix product per bootstrap sample."""

    def __init__(self, themes: Ints, said: Ints) -> None:
        self._hits = (themes * said).astype(np.float64)
        self._said = said.astype(np.float64)
        self._true = themes.astype(np.float64)
        self._exact = (themes == said).all(axis=1)

    def counts(self, weights: Doubles) -> _Counts:
        return _Counts(weights @ self._hits, weights @ self._said, weights @ self._true)

    def f1(self, weights: Doubles) -> Doubles:
        found = self.counts(weights)
        whole = found.said + found.true
        return np.divide(2 * found.hits, whole, out=np.zeros_like(whole), where=whole > 0)

    def micro(self, weights: Doubles, keep: NDArray[np.bool_]) -> float:
        found = self.counts(weights)
        whole = (found.said + found.true)[keep].sum()
        return float(2 * found.hits[keep].sum() / whole) if whole else 0.0

    def exact(self, weights: Doubles) -> float:
        return float(np.average(self._exact, weights=weights))


def _theme_figures(
    comments: LabelledComments, judged: _Judged, samples: _Resampler
) -> dict[str, object]:
    counter = _ThemeCounter(comments.themes, judged.said)
    support = comments.themes.sum(axis=0)
    frequent = support >= MIN_CASES
    largest = np.argsort(-support, kind="stable")[:24]
    every = np.ones(len(support), dtype=bool)
    real = np.array([code != "labelling_not_possible" for code in comments.labels])
    flat = judged.probabilities.ravel()
    return {
        "micro": samples.estimate(lambda w: counter.micro(w, every)),
        "micro_without_boilerplate": samples.estimate(lambda w: counter.micro(w, real)),
        "macro": samples.estimate(lambda w: float(counter.f1(w)[frequent].mean())),
        "macro24": samples.estimate(lambda w: float(counter.f1(w)[largest].mean())),
        "exact": samples.estimate(counter.exact),
        "labels": _label_figures(comments, counter, samples),
        "theme_calibration_error": expected_calibration_error(flat, comments.themes.ravel() == 1),
    }


def _label_figures(
    comments: LabelledComments, counter: _ThemeCounter, samples: _Resampler
) -> tuple[LabelFigures, ...]:
    ones = np.ones(len(comments))
    counts, f1 = counter.counts(ones), counter.f1(ones)
    spread = np.percentile([counter.f1(weights) for weights in samples.weights], [2.5, 97.5], axis=0)
    return tuple(
        LabelFigures(
            code=code,
            support=int(counts.true[i]),
            precision=round(float(counts.hits[i] / counts.said[i]), 4) if counts.said[i] else 0.0,
            recall=round(float(counts.hits[i] / counts.true[i]), 4) if counts.true[i] else 0.0,
            f1=Estimate(*(round(float(x), 4) for x in (f1[i], spread[0][i], spread[1][i]))),
        )
        for i, code in enumerate(comments.labels)
    )


def _sentiment_figures(
    comments: LabelledComments, judged: _Judged, samples: _Resampler
) -> dict[str, object]:
    known = comments.sentiment > 0
    true, said = comments.sentiment[known], judged.sentiment[known].argmax(axis=1) + 1
    tone, tone_said = tone_of(true), tone_of(said)
    confidence = judged.sentiment[known].max(axis=1)
    return {
        "sentiment_rows": int(known.sum()),
        "accuracy5": samples.estimate(lambda w: _mean(true == said, w[known])),
        "accuracy3": samples.estimate(lambda w: _mean(tone == tone_said, w[known])),
        "mean_level_error": samples.estimate(lambda w: _mean(np.abs(true - said), w[known])),
        "tone_f1": tuple(_tone_f1(tone, tone_said, level) for level in range(3)),
        "sentiment_calibration_error": expected_calibration_error(confidence, true == said),
    }


def tone_of(sentiment: Ints) -> Ints:
    """0 positive (levels 1-2), 1 neutral or mixed (3), 2 negative (4-5)."""
    return np.asarray((sentiment > 2).astype(np.int64) + (sentiment > 3))


def _mean(values: NDArray[np.generic], weights: Doubles) -> float:
    return float(np.average(values.astype(np.float64), weights=weights))


def _tone_f1(true: Ints, said: Ints, level: int) -> float:
    hits = int(((true == level) & (said == level)).sum())
    whole = int((true == level).sum() + (said == level).sum())
    return round(2 * hits / whole, 4) if whole else 0.0
