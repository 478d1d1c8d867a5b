"""The trained model as it is shipped: a folder of arrays, vocabulary and card, and its scores.

Nothing here knows how it was trained; `training` writes what this reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wellheard.measures.text.features import QUESTION_KINDS, Floats, SparseRows, Vectorizer
from wellheard.measures.text.prepared import PreparedText

FORMAT: Final = "wellheard-comments-1"
SENTIMENT_LEVELS: Final = 5


class ModelError(ValueError):
    """A model folder that is missing, damaged, or of another format."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities: themes (n, labels), sentiment (n, 5, each row sums to 1)."""

    themes: Floats
    sentiment: Floats


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights (features, labels + 5), question weights (3, labels + 5), bias, calibration."""

    version: str
    labels: tuple[str, ...]
    vectorizer: Vectorizer
    weights: Floats
    question_weights: Floats
    bias: Floats
    platt: Floats
    temperature: float
    thresholds: Floats
    card: Mapping[str, Any]

    def scores(self, texts: Sequence[PreparedText], kinds: Sequence[str]) -> Scores:
        """Probabilities for each text; `kinds` holds one of QUESTION_KINDS per text."""
        margins = self.margins(texts, kinds)
        themes = margins[:, : len(self.labels)]
        return Scores(
            themes=sigmoid(themes * self.platt[0] + self.platt[1]),
            sentiment=softmax(margins[:, len(self.labels) :] / self.temperature),
        )

    def margins(self, texts: Sequence[PreparedText], kinds: Sequence[str]) -> Floats:
        """Uncalibrated scores (n, labels + 5)."""
        rows = self.vectorizer.rows(texts, kinds)
        asked = self.question_weights[[QUESTION_KINDS.index(kind) for kind in kinds]]
        return sparse_product(rows, self.weights) + asked + self.bias


def sparse_product(rows: SparseRows, weights: Floats) -> Floats:
    """Rows times weights (features, outputs)."""
    out = np.zeros((len(rows.starts) - 1, weights.shape[1]), dtype=np.float32)
    for row in range(len(out)):
        cells = slice(rows.starts[row], rows.starts[row + 1])
        out[row] = rows.values[cells] @ weights[rows.ids[cells]]
    return out


def sigmoid(values: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0))), dtype=np.float32)


def softmax(values: Floats) -> Floats:
    grown = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True), dtype=np.float32)


def read_model(folder: Path) -> LinearModel:
    """Read a model folder written by the training command.

    Raises ModelError when a part is missing, damaged, or does not fit the others.
    """
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            parts = {name: np.asarray(arrays[name], dtype=np.float32) for name in arrays.files}
        return _assemble(card, vocabulary, parts)
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(f"cannot read the comment model in {folder.name}: {error}") from error


def _assemble(
    card: dict[str, Any], vocabulary: dict[str, list[str]], parts: dict[str, NDArray[np.float32]]
) -> LinearModel:
    if card.get("format") != FORMAT:
        raise ModelError(f"format {card.get('format')!r} is not {FORMAT!r}")
    model = LinearModel(
        version=card["version"],
        labels=tuple(card["labels"]),
        vectorizer=Vectorizer(vocabulary["words"], vocabulary["grams"], parts["idf"]),
        weights=parts["weights"],
        question_weights=parts["question_weights"],
        bias=parts["bias"],
        platt=parts["platt"],
        temperature=float(parts["temperature"][0]),
        thresholds=parts["thresholds"],
        card=card,
    )
    outputs = len(model.labels) + SENTIMENT_LEVELS
    if model.weights.shape != (len(parts["idf"]), outputs):
        raise ModelError("weights do not fit the vocabulary and labels")
    return model


def write_model(folder: Path, model: LinearModel, vocabulary: Mapping[str, Sequence[str]]) -> None:
    """Write the parts that `read_model` reads; weights are kept in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        folder / "weights.npz",
        weights=model.weights.astype(np.float16),
        question_weights=model.question_weights.astype(np.float16),
        idf=model.vectorizer.idf,
        bias=model.bias,
        platt=model.platt,
        thresholds=model.thresholds,
        temperature=np.asarray([model.temperature], dtype=np.float32),
    )
    _write_json(folder / "vocabulary.json", vocabulary, indent=None)
    _write_json(folder / "card.json", model.card, indent=1)


def _write_json(path: Path, content: Mapping[str, Any], *, indent: int | None) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=indent, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
