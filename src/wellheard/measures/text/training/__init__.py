"""Train the comment model from labelled comments (needs scikit-learn; never imported at run time).

`train(...)` fits, calibrates on out-of-fold scores, and returns the model with its card;
`write_trained` puts the model folder and its card where they are shipped from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from wellheard.measures.text.encoder import CURRENT_ENCODER
from wellheard.measures.text.engine import SAFETY
from wellheard.measures.text.lexicons import load_lexicon
from wellheard.measures.text.model import FORMAT, LinearModel, write_model
from wellheard.measures.text.prepared import prepare
from wellheard.measures.text.training.calibrate import NEVER
from wellheard.measures.text.training.card import model_card, scorecard_page
from wellheard.measures.text.training.data import LabelledComments, TransferComments
from wellheard.measures.text.training.evaluate import FoldModel, calibrate, cross_validate, judge
from wellheard.measures.text.training.figures import Figures, measure, read_figures
from wellheard.measures.text.training.fit import fit_features, fit_model
from wellheard.measures.text.training.mentions import (
    MentionFigures,
    measure_mentions,
    read_mentions,
)
from wellheard.measures.text.training.pack import pack_model

__all__ = ["Trained", "make_card", "pack_model", "train", "write_scorecard", "write_trained"]


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted model, the vocabulary it was fitted with, and its cross-validated figures."""

    model: LinearModel
    vocabulary: Mapping[str, list[str]]
    figures: Figures
    alerts: float


def train(
    comments: LabelledComments,
    transfer: TransferComments | None,
    *,
    version: str,
    say: Callable[[str], None] = lambda line: None,
) -> Trained:
    """Fit on all comments; calibration, thresholds and figures come from grouped cross-validation.

    The same input gives the same model, bit for bit, with the same library versions.
    """
    # Sums split over threads differ in their last digits from run to run.
    with threadpool_limits(limits=1):
        return _train(comments, transfer, version, say)


def _train(
    comments: LabelledComments,
    transfer: TransferComments | None,
    version: str,
    say: Callable[[str], None],
) -> Trained:
    models: list[FoldModel] = []
    found = cross_validate(comments, transfer, say, keep=models)
    every = np.arange(len(comments))
    fitted = calibrate(found, comments, every)
    say("figures")
    figures = measure(comments, judge(comments, found))
    mentions = measure_mentions(comments, found, models)
    say("fitting on all comments")
    more = list(transfer.documents) if transfer else []
    maker = fit_features([*comments.documents, *more])
    linear = fit_model(maker, comments, every, transfer)
    card = make_card(comments, transfer, figures, version)
    card["mentions"] = [asdict(each) for each in mentions]
    model = pack_model(maker, linear, fitted, card)
    return Trained(model, maker.vocabulary(), figures, _alert_share(model, comments))


def _alert_share(model: LinearModel, comments: LabelledComments) -> float:
    """Share of the comments in which the safety lexicon finds a phrase."""
    safety = load_lexicon(SAFETY, known_words=model.vectorizer.knows)
    flagged = sum(any(True for _ in safety.find(prepare(d.text))) for d in comments.documents)
    return flagged / len(comments)


def make_card(
    comments: LabelledComments, transfer: TransferComments | None, figures: Figures, version: str
) -> dict[str, Any]:
    """The machine-readable card that travels with the weights."""
    return {
        "format": FORMAT,
        "version": version,
        "labels": list(comments.labels),
        "taxonomy": "nhs-v7",
        "method": "TF-IDF of words, word pairs and characters with the kind of question; linear SVM"
        " per theme with balanced weights, multinomial logistic model for sentiment; scores of an"
        " older labelling as extra features; Platt and temperature calibration out of fold",
        "data": [comments.source, *([transfer.source] if transfer else [])],
        "figures": asdict(figures),
    }


def write_trained(folder: Path, trained: Trained, *, scorecard: Path | None = None) -> None:
    """Write the model folder that `load_engine(folder)` reads, its card, and the scorecard page."""
    write_model(folder, trained.model, trained.vocabulary)
    card = trained.model.card
    model = trained.model
    silent = np.flatnonzero(model.thresholds >= NEVER)
    page = model_card(
        card,
        trained.figures,
        features=len(model.vectorizer.idf),
        left=[model.labels[i] for i in silent],
    )
    (folder / "MODEL_CARD.md").write_text(page, encoding="utf-8")
    if scorecard is not None:
        beside = _shipped_encoder()
        _write_page(
            scorecard,
            scorecard_page(
                card["version"], trained.figures, trained.alerts, beside, _mentions(card)
            ),
        )


def write_scorecard(
    path: Path, model: LinearModel, comments: LabelledComments, encoder: Figures
) -> None:
    """The scorecard page with a linear model's own figures, and an encoder's beside them."""
    linear, alerts = read_figures(model.card["figures"]), _alert_share(model, comments)
    page = scorecard_page(model.version, linear, alerts, encoder, _mentions(model.card))
    _write_page(path, page)


def _mentions(card: Mapping[str, Any]) -> list[MentionFigures]:
    return [read_mentions(each) for each in card.get("mentions", ())]


def _write_page(path: Path, page: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def _shipped_encoder() -> Figures | None:
    card = CURRENT_ENCODER / "card.json"
    if not card.exists():
        return None
    return read_figures(json.loads(card.read_text(encoding="utf-8"))["figures"])
