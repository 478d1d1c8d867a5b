"""Read labelled comments for training, and group what must stay on one side of a split."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wellheard.measures.text.features import QUESTION_KINDS
from wellheard.measures.text.folding import fold
from wellheard.measures.text.questions import question_kind
from wellheard.measures.text.taxonomy import NHS, load_taxonomy

Ints = NDArray[np.int64]
SAME_WORDING_FROM: Final = 4
SOURCES: Final = "sources.json"
_SEPARATOR: Final = re.compile(r"[|;]")


class TrainingDataError(ValueError):
    """A training file that is missing, or lacks a column or a usable label."""


@dataclass(frozen=True, slots=True)
class Document:
    """A comment and the kind of question it answers."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class LabelledComments:
    """Documents; themes (n, labels) of 0/1; sentiment (n,) 1-5, 0 = not labelled; groups (n,)."""

    documents: Sequence[Document]
    labels: tuple[str, ...]
    themes: Ints
    sentiment: Ints
    groups: Ints
    source: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.documents)

    def part(self, rows: Ints) -> LabelledComments:
        """Some of the comments, in the order given."""
        return replace(
            self,
            documents=[self.documents[row] for row in rows],
            themes=self.themes[rows],
            sentiment=self.sentiment[rows],
            groups=self.groups[rows],
        )


@dataclass(frozen=True, slots=True)
class TransferComments:
    """Comments of an older labelling: documents, tags (n, tags) of 0/1, criticality (n,) or NaN."""

    documents: Sequence[Document]
    tags: Ints
    tag_names: tuple[str, ...]
    criticality: NDArray[np.float64]
    source: Mapping[str, Any]


