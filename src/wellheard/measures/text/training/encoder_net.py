"""The small BERT encoder as a PyTorch module, with heads for themes and sentiment.

Shapes as in MiniLM-L6 (Wang et al., 2020): 6 layers, width 384, 12 heads. Needs torch, which only
training uses.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

WIDTH: Final = 384
HEADS: Final = 12
INNER: Final = 1536
LAYERS: Final = 6
WORDS: Final = 30522
PLACES: Final = 512
_DROPOUT: Final = 0.1
_EPSILON: Final = 1e-12


class _Embeddings(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(WORDS, WIDTH)
        self.position_embeddings = nn.Embedding(PLACES, WIDTH)
        self.token_type_embeddings = nn.Embedding(2, WIDTH)
        self.LayerNorm = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.dropout = nn.Dropout(_DROPOUT)

    def forward(self, ids: Tensor, segments: Tensor) -> Tensor:
        places = torch.arange(ids.shape[1], device=ids.device)
        whole = self.word_embeddings(ids) + self.token_type_embeddings(segments)
        return self.dropout(self.LayerNorm(whole + self.position_embeddings(places)))


class _Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.dense = nn.Linear(WIDTH, WIDTH)
        self.LayerNorm = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.dropout = nn.Dropout(_DROPOUT)

    def forward(self, hidden: Tensor, closed: Tensor) -> Tensor:
        def split(flat: Tensor) -> Tensor:
            return flat.view(flat.shape[0], flat.shape[1], HEADS, WIDTH // HEADS).transpose(1, 2)

        query, key, value = (
            split(self.query(hidden)),
            split(self.key(hidden)),
            split(self.value(hidden)),
        )
        scores = query @ key.transpose(2, 3) / (WIDTH // HEADS) ** 0.5 + closed
        mixed = self.dropout(torch.softmax(scores, dim=-1)) @ value
        flat = mixed.transpose(1, 2).reshape(hidden.shape[0], hidden.shape[1], WIDTH)
        return self.LayerNorm(hidden + self.dropout(self.dense(flat)))


class _Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = _Attention()
        self.intermediate = nn.Linear(WIDTH, INNER)
        self.output = nn.Linear(INNER, WIDTH)
        self.LayerNorm = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.dropout = nn.Dropout(_DROPOUT)

    def forward(self, hidden: Tensor, closed: Tensor) -> Tensor:
        seen = self.attention(hidden, closed)
        grown = self.output(nn.functional.gelu(self.intermediate(seen)))
        return self.LayerNorm(seen + self.dropout(grown))


class EncoderNet(nn.Module):
    """Numbers of pieces (n, length), segments and mask likewise -> outputs (n, outputs)."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.embeddings = _Embeddings()
        self.layers = nn.ModuleList(_Layer() for _ in range(LAYERS))
        self.dropout = nn.Dropout(_DROPOUT)
        self.head = nn.Linear(2 * WIDTH, outputs)

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> Tensor:
        hidden, closed = self.embeddings(ids, segments), _closed(mask)
        for layer in self.layers:
            hidden = layer(hidden, closed)
        return self.head(self.dropout(_pooled(hidden, mask)))


def _pooled(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean and maximum over the pieces: what a comment is about as a whole, and the one clause of a
    long comment that speaks of something rare."""
    open_ = mask.to(torch.float32)[:, :, None]
    mean = (hidden * open_).sum(1) / open_.sum(1)
    largest = (hidden - (1.0 - open_) * 1e4).amax(1)
    return torch.cat([mean, largest], dim=1)


def _closed(mask: Tensor) -> Tensor:
    """What is added to attention so that padding is not looked at."""
    return (1.0 - mask.to(torch.float32))[:, None, None, :] * -1e4


def load_base(net: EncoderNet, path: Path) -> None:
    """Fill the encoder (not the head) with published weights in safetensors form.

    Raises KeyError when a part is missing, RuntimeError when a shape differs.
    """
    given = {name.removeprefix("bert."): values for name, values in read_tensors(path).items()}
    wanted = {
        name: given[_published(name)] for name in net.state_dict() if not name.startswith("head.")
    }
    missing, unexpected = net.load_state_dict(wanted, strict=False)
    if unexpected or any(not name.startswith("head.") for name in missing):
        raise KeyError(f"the weights do not fit: {missing} {unexpected}")


def _published(name: str) -> str:
    """The name a part has in the published weights."""
    if name.startswith("embeddings."):
        return name
    parts = name.split(".")
    layer, rest = parts[1], ".".join(parts[2:])
    inner = {
        "attention.dense": "attention.output.dense",
        "attention.LayerNorm": "attention.output.LayerNorm",
        "attention.query": "attention.self.query",
        "attention.key": "attention.self.key",
        "attention.value": "attention.self.value",
        "intermediate": "intermediate.dense",
        "output": "output.dense",
        "LayerNorm": "output.LayerNorm",
    }
    part, kind = rest.rsplit(".", 1)
    return f"encoder.layer.{layer}.{inner[part]}.{kind}"


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Float32 tensors of a safetensors file: 8 bytes of header length, JSON header, the values."""
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    header: dict[str, Any] = json.loads(content[8 : 8 + size])
    found: dict[str, Tensor] = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        values = np.frombuffer(content[begin:end], dtype="<f4").reshape(entry["shape"])
        found[name] = torch.from_numpy(values.copy())
    return found
