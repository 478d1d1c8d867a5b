"""The shipped readmission model, and predictions for the rows of a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from wellheard.measures.risk.additive import AdditiveModel, Prediction, RiskModelError, model_of
from wellheard.measures.risk.card import Card, card_in_words, card_of
from wellheard.measures.risk.readmission.features import example_of
from wellheard.measures.risk.readmission.reading import Discharges, Row, columns

SHIPPED: Final = Path(__file__).parent / "models" / "readmission-2026.1"


@dataclass(frozen=True, slots=True)
class Scored:
    """One row's prediction: its line, the encounter, the probability and what moved it."""

    line: int
    encounter: str
    prediction: Prediction
    row: Row


def load(folder: Path | None = None) -> tuple[AdditiveModel, Card]:
    """The model of a folder with its card; the shipped one without. Raises RiskModelError."""
    return _shipped() if folder is None else _read(folder)


@cache
def _shipped() -> tuple[AdditiveModel, Card]:
    return _read(SHIPPED)


def _read(folder: Path) -> tuple[AdditiveModel, Card]:
    try:
        page: dict[str, Any] = json.loads((folder / "model.json").read_text("utf-8"))
        card = card_of(json.loads((folder / "card.json").read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        raise RiskModelError(folder.name, "holds no readable model.json and card.json") from None
    return model_of(page), card


def write(folder: Path, model: AdditiveModel, card: Card) -> None:
    """Write model.json, card.json and MODEL_CARD.md."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = (("model.json", model.as_page()), ("card.json", card.as_page()))
    for name, page in pages:
        text = json.dumps(page, ensure_ascii=False, indent=0, sort_keys=False)
        (folder / name).write_text(text + "\n", "utf-8")
    (folder / "MODEL_CARD.md").write_text(card_in_words(card), "utf-8")


def score(model: AdditiveModel, found: Discharges) -> list[Scored]:
    """A prediction for every usable row, in the order of the file."""
    key = columns()["key"]
    return [
        Scored(line, row[key], model.predict(example_of(row)), row)
        for line, row in zip(found.lines, found.rows, strict=True)
    ]
