"""Fine-tune the small encoder on labelled comments, and export it as int8 ONNX (needs torch, onnx).

First it learns the older labelling of other comments (9 themes, sub-themes, criticality), then the
themes and sentiment together. Comments of like length share a batch, so that little is padding.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from wellheard.measures.text.encoder import LONGEST, Encoded, encode, pad
from wellheard.measures.text.model import SENTIMENT_LEVELS
from wellheard.measures.text.training.data import (
    Document,
    Ints,
    LabelledComments,
    TransferComments,
)
from wellheard.measures.text.training.encoder_net import EncoderNet, load_base
from wellheard.measures.text.training.fit import Doubles
from wellheard.measures.text.wordpiece import WordPieces

EPOCHS: Final = 3
# Layers left as the older labelling taught them, from below; beside them only the table of words.
FROZEN: Final = 4
TRANSFER_EPOCHS: Final = 1
_BATCH: Final = 48
_RATE: Final = 3e-4
_HEAD_RATE: Final = 2e-3
_WARM_UP: Final = 0.1
_DECAY: Final = 0.01
_LARGEST_WEIGHT: Final = 8.0
_SENTIMENT_SHARE: Final = 0.5
_SEED: Final = 20261129
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Task:
    """Encoded comments and the loss of outputs (n, outputs) on given rows."""

    encoded: Sequence[Encoded]
    outputs: int
    loss: Callable[[Tensor, Ints], Tensor]


def fit_encoder(
    base: Path,
    pieces: WordPieces,
    comments: LabelledComments,
    rows: Ints,
    *,
    start: dict[str, Tensor] | None = None,
    epochs: int = EPOCHS,
    seed: int = _SEED,
    given: dict[int, Tensor] | None = None,
    say: Say = lambda line: None,
) -> EncoderNet:
    """The encoder fitted on `rows`; `start` holds weights of `learn_transfer`, else `base` does.

    `given` remembers by row what the frozen layers make of a comment, for the next fit from the
    same start."""
    torch.manual_seed(seed)
    labels = len(comments.labels)
    net = EncoderNet(labels + SENTIMENT_LEVELS)
    load_base(net, base)
    if start is not None:
        net.load_state_dict(start, strict=False)
    documents = [comments.documents[i] for i in rows]
    task = _Task(
        [encode(pieces, d.text, d.kind) for d in documents],
        labels + SENTIMENT_LEVELS,
        _theme_loss(comments.themes[rows], comments.sentiment[rows]),
    )
    _learn(net, task, epochs, seed, FROZEN, say, given, rows)
    return net


def learn_transfer(
    base: Path,
    pieces: WordPieces,
    transfer: TransferComments,
    *,
    epochs: int = TRANSFER_EPOCHS,
    say: Say = lambda line: None,
) -> dict[str, Tensor]:
    """Weights of the encoder, without its head, after learning the older labelling."""
    torch.manual_seed(_SEED)
    net = EncoderNet(transfer.tags.shape[1] + 1)
    load_base(net, base)
    encoded = [encode(pieces, d.text, d.kind) for d in transfer.documents]
    loss = _transfer_loss(transfer.tags, transfer.criticality)
    _learn(net, _Task(encoded, transfer.tags.shape[1] + 1, loss), epochs, _SEED, 0, say)
    return {n: v for n, v in net.state_dict().items() if not n.startswith("head.")}


def _theme_loss(themes: Ints, sentiment: Ints) -> Callable[[Tensor, Ints], Tensor]:
    answers = torch.from_numpy(themes.astype(np.float32))
    levels = torch.from_numpy(sentiment - 1)
    many = nn.BCEWithLogitsLoss(pos_weight=_weights(themes))
    one = nn.CrossEntropyLoss(ignore_index=-1)
    width = themes.shape[1]

    def loss(outputs: Tensor, rows: Ints) -> Tensor:
        said = many(outputs[:, :width], answers[rows]) * width / 4
        if (levels[rows] < 0).all():
            return said
        return said + _SENTIMENT_SHARE * one(outputs[:, width:], levels[rows])

    return loss


def _transfer_loss(tags: Ints, criticality: Doubles) -> Callable[[Tensor, Ints], Tensor]:
    answers = torch.from_numpy(tags.astype(np.float32))
    grades = torch.from_numpy(criticality.astype(np.float32))
    many = nn.BCEWithLogitsLoss(pos_weight=_weights(tags))

    def loss(outputs: Tensor, rows: Ints) -> Tensor:
        said = many(outputs[:, :-1], answers[rows]) * tags.shape[1] / 4
        known = ~torch.isnan(grades[rows])
        if not known.any():
            return said
        return said + 0.2 * nn.functional.mse_loss(outputs[:, -1][known], grades[rows][known])

    return loss


def _weights(answers: Ints) -> Tensor:
    positives = np.maximum(answers.sum(axis=0), 1)
    ratio = np.sqrt((len(answers) - positives) / positives)
    return torch.from_numpy(np.clip(ratio, 1.0, _LARGEST_WEIGHT).astype(np.float32))


def _learn(
    net: EncoderNet,
    task: _Task,
    epochs: int,
    seed: int,
    frozen: int,
    say: Say,
    known: dict[int, Tensor] | None = None,
    rows_of: Ints | None = None,
) -> None:
    random = np.random.default_rng(seed)
    steps = epochs * math.ceil(len(task.encoded) / _BATCH)
    head = list(net.head.parameters())
    # Half of all weights are the table of words: to leave it halves the time of a step, and some
    # thousand comments hold too few of its rows to teach it.
    net.embeddings.requires_grad_(False)
    net.layers[:frozen].requires_grad_(False)
    given = _remembered(net, task.encoded, frozen, known, rows_of)
    body = [p for n, p in net.named_parameters() if p.requires_grad and not n.startswith("head.")]
    groups = [{"params": body, "lr": _RATE}, {"params": head, "lr": _HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=_DECAY, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    # Dropout before the head alone: in every layer it costs a tenth of a step, and three epochs are
    # too few to learn comments by heart.
    net.eval()
    net.dropout.train()
    for epoch in range(epochs):
        began, total = time.monotonic(), 0.0
        for rows in _batches(task.encoded, random):
            optimizer.zero_grad()
            mask = _tensors([task.encoded[i] for i in rows])[2]
            hidden = nn.utils.rnn.pad_sequence([given[i] for i in rows], batch_first=True)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                outputs = net.upper(hidden.float(), mask, frozen)
            loss = task.loss(outputs.float(), rows)
            loss.backward()
            nn.utils.clip_grad_norm_(body + head, 1.0, foreach=True)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(rows)
        seconds = time.monotonic() - began
        say(f"epoch {epoch + 1}: loss {total / len(task.encoded):.4f}, {seconds:.0f} s")


def _remembered(
    net: EncoderNet,
    encoded: Sequence[Encoded],
    frozen: int,
    known: dict[int, Tensor] | None,
    rows_of: Ints | None,
) -> list[Tensor]:
    if known is None or rows_of is None:
        return _lower(net, encoded, frozen)
    new = [place for place, row in enumerate(rows_of.tolist()) if row not in known]
    if new:
        found = _lower(net, [encoded[place] for place in new], frozen)
        known.update({int(rows_of[p]): v for p, v in zip(new, found, strict=True)})
    return [known[row] for row in rows_of.tolist()]


@torch.no_grad()
def _lower(net: EncoderNet, encoded: Sequence[Encoded], frozen: int) -> list[Tensor]:
    """What the frozen layers make of each comment (length, width), computed once."""
    net.eval()
    found: dict[int, Tensor] = {}
    order = np.argsort([len(ids) for ids, _ in encoded], kind="stable")
    for begin in range(0, len(order), 64):
        rows = order[begin : begin + 64]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = net.lower(*_tensors([encoded[i] for i in rows]), frozen)
        for row, values in zip(rows, hidden, strict=True):
            found[int(row)] = values[: len(encoded[row][0])].to(torch.bfloat16)
    return [found[row] for row in range(len(encoded))]


def _rate(step: int, steps: int) -> float:
    warm = max(int(steps * _WARM_UP), 1)
    return step / warm if step < warm else max(steps - step, 0) / max(steps - warm, 1)


def _batches(encoded: Sequence[Encoded], random: np.random.Generator) -> Iterator[Ints]:
    """Shuffled rows in batches of like length."""
    lengths = np.array([len(ids) for ids, _ in encoded])
    order = np.argsort(lengths + random.uniform(-3, 3, len(lengths)), kind="stable")
    parts = [order[i : i + _BATCH] for i in range(0, len(order), _BATCH)]
    for which in random.permutation(len(parts)):
        yield parts[which]


def _tensors(encoded: Sequence[Encoded]) -> tuple[Tensor, Tensor, Tensor]:
    ids, segments, mask = (torch.from_numpy(part) for part in pad(encoded))
    return ids, segments, mask


@torch.no_grad()
def encoder_margins(net: EncoderNet, pieces: WordPieces, documents: Sequence[Document]) -> Doubles:
    """Outputs (n, labels + 5) of comments, in order."""
    net.eval()
    encoded = [encode(pieces, d.text, d.kind) for d in documents]
    order = np.argsort([len(ids) for ids, _ in encoded], kind="stable")
    found: Any = None
    for begin in range(0, len(order), 64):
        rows = order[begin : begin + 64]
        outputs = net(*_tensors([encoded[i] for i in rows])).float().numpy()
        if found is None:
            found = np.zeros((len(encoded), outputs.shape[1]))
        found[rows] = outputs
    return np.asarray(found, dtype=np.float64)


def export_int8(net: EncoderNet, path: Path) -> None:
    """Write the encoder as an ONNX file with 8-bit weights (dynamic quantisation)."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    net.eval()
    whole = path.with_suffix(".float.onnx")
    example = torch.ones((2, LONGEST), dtype=torch.int64)
    names = ["ids", "segments", "mask"]
    axes = {name: {0: "rows", 1: "length"} for name in names} | {"outputs": {0: "rows"}}
    torch.onnx.export(
        net, (example, torch.zeros_like(example), example), str(whole),
        input_names=names, output_names=["outputs"], dynamic_axes=axes,
        opset_version=17, dynamo=False,
    )  # fmt: skip
    quantize_dynamic(str(whole), str(path), weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()
