"""Fit the linear comment model with scikit-learn and bake it into the plain arrays to ship.

Two stages. Linear scorers for an older labelling of other comments (its 9 themes, sub-themes and
criticality) are fitted first; their scores join the features of the theme and sentiment models, so
that what the older labels teach carries over. All stages are linear, so they multiply out to one
weight per feature and output: at run time the transfer costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.svm import LinearSVC

from wellheard.measures.text.features import QUESTION_KINDS, char_features, word_features
from wellheard.measures.text.model import SENTIMENT_LEVELS
from wellheard.measures.text.prepared import prepare
from wellheard.measures.text.training.data import (
    Document,
    Ints,
    LabelledComments,
    TransferComments,
)

Doubles = NDArray[np.float64]
Matrix = Any  # scipy.sparse has no complete type information

SEED: Final = 20261122
_THEME_C: Final = 0.5
_SENTIMENT_C: Final = 3.0
_TRANSFER_C: Final = 0.3
_CRITICALITY_CUTS: Final = (-1.5, -0.5, 0.5, 1.5, 2.5)
_TRANSFER_SCALE: Final = 0.1
_MIN_POSITIVES: Final = 2
_MAX_ITERATIONS: Final = 20_000


@dataclass(frozen=True, slots=True)
class FeatureMaker:
    """Fitted vectorizers; rows are words, grams, then the three question kinds."""

    words: TfidfVectorizer
    grams: TfidfVectorizer

    def matrix(self, documents: Sequence[Document]) -> Matrix:
        """Sparse features (n, words + grams + 3) with the question kind in the last columns."""
        kinds = np.zeros((len(documents), len(QUESTION_KINDS)))
        for row, document in enumerate(documents):
            kinds[row, QUESTION_KINDS.index(document.kind)] = 1.0
        parts = (self.words.transform(documents), self.grams.transform(documents), kinds)
        return sparse.hstack(parts).tocsr()

    def vocabulary(self) -> dict[str, list[str]]:
        """Words and grams in the order of their columns."""
        return {
            "words": list(self.words.get_feature_names_out()),
            "grams": list(self.grams.get_feature_names_out()),
        }

    def idf(self) -> Doubles:
        """Inverse document frequencies of words, then grams."""
        return np.concatenate([self.words.idf_, self.grams.idf_])


def fit_features(documents: Sequence[Document]) -> FeatureMaker:
    """Vocabulary of everything met in two or more comments."""
    return FeatureMaker(
        words=_vectorizer(_words_of).fit(documents), grams=_vectorizer(_grams_of).fit(documents)
    )


def _vectorizer(analyzer: Callable[[Document], list[str]]) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, min_df=2)


def _words_of(document: Document) -> list[str]:
    return word_features(prepare(document.text).words, document.kind)


def _grams_of(document: Document) -> list[str]:
    return char_features(prepare(document.text).folded)


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights (features, outputs) and bias (outputs,); features end with the question kinds."""

    weights: Doubles
    bias: Doubles

    def margins(self, matrix: Matrix) -> Doubles:
        """Scores (n, outputs)."""
        return np.asarray(matrix @ self.weights) + self.bias


def fit_model(
    maker: FeatureMaker, comments: LabelledComments, rows: Ints, transfer: TransferComments | None
) -> Linear:
    """Fit on `rows` of the comments; outputs are the themes, then the five sentiment levels."""
    matrix = maker.matrix([comments.documents[i] for i in rows])
    helper = _fit_transfer(maker, transfer, matrix) if transfer else None
    features = matrix if helper is None else sparse.hstack([matrix, helper.margins(matrix)]).tocsr()
    themes = _fit_themes(features, comments.themes[rows])
    sentiment = _fit_sentiment(features, comments.sentiment[rows])
    return _bake(_beside(themes, sentiment), helper, matrix.shape[1])


def _fit_transfer(maker: FeatureMaker, transfer: TransferComments, seen: Matrix) -> Linear:
    """Scorers of the older labels, scaled to be small beside the text features of `seen` rows."""
    matrix = maker.matrix(transfer.documents)
    parts = [_svm(matrix, tag, _TRANSFER_C) for tag in transfer.tags.T]
    graded = ~np.isnan(transfer.criticality)
    grades, graded_matrix = transfer.criticality[graded], matrix[graded]
    if graded.any():
        ridge = Ridge(alpha=1.0, random_state=SEED).fit(graded_matrix, grades)
        parts.append(Linear(ridge.coef_[:, None], np.array([ridge.intercept_])))
        parts += [_above(graded_matrix, grades > cut) for cut in _CRITICALITY_CUTS]
    raw = _beside(*parts)
    scores = raw.margins(seen)
    scale = _TRANSFER_SCALE / np.maximum(scores.std(axis=0), 1e-9)
    return Linear(raw.weights * scale, (raw.bias - scores.mean(axis=0)) * scale)


def _above(matrix: Matrix, answers: NDArray[np.bool_]) -> Linear:
    if answers.all() or not answers.any():
        return Linear(np.zeros((matrix.shape[1], 1)), np.zeros(1))
    model = LogisticRegression(C=_SENTIMENT_C, max_iter=300, random_state=SEED)
    model.fit(matrix, answers)
    return Linear(model.coef_.T, model.intercept_)


def _svm(matrix: Matrix, answers: Ints, strength: float) -> Linear:
    if answers.sum() < _MIN_POSITIVES or answers.all():
        return Linear(np.zeros((matrix.shape[1], 1)), np.array([-1.0]))
    model = LinearSVC(
        C=strength, class_weight="balanced", random_state=SEED, max_iter=_MAX_ITERATIONS, tol=1e-3
    )
    model.fit(matrix, answers)
    return Linear(model.coef_.T, model.intercept_)


def _fit_themes(features: Matrix, themes: Ints) -> Linear:
    return _beside(*(_svm(features, answers, _THEME_C) for answers in themes.T))


def _fit_sentiment(features: Matrix, sentiment: Ints) -> Linear:
    """Multinomial logistic model; a level that never occurs keeps a margin far below the others."""
    labelled = sentiment > 0
    weights = np.zeros((features.shape[1], SENTIMENT_LEVELS))
    bias = np.full(SENTIMENT_LEVELS, -20.0)
    if len(np.unique(sentiment[labelled])) < 3:
        return Linear(weights, np.zeros(SENTIMENT_LEVELS))
    model = LogisticRegression(C=_SENTIMENT_C, max_iter=500, random_state=SEED)
    model.fit(features[labelled], sentiment[labelled])
    levels = model.classes_ - 1
    weights[:, levels] = model.coef_.T
    bias[levels] = model.intercept_
    return Linear(weights, bias)


def _beside(*parts: Linear) -> Linear:
    return Linear(
        np.hstack([part.weights for part in parts]), np.concatenate([part.bias for part in parts])
    )


def _bake(outer: Linear, helper: Linear | None, width: int) -> Linear:
    """Multiply the helper stage out of the outer one."""
    if helper is None:
        return outer
    through = outer.weights[width:]
    return Linear(
        outer.weights[:width] + helper.weights @ through, outer.bias + helper.bias @ through
    )
