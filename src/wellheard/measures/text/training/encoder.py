"""Train the encoder: fine-tune, cross-validate as 8-bit, average with the linear model, write.

Every step keeps its result in a work folder and is not done again, so that a run that was broken
off goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from wellheard.measures.text.encoder import FORMAT, Encoder, open_session
from wellheard.measures.text.engine import CURRENT_MODEL, MODELS
from wellheard.measures.text.model import SENTIMENT_LEVELS, ModelError, read_model
from wellheard.measures.text.training import write_scorecard
from wellheard.measures.text.training.calibrate import (
    fit_platt,
    fit_temperature,
    fit_thresholds,
)
from wellheard.measures.text.training.card import encoder_card
from wellheard.measures.text.training.data import Ints, LabelledComments, TransferComments
from wellheard.measures.text.training.encoder_fit import (
    EPOCHS,
    FROZEN,
    TRANSFER_EPOCHS,
    export_int8,
    fit_encoder,
    learn_transfer,
)
from wellheard.measures.text.training.encoder_net import LAYERS, EncoderNet
from wellheard.measures.text.training.evaluate import (
    FOLDS,
    Judged,
    OutOfFold,
    assign_folds,
    calibrate,
    cross_validate,
    judge,
    sigmoid,
    softmax,
)
from wellheard.measures.text.training.figures import Figures, measure
from wellheard.measures.text.training.fit import Doubles
from wellheard.measures.text.wordpiece import WordPieces, read_pieces

ENCODER_FOLDS: Final = 3
_BOILERPLATE: Final = "did not answer"
_KEPT_BOILERPLATE: Final = 60
Say = Callable[[str], None]


def train_encoder(
    base: Path,
    comments: LabelledComments,
    transfer: TransferComments | None,
    *,
    out: Path,
    work: Path,
    version: str,
    provenance: Mapping[str, Any],
    measured: int = ENCODER_FOLDS,
    scorecard: Path | None = None,
    say: Say = lambda line: None,
) -> Figures:
    """Write the encoder's folder to `out`; figures are of both models' mean, cross-validated.

    With `measured` below three only so many folds are fitted and measured, and the first of these
    fits is what is written, instead of one on all comments: where time is short. `scorecard` is
    where the page is written that shows the shipped linear model beside it. `base` holds
    `model.safetensors` and `vocab.txt`. Raises ModelError when it does not.
    """
    weights, vocabulary = base / "model.safetensors", base / "vocab.txt"
    if not weights.exists() or not vocabulary.exists():
        raise ModelError(f"{base}: needs model.safetensors and vocab.txt")
    torch.set_num_threads(1)
    work.mkdir(parents=True, exist_ok=True)
    pieces = read_pieces(vocabulary)
    start = _transferred(weights, pieces, transfer, work, say)
    folds = assign_folds(comments.groups, ENCODER_FOLDS)
    margins = np.zeros((len(comments), len(comments.labels) + SENTIMENT_LEVELS))
    for fold in range(measured):
        test = np.flatnonzero(folds == fold)
        train = np.flatnonzero(folds != fold)
        part = _fitted(str(fold), weights, pieces, comments, train, start, work, say)
        margins[test] = _int8_margins(part, pieces, comments, test)
    whole = measured == ENCODER_FOLDS
    name, rows = ("final", np.arange(len(comments))) if whole else ("0", np.flatnonzero(folds != 0))
    final = _fitted(name, weights, pieces, comments, rows, start, work, say)
    linear = _linear_out_of_fold(comments, transfer, work, say)
    seen = np.flatnonzero(folds < measured)
    held_out, alone = comments.part(seen), linear.part(seen)
    figures, fitted = blend(held_out, alone, margins[seen])
    fitted |= {
        "measured": measured,
        "rows": len(rows),
        "alone": measure(held_out, judge(held_out, alone)),
    }
    _write(
        out, final, vocabulary, comments, transfer, figures, fitted, version, provenance, weights
    )
    if scorecard is not None:
        write_scorecard(scorecard, read_model(MODELS / CURRENT_MODEL), comments, figures)
    return figures


def _transferred(
    weights: Path, pieces: WordPieces, transfer: TransferComments | None, work: Path, say: Say
) -> dict[str, Any] | None:
    if transfer is None:
        return None
    kept = work / "transfer.pt"
    if not kept.exists():
        say("older labelling")
        torch.save(learn_transfer(weights, pieces, transfer, say=say), kept)
    found: dict[str, Any] = torch.load(kept)
    return found


def _fitted(
    name: str,
    weights: Path,
    pieces: WordPieces,
    comments: LabelledComments,
    rows: Ints,
    start: dict[str, Any] | None,
    work: Path,
    say: Say,
) -> Path:
    """The int8 file of one fit, made when it is not there."""
    kept, exported = work / f"{name}.pt", work / f"{name}.onnx"
    if not kept.exists():
        say(f"fitting {name}")
        net = fit_encoder(weights, pieces, comments, _thinned(comments, rows), start=start, say=say)
        torch.save(net.state_dict(), kept)
    if not exported.exists():
        net = EncoderNet(len(comments.labels) + SENTIMENT_LEVELS)
        net.load_state_dict(torch.load(kept))
        export_int8(net, exported)
    return exported


def _thinned(comments: LabelledComments, rows: Ints) -> Ints:
    """Without most of the many rows that all read "Did not answer": they teach nothing more."""
    same = [i for i in rows if comments.documents[i].text.strip().lower() == _BOILERPLATE]
    dropped = frozenset(same[_KEPT_BOILERPLATE:])
    return np.array([i for i in rows if i not in dropped], dtype=np.int64)


def _int8_margins(
    path: Path, pieces: WordPieces, comments: LabelledComments, rows: Ints
) -> Doubles:
    documents = [comments.documents[i] for i in rows]
    one = np.ones(1, dtype=np.float32)
    encoder = Encoder(
        "", comments.labels, one, 1.0, one, {}, pieces, open_session(path.read_bytes())
    )
    found = encoder.margins([d.text for d in documents], [d.kind for d in documents])
    return np.asarray(found, dtype=np.float64)


def _linear_out_of_fold(
    comments: LabelledComments, transfer: TransferComments | None, work: Path, say: Say
) -> OutOfFold:
    kept = work / "linear.npz"
    if not kept.exists():
        say("linear model")
        found = cross_validate(comments, transfer, say)
        np.savez(kept, margins=found.margins, folds=found.folds, phrases=found.phrases)
    with np.load(kept) as arrays:
        return OutOfFold(arrays["margins"], arrays["folds"], arrays["phrases"])


def blend(
    comments: LabelledComments, linear: OutOfFold, encoder: Doubles
) -> tuple[Figures, dict[str, Any]]:
    """Figures of the mean of both, with calibration and thresholds of other folds, and what is to
    be shipped: calibration of the encoder and thresholds of the mean, fitted on all."""
    labels = len(comments.labels)
    probabilities = np.zeros((len(comments), labels))
    said = np.zeros((len(comments), labels), dtype=np.int64)
    sentiment = np.zeros((len(comments), SENTIMENT_LEVELS))
    for fold in range(FOLDS):
        others, rows = np.flatnonzero(linear.folds != fold), np.flatnonzero(linear.folds == fold)
        fitted = _fit_blend(comments, linear, encoder, others)
        probabilities[rows], sentiment[rows] = _mean(linear, encoder, fitted, rows, labels)
        said[rows] = (probabilities[rows] >= fitted["thresholds"]) | (linear.phrases[rows] == 1)
    figures = measure(comments, Judged(probabilities, said, sentiment))
    return figures, _fit_blend(comments, linear, encoder, np.arange(len(comments)))


def _fit_blend(
    comments: LabelledComments, linear: OutOfFold, encoder: Doubles, rows: Ints
) -> dict[str, Any]:
    labels = len(comments.labels)
    ours = calibrate(linear, comments, rows)
    fitted: dict[str, Any] = {
        "linear": ours,
        "platt": fit_platt(encoder[rows, :labels], comments.themes[rows]),
        "temperature": fit_temperature(encoder[rows, labels:], comments.sentiment[rows]),
    }
    mean, _ = _mean(linear, encoder, fitted, rows, labels)
    fitted["thresholds"] = fit_thresholds(mean, comments.themes[rows], linear.phrases[rows])
    return fitted


def _mean(
    linear: OutOfFold, encoder: Doubles, fitted: Mapping[str, Any], rows: Ints, labels: int
) -> tuple[Doubles, Doubles]:
    ours, platt = fitted["linear"], fitted["platt"]
    first = sigmoid(linear.margins[rows, :labels] * ours.platt[0] + ours.platt[1])
    second = sigmoid(encoder[rows, :labels] * platt[0] + platt[1])
    moods = softmax(linear.margins[rows, labels:] / ours.temperature)
    more = softmax(encoder[rows, labels:] / fitted["temperature"])
    return (first + second) / 2, (moods + more) / 2


def _write(
    out: Path,
    exported: Path,
    vocabulary: Path,
    comments: LabelledComments,
    transfer: TransferComments | None,
    figures: Figures,
    fitted: Mapping[str, Any],
    version: str,
    provenance: Mapping[str, Any],
    weights: Path,
) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "encoder.onnx").write_bytes(exported.read_bytes())
    (out / "vocabulary.txt").write_bytes(vocabulary.read_bytes())
    card = {
        "format": FORMAT,
        "version": version,
        "labels": list(comments.labels),
        "taxonomy": "nhs-v7",
        "method": f"MiniLM-L6 encoder (6 layers, width 384), all layers but the table of words"
        f" fine-tuned for {TRANSFER_EPOCHS} epoch on the older labelling, then the upper"
        f" {LAYERS - FROZEN} layers for {EPOCHS} epochs on themes and sentiment together; weights"
        " in 8 bits (ONNX, dynamic quantisation); Platt and temperature calibration out of fold;"
        " probabilities averaged with those of the linear model",
        "base": {**provenance, "weights_sha256": _sha256(weights)},
        "encoder_sha256": _sha256(out / "encoder.onnx"),
        "folds": ENCODER_FOLDS,
        "folds_measured": fitted["measured"],
        "fitted_on": fitted["rows"],
        "fitted": {
            "platt": np.round(fitted["platt"], 6).tolist(),
            "temperature": round(float(fitted["temperature"]), 6),
            "thresholds": np.round(fitted["thresholds"], 6).tolist(),
        },
        "data": [comments.source, *([transfer.source] if transfer else [])],
        "figures": asdict(figures),
        "linear_alone": asdict(fitted["alone"]),
    }
    text = json.dumps(card, ensure_ascii=False, indent=1, sort_keys=True)
    (out / "card.json").write_text(text + "\n", encoding="utf-8")
    (out / "MODEL_CARD.md").write_text(encoder_card(card, figures), encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
