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
    fit_mood_weight,
    fit_platt,
    fit_temperature,
    fit_thresholds,
)
from wellheard.measures.text.training.card import encoder_card
from wellheard.measures.text.training.data import (
    Ints,
    LabelledComments,
    TransferComments,
    apart_from,
)
from wellheard.measures.text.training.encoder_fit import (
    EPOCHS,
    TRANSFER_EPOCHS,
    export_int8,
    fit_encoder,
    learn_transfer,
    recipe,
)
from wellheard.measures.text.training.encoder_net import EncoderNet
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

_METHOD: Final = (
    f"MiniLM-L6 encoder (6 layers, width 384), every layer and the table of words fine-tuned for"
    f" {TRANSFER_EPOCHS} epochs on the older labelling, then for {EPOCHS} epochs on themes and"
    " sentiment together, each layer at a lower rate than the one above it; mean and maximum over"
    " the word pieces before the head; weights in 8 bits (ONNX, dynamic quantisation); Platt and"
    " temperature calibration out of fold; probabilities averaged with those of the linear model,"
    " of sentiment with a fitted weight"
)
# What was decided, and by what: for the card.
_CHOICES: Final = (
    "The recipe of the fits (rates, epochs, shares of the losses, a small weight on the levels of"
    " sentiment beside the labelled one, mean and maximum) was written down before a fold of the"
    " shared NHS comments was fitted. Another epoch, and a mean of the weights of two fits, were"
    " tried on the first folds and left out: they were no better.",
    "Themes: both models count alike. A theme is said from the chance that is best for F1 on the"
    " other folds (median of 31 bootstrap samples).",
    "Sentiment: the encoder's weight in the mean is the one that makes the labels of the other"
    " folds likeliest. This way was taken after it, equal weights, fixed weights and a logistic"
    " model of both had been compared on four folds of the shared comments, where five levels were"
    " right in 0.713 to 0.720 and three in 0.871 to 0.875: so on those comments the two figures of"
    " sentiment flatter by a few thousandths.",
)
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
    measured: int = FOLDS,
    scorecard: Path | None = None,
    say: Say = lambda line: None,
) -> Figures:
    """Write the encoder's folder to `out`; figures are of both models' mean, cross-validated.

    With `measured` below five only so many folds are fitted and measured, and the first of these
    fits is what is written, instead of one on all comments: where time is short. `scorecard` is
    where the page is written that shows the shipped linear model beside it. `base` holds
    `model.safetensors` and `vocab.txt`. Raises ModelError when it does not.
    """
    weights, vocabulary = base / "model.safetensors", base / "vocab.txt"
    if not weights.exists() or not vocabulary.exists():
        raise ModelError(f"{base}: needs model.safetensors and vocab.txt")
    torch.set_num_threads(1)
    older = transfer and apart_from(transfer, comments)
    _go_on(work, comments, older, weights)
    pieces = read_pieces(vocabulary)
    start = _transferred(weights, pieces, older, work, say)
    folds = assign_folds(comments.groups)
    margins = np.zeros((len(comments), len(comments.labels) + SENTIMENT_LEVELS))
    for fold in range(measured):
        test = np.flatnonzero(folds == fold)
        train = np.flatnonzero(folds != fold)
        part = _fitted(str(fold), weights, pieces, comments, train, start, work, say)
        margins[test] = _int8_margins(part, pieces, comments, test)
    whole = measured == FOLDS
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


def _go_on(
    work: Path, comments: LabelledComments, older: TransferComments | None, weights: Path
) -> None:
    """Make the work folder, or see that it holds the steps of this very run."""
    work.mkdir(parents=True, exist_ok=True)
    mark = work / "run.json"
    ours = json.dumps(
        {
            **recipe(),
            "weights": _sha256(weights),
            "comments": comments.source["sha256"],
            "older": len(older.documents) if older else 0,
        },
        sort_keys=True,
    )
    if not mark.exists():
        mark.write_text(ours, encoding="utf-8")
    elif mark.read_text(encoding="utf-8") != ours:
        raise ModelError(f"{work} holds the steps of another run: name another folder with --work")


def _transferred(
    weights: Path, pieces: WordPieces, transfer: TransferComments | None, work: Path, say: Say
) -> dict[str, Any] | None:
    if transfer is None:
        return None
    kept = work / "transfer.pt"
    if not kept.exists():
        say("older labelling")
        _save(learn_transfer(weights, pieces, transfer, say=say), kept)
    found: dict[str, Any] = torch.load(kept)
    return found


def _save(values: dict[str, Any], kept: Path) -> None:
    """Whole or not at all: a run may be broken off while it writes."""
    begun = kept.with_suffix(".begun")
    torch.save(values, begun)
    begun.replace(kept)


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
        _save(net.state_dict(), kept)
    if not exported.exists():
        net = EncoderNet(len(comments.labels) + SENTIMENT_LEVELS)
        net.load_state_dict(torch.load(kept))
        begun = exported.with_suffix(".begun.onnx")
        export_int8(net, begun)
        begun.replace(exported)
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
        "", comments.labels, one, 1.0, one, 1.0, {}, pieces, open_session(path.read_bytes())
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
    """Figures of both together, with calibration, thresholds and weights of other folds, and what
    is to be shipped: the same, fitted on all."""
    labels = len(comments.labels)
    probabilities = np.zeros((len(comments), labels))
    said = np.zeros((len(comments), labels), dtype=np.int64)
    sentiment = np.zeros((len(comments), SENTIMENT_LEVELS))
    for fold in range(FOLDS):
        others, rows = np.flatnonzero(linear.folds != fold), np.flatnonzero(linear.folds == fold)
        fitted = _fit_blend(comments, linear, encoder, others)
        probabilities[rows], ours, theirs = _both(linear, encoder, fitted, rows, labels)
        weight = fitted["mood_weight"]
        sentiment[rows] = (1 - weight) * ours + weight * theirs
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
    mean, moods, more = _both(linear, encoder, fitted, rows, labels)
    fitted["mood_weight"] = fit_mood_weight(moods, more, comments.sentiment[rows])
    fitted["thresholds"] = fit_thresholds(mean, comments.themes[rows], linear.phrases[rows])
    return fitted


def _both(
    linear: OutOfFold, encoder: Doubles, fitted: Mapping[str, Any], rows: Ints, labels: int
) -> tuple[Doubles, Doubles, Doubles]:
    """The mean chances of the themes; the chances of the levels by the linear model, and by the
    encoder."""
    ours, platt = fitted["linear"], fitted["platt"]
    first = sigmoid(linear.margins[rows, :labels] * ours.platt[0] + ours.platt[1])
    second = sigmoid(encoder[rows, :labels] * platt[0] + platt[1])
    moods = softmax(linear.margins[rows, labels:] / ours.temperature)
    return (first + second) / 2, moods, softmax(encoder[rows, labels:] / fitted["temperature"])


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
        "method": _METHOD,
        "choices": list(_CHOICES),
        "base": {**provenance, "weights_sha256": _sha256(weights)},
        "encoder_sha256": _sha256(out / "encoder.onnx"),
        "folds": FOLDS,
        "folds_measured": fitted["measured"],
        "fitted_on": fitted["rows"],
        "fitted": {
            "platt": np.round(fitted["platt"], 6).tolist(),
            "temperature": round(float(fitted["temperature"]), 6),
            "thresholds": np.round(fitted["thresholds"], 6).tolist(),
            "mood_weight": round(fitted["mood_weight"], 6),
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
