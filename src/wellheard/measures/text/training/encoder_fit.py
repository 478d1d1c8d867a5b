"""Fine-tune the small encoder on labelled comments, and export it as int8 ONNX (needs torch, onnx).

First it learns the older labelling of other comments (9 themes, sub-themes, criticality), then the
themes and sentiment together: all of it both times, the lower layers at a lower rate. Comments of
like length share a batch, so that little is padding.
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
from numpy.typing import NDArray
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

EPOCHS: Final = 5
TRANSFER_EPOCHS: Final = 3
_BATCH: Final = 32
_AT_ONCE: Final = 64
# Of the uppermost layer; each one below learns at this share of the rate of the one above it.
_RATE: Final = 2e-4
_SHARE_BELOW: Final = 0.85
_HEAD_RATE: Final = 1e-3
_WARM_UP: Final = 0.1
_DECAY: Final = 0.01
_LARGEST_WEIGHT: Final = 8.0
# A sum over themes, so that it does not outweigh the one question of sentiment.
_THEME_SHARE: Final = 0.25
_SENTIMENT_SHARE: Final = 1.0
_CRITICALITY_SHARE: Final = 0.3
# What the levels beside the labelled one are given of its weight: people who label the same
# comment differ by a level more often than by two.
_NEIGHBOUR: Final = 0.06
_SEED: Final = 20261129
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Task:
    """Encoded comments and the loss of outputs (n, outputs) on given rows."""

    encoded: Sequence[Encoded]
    loss: Callable[[Tensor, Ints], Tensor]


def recipe() -> dict[str, float]:
    """The numbers of a fit, by which a saved one is known to be of the same kind."""
    return {
        "epochs": EPOCHS,
        "transfer_epochs": TRANSFER_EPOCHS,
        "batch": _BATCH,
        "rate": _RATE,
        "share_below": _SHARE_BELOW,
        "head_rate": _HEAD_RATE,
        "theme_share": _THEME_SHARE,
        "sentiment_share": _SENTIMENT_SHARE,
        "criticality_share": _CRITICALITY_SHARE,
        "neighbour": _NEIGHBOUR,
        "seed": _SEED,
    }


def fit_encoder(
    base: Path,
    pieces: WordPieces,
    comments: LabelledComments,
    rows: Ints,
    *,
    start: dict[str, Tensor] | None = None,
    epochs: int = EPOCHS,
    seed: int = _SEED,
    say: Say = lambda line: None,
) -> EncoderNet:
    """The encoder fitted on `rows`; `start` holds weights of `learn_transfer`, else `base` does."""
    torch.manual_seed(seed)
    labels = len(comments.labels)
    net = EncoderNet(labels + SENTIMENT_LEVELS)
    load_base(net, base)
    if start is not None:
        net.load_state_dict(start, strict=False)
    begin_usual(net, comments.themes[rows])
    documents = [comments.documents[i] for i in rows]
    task = _Task(
        [encode(pieces, d.text, d.kind) for d in documents],
        _theme_loss(comments.themes[rows], comments.sentiment[rows]),
    )
    _learn(net, task, epochs, seed, say)
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
    begin_usual(net, transfer.tags)
    encoded = [encode(pieces, d.text, d.kind) for d in transfer.documents]
    loss = _transfer_loss(transfer.tags, transfer.criticality)
    _learn(net, _Task(encoded, loss), epochs, _SEED, say)
    return {n: v for n, v in net.state_dict().items() if not n.startswith("head.")}


@torch.no_grad()
def begin_usual(net: EncoderNet, answers: Ints) -> None:
    """Let the head begin by saying of every comment what is usual, so that the first steps do not
    go into learning that most themes are rare."""
    shares = (answers.sum(axis=0) + 0.5) / (len(answers) + 1)
    usual = np.log(shares / (1 - shares)).astype(np.float32)
    nn.init.normal_(net.head.weight, std=0.02)
    nn.init.zeros_(net.head.bias)
    net.head.bias[: len(usual)] = torch.from_numpy(usual)


def _theme_loss(themes: Ints, sentiment: Ints) -> Callable[[Tensor, Ints], Tensor]:
    answers = torch.from_numpy(themes.astype(np.float32))
    levels = torch.from_numpy(near_levels(sentiment))
    known = torch.from_numpy(sentiment > 0)
    many = nn.BCEWithLogitsLoss(pos_weight=_weights(themes))
    width = themes.shape[1]

    def loss(outputs: Tensor, rows: Ints) -> Tensor:
        said = _THEME_SHARE * width * many(outputs[:, :width], answers[rows])
        graded = known[rows]
        if not graded.any():
            return said
        moods = outputs[:, width:][graded]
        return said + _SENTIMENT_SHARE * nn.functional.cross_entropy(moods, levels[rows][graded])

    return loss


def near_levels(sentiment: Ints) -> NDArray[np.float32]:
    """Weights of the levels (n, 5): most on the labelled one (1-5), a little on those beside it."""
    steps = np.abs(np.arange(1, SENTIMENT_LEVELS + 1) - sentiment[:, None])
    given = np.where(steps == 0, 1.0, np.where(steps == 1, _NEIGHBOUR, 0.0))
    return (given / given.sum(axis=1, keepdims=True)).astype(np.float32)


def _transfer_loss(tags: Ints, criticality: Doubles) -> Callable[[Tensor, Ints], Tensor]:
    answers = torch.from_numpy(tags.astype(np.float32))
    grades = torch.from_numpy(criticality.astype(np.float32))
    many = nn.BCEWithLogitsLoss(pos_weight=_weights(tags))
    width = tags.shape[1]

    def loss(outputs: Tensor, rows: Ints) -> Tensor:
        said = _THEME_SHARE * width * many(outputs[:, :-1], answers[rows])
        known = ~torch.isnan(grades[rows])
        if not known.any():
            return said
        missed = nn.functional.mse_loss(outputs[:, -1][known], grades[rows][known])
        return said + _CRITICALITY_SHARE * missed

    return loss


def _weights(answers: Ints) -> Tensor:
    positives = np.maximum(answers.sum(axis=0), 1)
    ratio = np.sqrt((len(answers) - positives) / positives)
    return torch.from_numpy(np.clip(ratio, 1.0, _LARGEST_WEIGHT).astype(np.float32))


def _learn(net: EncoderNet, task: _Task, epochs: int, seed: int, say: Say) -> None:
    random = np.random.default_rng(seed)
    steps = epochs * math.ceil(len(task.encoded) / _BATCH)
    optimizer = torch.optim.AdamW(_rates(net), weight_decay=_DECAY, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    net.train()
    for epoch in range(epochs):
        began, total = time.process_time(), 0.0
        for rows in _batches(task.encoded, random):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                outputs = net(*_tensors([task.encoded[i] for i in rows]))
            loss = task.loss(outputs.float(), rows)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0, foreach=True)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(rows)
        seconds = time.process_time() - began
        say(f"epoch {epoch + 1}: loss {total / len(task.encoded):.4f}, {seconds:.0f} CPU s")


def _rates(net: EncoderNet) -> list[dict[str, Any]]:
    """The parameters with the rate that each layer learns at: what lies lower is more general."""
    layers = list(net.layers)
    parts = [net.embeddings, *layers]
    groups = [
        {"params": list(part.parameters()), "lr": _RATE * _SHARE_BELOW ** (len(layers) - place)}
        for place, part in enumerate(parts)
    ]
    return [*groups, {"params": list(net.head.parameters()), "lr": _HEAD_RATE}]


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
    for begin in range(0, len(order), _AT_ONCE):
        rows = order[begin : begin + _AT_ONCE]
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
