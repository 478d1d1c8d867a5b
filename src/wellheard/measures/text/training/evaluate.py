"""Grouped cross-validation of the comment model: what it says of comments it has not seen.

A fold's model has not seen the comment, nor another of that respondent or wording; calibration and
thresholds applied to a fold are fitted on the other folds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from wellheard.measures.text.engine import THEMES
from wellheard.measures.text.lexicons import load_lexicon
from wellheard.measures.text.model import SENTIMENT_LEVELS
from wellheard.measures.text.prepared import prepare
from wellheard.measures.text.training.calibrate import (
    fit_platt,
    fit_temperature,
    fit_thresholds,
)
from wellheard.measures.text.training.data import Ints, LabelledComments, TransferComments
from wellheard.measures.text.training.fit import (
    Doubles,
    FeatureMaker,
    Linear,
    fit_features,
    fit_model,
)

FOLDS: Final = 5
_SEED: Final = 7
FoldModel = tuple[FeatureMaker, Linear]


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Margins (n, labels + 5) of comments by models that did not see them; fold number per row;
    themes that the phrase lexicon says (n, labels) of 0/1."""

    margins: Doubles
    folds: Ints
    phrases: Ints

    def part(self, rows: Ints) -> OutOfFold:
        """The same of some rows."""
        return OutOfFold(self.margins[rows], self.folds[rows], self.phrases[rows])


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
    keep: list[FoldModel] | None = None,
) -> OutOfFold:
    """Margins of every comment from a model fitted without its fold; the models are added to
    `keep`, by fold, where it is given."""
    folds = assign_folds(comments.groups)
    margins = np.zeros((len(comments), len(comments.labels) + SENTIMENT_LEVELS))
    for fold in range(FOLDS):
        say(f"fold {fold + 1} of {FOLDS}")
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        maker, model = _fold_model(comments, transfer, train)
        margins[test] = model.margins(maker.matrix(comments.part(test).documents))
        if keep is not None:
            keep.append((maker, model))
    return OutOfFold(margins, folds, phrase_themes(comments))


def phrase_themes(comments: LabelledComments) -> Ints:
    """What the English lines of the theme lexicon say of each comment, as the engine adds it."""
    index = {code: i for i, code in enumerate(comments.labels)}
    words = {word for document in comments.documents for word in prepare(document.text).words}
    lexicon = load_lexicon(THEMES, known_words=words.__contains__)
    found = np.zeros(comments.themes.shape, dtype=np.int64)
    for row, document in enumerate(comments.documents):
        for phrase in lexicon.find(prepare(document.text), language="en"):
            if phrase.group in index:
                found[row, index[phrase.group]] = 1
    return found


def _fold_model(
    comments: LabelledComments, transfer: TransferComments | None, train: Ints
) -> FoldModel:
    documents = [comments.documents[i] for i in train]
    more = list(transfer.documents) if transfer else []
    maker = fit_features([*documents, *more])
    return maker, fit_model(maker, comments, train, transfer)


def calibrate(found: OutOfFold, comments: LabelledComments, rows: Ints) -> Calibration:
    """Fit calibration and thresholds on out-of-fold margins of the given rows."""
    labels, margins = len(comments.labels), found.margins
    platt = fit_platt(margins[rows, :labels], comments.themes[rows])
    probabilities = sigmoid(margins[rows, :labels] * platt[0] + platt[1])
    return Calibration(
        platt=platt,
        thresholds=fit_thresholds(probabilities, comments.themes[rows], found.phrases[rows]),
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
class Judged:
    """What is said of each row, out of sample: theme probabilities (n, labels), themes said as 0/1,
    sentiment probabilities (n, 5)."""

    probabilities: Doubles
    said: Ints
    sentiment: Doubles


def judge(comments: LabelledComments, found: OutOfFold) -> Judged:
    """Apply to each fold the calibration and thresholds fitted on the others."""
    labels = len(comments.labels)
    probabilities = np.zeros((len(comments), labels))
    said = np.zeros((len(comments), labels), dtype=np.int64)
    sentiment = np.zeros((len(comments), SENTIMENT_LEVELS))
    for fold in range(FOLDS):
        others, rows = np.flatnonzero(found.folds != fold), np.flatnonzero(found.folds == fold)
        fitted = calibrate(found, comments, others)
        margins = found.margins[rows]
        probabilities[rows] = sigmoid(margins[:, :labels] * fitted.platt[0] + fitted.platt[1])
        said[rows] = (probabilities[rows] >= fitted.thresholds) | (found.phrases[rows] == 1)
        sentiment[rows] = softmax(margins[:, labels:] / fitted.temperature)
    return Judged(probabilities, said, sentiment)