def read_labelled(path: Path) -> LabelledComments:
    """Read a CSV with `text`, `labels_v7` (or `themes`: names or codes joined by | or ;), and where
    present `sentiment`, `question_type`, `respondent_id`, `boilerplate`.

    Raises TrainingDataError when a needed column is missing or no row carries a theme.
    """
    rows = _rows(path)
    column = next((name for name in ("labels_v7", "themes") if name in rows[0]), None)
    if column is None or "text" not in rows[0]:
        raise TrainingDataError(f"{path.name}: needs the columns text and labels_v7 (or themes)")
    labels = tuple(theme.code for theme in load_taxonomy(NHS))
    themes = _theme_matrix([row[column] for row in rows], labels)
    if not themes.any():
        raise TrainingDataError(f"{path.name}: no row carries a theme of the taxonomy")
    return LabelledComments(
        documents=[Document(row["text"], question_kind(row.get("question_type"))) for row in rows],
        labels=labels,
        themes=themes,
        sentiment=np.array([_sentiment(row) for row in rows], dtype=np.int64),
        groups=group_rows([row.get("respondent_id") or f"row {i}" for i, row in enumerate(rows)],
                          [row["text"] for row in rows]),
        source=_source(path, "labelled", len(rows)),
    )  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            rows = [{key: value or "" for key, value in row.items()} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingDataError(f"{path.name}: cannot be read ({error})") from error
    if not rows:
        raise TrainingDataError(f"{path.name}: holds no rows")
    return rows


def _theme_matrix(cells: Iterable[str], labels: Sequence[str]) -> Ints:
    by_name = {theme.source_name: theme.code for theme in load_taxonomy(NHS)}
    index = {code: i for i, code in enumerate(labels)}
    listed = [[part.strip() for part in _SEPARATOR.split(cell)] for cell in cells]
    matrix = np.zeros((len(listed), len(labels)), dtype=np.int64)
    for row, parts in enumerate(listed):
        for part in parts:
            code = by_name.get(part, part)
            if code in index:
                matrix[row, index[code]] = 1
    return matrix


def _sentiment(row: Mapping[str, str]) -> int:
    value = row.get("sentiment", "")
    return int(value) if value in {"1", "2", "3", "4", "5"} and row.get("boilerplate") != "1" else 0


def plain_wording(text: str) -> str:
    """The words of a text alone, by which two answers are the same wording."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def group_rows(respondents: Sequence[Hashable], texts: Sequence[str]) -> Ints:
    """Group number per row: rows of one respondent, or of one wording of four or more words, and
    whatever these join, share a number."""
    parent = list(range(len(texts)))
    first: dict[Hashable, int] = {}
    for row, (respondent, text) in enumerate(zip(respondents, texts, strict=True)):
        wording = plain_wording(text)
        keys: list[Hashable] = [("respondent", respondent)]
        if len(wording.split()) >= SAME_WORDING_FROM:
            keys.append(("wording", wording))
        for key in keys:
            parent[_root(parent, row)] = _root(parent, first.setdefault(key, row))
    return np.array([_root(parent, row) for row in range(len(texts))], dtype=np.int64)


def _root(parent: list[int], row: int) -> int:
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = parent[row]
    return row


def read_transfer(path: Path) -> TransferComments:
    """Read the older single-label file (`text, trust, question, label, subcategory, criticality`).

    Raises TrainingDataError when a needed column is missing.
    """
    rows = _rows(path)
    missing = {"text", "question", "label", "subcategory", "criticality", "trust"} - rows[0].keys()
    if missing:
        raise TrainingDataError(f"{path.name}: lacks the columns {', '.join(sorted(missing))}")
    source = _source(path, "transfer", len(rows))
    kinds: Mapping[str, str] = source.get("question_kinds", {})
    unlabelled = frozenset(source.get("criticality_zero_means_unlabelled", ()))
    tags, names = _tag_matrix(rows)
    return TransferComments(
        documents=[Document(r["text"], kinds.get(r["question"], QUESTION_KINDS[2])) for r in rows],
        tags=tags,
        tag_names=names,
        criticality=np.array([_criticality(row, unlabelled) for row in rows]),
        source=source,
    )


def apart_from(transfer: TransferComments, comments: LabelledComments) -> TransferComments:
    """The older labelling without the wordings (four or more words) that `comments` hold too, so
    that no fold has seen a wording that it is measured on."""
    seen = {plain_wording(document.text) for document in comments.documents}
    held = [plain_wording(document.text) for document in transfer.documents]
    kept = np.array(
        [i for i, w in enumerate(held) if w not in seen or len(w.split()) < SAME_WORDING_FROM],
        dtype=np.int64,
    )
    return replace(
        transfer,
        documents=[transfer.documents[i] for i in kept],
        tags=transfer.tags[kept],
        criticality=transfer.criticality[kept],
    )


def _tag_matrix(rows: Sequence[Mapping[str, str]]) -> tuple[Ints, tuple[str, ...]]:
    per_row = [(row["label"], f"{row['label']}/{row['subcategory']}") for row in rows]
    names = sorted({name for pair in per_row for name in pair})
    index = {name: i for i, name in enumerate(names)}
    tags = np.zeros((len(rows), len(names)), dtype=np.int64)
    for row, pair in enumerate(per_row):
        for name in pair:
            tags[row, index[name]] = 1
    frequent = tags.sum(axis=0) >= 10
    return tags[:, frequent], tuple(n for n, keep in zip(names, frequent, strict=True) if keep)


def _criticality(row: Mapping[str, str], unlabelled: frozenset[str]) -> float:
    value = float(row["criticality"] or "nan")
    return float("nan") if value == 0 and row["trust"] in unlabelled else value


def _source(path: Path, part: str, rows: int) -> dict[str, Any]:
    """What the card says of a file; more where the folder's sources.json knows it."""
    found: dict[str, Any] = {"file": path.name, "rows": rows, "sha256": _sha256(path)}
    listed = path.with_name(SOURCES)
    if listed.exists():
        content = json.loads(listed.read_text(encoding="utf-8"))
        if content.get(part, {}).get("file") == path.name:
            shared = {key: content[key] for key in ("publisher", "licence", "attribution")}
            found = {**content[part], **shared, **found}
    return found


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
