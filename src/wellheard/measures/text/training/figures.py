"""Figures of a cross-validation, with 95 % bootstrap intervals over groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wellheard.measures.text.labelled import NOT_POSSIBLE
from wellheard.measures.text.training.calibrate import expected_calibration_error
from wellheard.measures.text.training.data import Ints, LabelledComments
from wellheard.measures.text.training.evaluate import Judged
from wellheard.measures.text.training.fit import Doubles

RESAMPLES: Final = 500
MIN_CASES: Final = 10
_LARGEST: Final = 24
_SEED: Final = 11


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval."""

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
class ThemeFigures:
    """F1 over decisions (micro), over labels with 10 or more cases (macro), over the 24 largest
    labels (macro24); share of comments with exactly the right set; calibration error."""

    micro: Estimate
    micro_without_boilerplate: Estimate
    macro: Estimate
    macro24: Estimate
    exact: Estimate
    calibration_error: float
    labels: tuple[LabelFigures, ...]


@dataclass(frozen=True, slots=True)
class SentimentFigures:
    """Share right on five and on three levels, mean error in levels, F1 per tone (positive,
    neutral or mixed, negative), calibration error; without comments whose level is not labelled."""

    rows: int
    accuracy5: Estimate
    accuracy3: Estimate
    mean_level_error: Estimate
    tone_f1: tuple[float, ...]
    calibration_error: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one evaluation."""

    rows: int
    groups: int
    themes: ThemeFigures
    sentiment: SentimentFigures


def read_figures(content: Mapping[str, Any]) -> Figures:
    """Figures as a card holds them (`asdict`)."""

    def estimates(part: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: Estimate(**value) if isinstance(value, dict) else value
            for name, value in part.items()
        }

    themes, sentiment = content["themes"], content["sentiment"]
    labels = tuple(LabelFigures(**estimates(label)) for label in themes["labels"])
    return Figures(
        rows=content["rows"],
        groups=content["groups"],
        themes=ThemeFigures(**{**estimates(themes), "labels": labels}),
        sentiment=SentimentFigures(**estimates(sentiment)),
    )


def measure(comments: LabelledComments, judged: Judged) -> Figures:
    """Figures of what was said, against the labels."""
    samples = Resampler(comments.groups)
    return Figures(
        rows=len(comments),
        groups=len(np.unique(comments.groups)),
        themes=_theme_figures(comments, judged, samples),
        sentiment=_sentiment_figures(comments, judged, samples),
    )


class Resampler:
    """Row weights of bootstrap samples drawn by whole groups."""

    def __init__(self, groups: Ints) -> None:
        unique, self._inverse = np.unique(groups, return_inverse=True)
        random = np.random.default_rng(_SEED)
        draws = (random.integers(0, len(unique), len(unique)) for _ in range(RESAMPLES))
        self.weights = [
            np.bincount(draw, minlength=len(unique))[self._inverse].astype(np.float64)
            for draw in draws
        ]

    def estimate(self, figure: Callable[[Doubles], float]) -> Estimate:
        """The figure on all rows, and its 2.5 and 97.5 percentiles over the samples."""
        value = figure(np.ones(len(self._inverse)))
        low, high = np.percentile([figure(weights) for weights in self.weights], [2.5, 97.5])
        return Estimate(*(round(float(x), 4) for x in (value, low, high)))


@dataclass(frozen=True, slots=True)
class _Counts:
    hits: Doubles
    said: Doubles
    true: Doubles

    def f1(self) -> Doubles:
        whole = self.said + self.true
        return np.divide(2 * self.hits, whole, out=np.zeros_like(whole), where=whole > 0)


class _ThemeCounter:
    """Weighted counts per label, in one matrix product per bootstrap sample."""

    def __init__(self, themes: Ints, said: Ints) -> None:
        self._hits = (themes * said).astype(np.float64)
        self._said = said.astype(np.float64)
        self._true = themes.astype(np.float64)
        self._exact = (themes == said).all(axis=1)

    def counts(self, weights: Doubles) -> _Counts:
        return _Counts(weights @ self._hits, weights @ self._said, weights @ self._true)

    def macro(self, weights: Doubles, keep: NDArray[np.generic]) -> float:
        return float(self.counts(weights).f1()[keep].mean()) if len(keep) else 0.0

    def micro(self, weights: Doubles, keep: NDArray[np.generic]) -> float:
        found = self.counts(weights)
        whole = (found.said + found.true)[keep].sum()
        return float(2 * found.hits[keep].sum() / whole) if whole else 0.0

    def exact(self, weights: Doubles) -> float:
        return float(np.average(self._exact, weights=weights))


def _theme_figures(comments: LabelledComments, judged: Judged, samples: Resampler) -> ThemeFigures:
    counter = _ThemeCounter(comments.themes, judged.said)
    support = comments.themes.sum(axis=0)
    every = np.arange(len(support))
    topics = np.flatnonzero([code != NOT_POSSIBLE for code in comments.labels])
    frequent = np.flatnonzero(support >= MIN_CASES)
    largest = np.argsort(-support, kind="stable")[:_LARGEST]
    flat, truth = judged.probabilities.ravel(), comments.themes.ravel() == 1
    return ThemeFigures(
        micro=samples.estimate(lambda w: counter.micro(w, every)),
        micro_without_boilerplate=samples.estimate(lambda w: counter.micro(w, topics)),
        macro=samples.estimate(lambda w: counter.macro(w, frequent)),
        macro24=samples.estimate(lambda w: counter.macro(w, largest)),
        exact=samples.estimate(counter.exact),
        calibration_error=round(_error_of_said(flat, truth, judged.said.ravel() == 1), 4),
        labels=_label_figures(comments, counter, samples),
    )


def _error_of_said(
    probabilities: Doubles, truth: NDArray[np.bool_], said: NDArray[np.bool_]
) -> float:
    """Calibration of the themes that are said; the many sure "no" would hide any error."""
    return expected_calibration_error(probabilities[said], truth[said])


def _label_figures(
    comments: LabelledComments, counter: _ThemeCounter, samples: Resampler
) -> tuple[LabelFigures, ...]:
    whole = counter.counts(np.ones(len(comments)))
    draws = [counter.counts(weights).f1() for weights in samples.weights]
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    f1 = np.stack([whole.f1(), low, high], axis=1).round(4).tolist()
    return tuple(
        LabelFigures(
            code=code,
            support=int(whole.true[i]),
            precision=_share(whole.hits[i], whole.said[i]),
            recall=_share(whole.hits[i], whole.true[i]),
            f1=Estimate(*f1[i]),
        )
        for i, code in enumerate(comments.labels)
    )


def _share(part: float, whole: float) -> float:
    return round(float(part / whole), 4) if whole else 0.0


def _sentiment_figures(
    comments: LabelledComments, judged: Judged, samples: Resampler
) -> SentimentFigures:
    known = comments.sentiment > 0
    true, said = comments.sentiment[known], judged.sentiment[known].argmax(axis=1) + 1
    tone, tone_said = tone_of(true), likeliest_tone(judged.sentiment[known])
    right = true == said
    return SentimentFigures(
        rows=int(known.sum()),
        accuracy5=samples.estimate(lambda w: _mean(right, w[known])),
        accuracy3=samples.estimate(lambda w: _mean(tone == tone_said, w[known])),
        mean_level_error=samples.estimate(lambda w: _mean(np.abs(true - said), w[known])),
        tone_f1=tuple(_tone_f1(tone, tone_said, level) for level in range(3)),
        calibration_error=round(
            expected_calibration_error(judged.sentiment[known].max(axis=1), right), 4
        ),
    )


def tone_of(sentiment: Ints) -> Ints:
    """0 positive (levels 1-2), 1 neutral or mixed (3), 2 negative (4-5)."""
    return np.asarray((sentiment > 2).astype(np.int64) + (sentiment > 3))


def likeliest_tone(probabilities: Doubles) -> Ints:
    """The tone with the largest probability, as the engine gives it."""
    tones = [probabilities[:, :2].sum(1), probabilities[:, 2], probabilities[:, 3:].sum(1)]
    return np.asarray(np.stack(tones, axis=1).argmax(axis=1), dtype=np.int64)


def _mean(values: NDArray[np.generic], weights: Doubles) -> float:
    return float(np.average(values.astype(np.float64), weights=weights))


def _tone_f1(true: Ints, said: Ints, level: int) -> float:
    hits = int(((true == level) & (said == level)).sum())
    return _share(2 * hits, int((true == level).sum() + (said == level).sum()))
