"""The small fine-tuned encoder at run time: an int8 ONNX file read by onnxruntime, no torch.

It is switched on by a setting, "shipped" or a folder of one's own; the linear model is always there
and stays the default. Where it is on, the chances of both are averaged, for the sentiment with a
fitted weight. Inputs are the pieces of question and comment; outputs are one margin per theme and
per level of sentiment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wellheard.measures.text.features import Floats
from wellheard.measures.text.model import ModelError, Scores, sigmoid, softmax
from wellheard.measures.text.wordpiece import WordPieces, read_pieces

Encoded = tuple[list[int], list[int]]
Whole = NDArray[np.int64]

FORMAT: Final = "wellheard-encoder-2"
SHIPPED: Final = "shipped"
CURRENT_ENCODER: Final = Path(__file__).parent / "models" / "encoder-2026.2"
LONGEST: Final = 128
QUESTIONS: Final = {
    "what_good": "what was good?",
    "could_improve": "what could we improve?",
    "nonspecific": "please tell us why",
}
# More at once does not stay in the processor's cache: 64 took twice the time and the memory.
_AT_ONCE: Final = 16


def encode(pieces: WordPieces, text: str, kind: str) -> Encoded:
    """Numbers and segments of one comment, with the kind of question before it."""
    return pieces.encode(QUESTIONS[kind], text, LONGEST)


def pad(encoded: Sequence[Encoded]) -> tuple[Whole, Whole, Whole]:
    """Numbers, segments and mask (n, longest of them), filled with zeros."""
    longest = max(len(ids) for ids, _ in encoded)
    ids, segments, mask = (np.zeros((len(encoded), longest), dtype=np.int64) for _ in range(3))
    for row, (numbers, parts) in enumerate(encoded):
        ids[row, : len(numbers)] = numbers
        segments[row, : len(parts)] = parts
        mask[row, : len(numbers)] = 1
    return ids, segments, mask


@dataclass(frozen=True, slots=True)
class Encoder:
    """An ONNX session with its vocabulary and calibration, the thresholds of both models' mean, and
    the encoder's weight in the mean of sentiment."""

    version: str
    labels: tuple[str, ...]
    platt: Floats
    temperature: float
    thresholds: Floats
    mood_weight: float
    card: Mapping[str, Any]
    pieces: WordPieces
    session: Any

    def margins(self, texts: Sequence[str], kinds: Sequence[str]) -> Floats:
        """Uncalibrated scores (n, labels + 5); comments of like length are read together."""
        encoded = [encode(self.pieces, t, k) for t, k in zip(texts, kinds, strict=True)]
        order = np.argsort([len(ids) for ids, _ in encoded], kind="stable")
        found = np.zeros((len(encoded), len(self.labels) + 5), dtype=np.float32)
        for begin in range(0, len(order), _AT_ONCE):
            rows = order[begin : begin + _AT_ONCE]
            ids, segments, mask = pad([encoded[row] for row in rows])
            given = {"ids": ids, "segments": segments, "mask": mask}
            found[rows] = self.session.run(["outputs"], given)[0]
        return found

    def scores(self, texts: Sequence[str], kinds: Sequence[str]) -> Scores:
        """Calibrated probabilities of the encoder alone."""
        margins = self.margins(texts, kinds)
        width = len(self.labels)
        return Scores(
            themes=sigmoid(margins[:, :width] * self.platt[0] + self.platt[1]).astype(np.float32),
            sentiment=softmax(margins[:, width:] / self.temperature).astype(np.float32),
        )

    def averaged(self, linear: Scores, texts: Sequence[str], kinds: Sequence[str]) -> Scores:
        """The mean of the linear model's probabilities and these; of sentiment by weight."""
        mine, weight = self.scores(texts, kinds), self.mood_weight
        moods = (1 - weight) * linear.sentiment + weight * mine.sentiment
        return Scores(
            themes=((linear.themes + mine.themes) / 2).astype(np.float32),
            sentiment=moods.astype(np.float32),
        )


def open_session(content: bytes) -> Any:
    """An onnxruntime session of an ONNX file's content, on one thread: the work is shared out over
    processes, not threads."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def encoder_folder(named: str) -> Path | None:
    """The folder meant by a setting: the shipped one, another, or (empty) none."""
    if not named:
        return None
    return CURRENT_ENCODER if named == SHIPPED else Path(named)


@lru_cache(maxsize=2)
def load_encoder(folder: Path) -> Encoder:
    """Read `card.json`, `vocabulary.txt` and `encoder.onnx`. Raises ModelError when it cannot, or
    when the encoder is not the one that the card was written for."""
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        if card.get("format") != FORMAT:
            raise ModelError(f"format {card.get('format')!r} is not {FORMAT!r}")
        content = (folder / "encoder.onnx").read_bytes()
        if hashlib.sha256(content).hexdigest() != card["encoder_sha256"]:
            raise ModelError("encoder.onnx is not the file that its card was written for")
        fitted = card["fitted"]
        return Encoder(
            version=card["version"],
            labels=tuple(card["labels"]),
            platt=np.asarray(fitted["platt"], dtype=np.float32),
            temperature=float(fitted["temperature"]),
            thresholds=np.asarray(fitted["thresholds"], dtype=np.float32),
            mood_weight=float(fitted["mood_weight"]),
            card=card,
            pieces=read_pieces(folder / "vocabulary.txt"),
            session=open_session(content),
        )
    except Exception as error:  # onnxruntime raises its own kinds, which cannot be named here
        raise ModelError(f"cannot read the encoder in {folder.name}: {error}") from error
