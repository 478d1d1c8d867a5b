"""Pure: what is in a pack, how it is written down, and what may stand beside what."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

FORMAT = "wellheard-peer-pack"
FORMAT_VERSION = 1
LARGEST_PACK = 2_000_000
WHOLE = "all"
_LONGEST_NAME = 200
_MOST_FIGURES = 5_000


class PackRefusedError(ValueError):
    """A pack that is not taken; the message says what is wrong with it and what to do."""


@dataclass(frozen=True, slots=True)
class PeerFigure:
    """One measure of one kind of place (``scope``: "all", "ward", "clinic" ...) over the period.

    ``definition`` is a digest of how the measure is counted: only equal ones are compared. Shares
    and means are on 0-100, a promoter score on -100 to 100.
    """

    measure: str
    title: str
    definition: str
    statistic: str
    scope: str
    n: int
    estimate: float
    low: float
    high: float
    level: float
    method: str
    adjustment: str


@dataclass(frozen=True, slots=True)
class Pack:
    """What one organisation tells another: half-open period of whole quarters, and figures."""

    organisation: str
    made_on: date
    start_on: date
    stop_on: date
    minimum: int
    policy: str
    figures: tuple[PeerFigure, ...]


def definition_digest(item: str, statistic: str, best: Iterable[int], worst: Iterable[int],
                      scale: tuple[int, int]) -> str:  # fmt: skip
    """What must be equal for two figures to mean the same (16 hex digits)."""
    parts = [item, statistic, sorted(best), sorted(worst), list(scale)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def written(pack: Pack) -> bytes:
    """The pack as the bytes that are signed: JSON, keys in order, UTF-8, the same every time."""
    page = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        **asdict(pack),
        "made_on": pack.made_on.isoformat(),
        "start_on": pack.start_on.isoformat(),
        "stop_on": pack.stop_on.isoformat(),
    }
    text = json.dumps(page, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def pack_id(data: bytes) -> str:
    """By which a pack is known again (64 hex digits)."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Envelope:
    """A pack's bytes, who signed them, and the signature; nothing checked yet."""

    data: bytes
    key: str
    signature: str


def sealed_file(data: bytes, key: str, signature: str) -> bytes:
    """The file that is sent: the signed bytes as text, the public key, the signature."""
    page = {"pack": data.decode(), "key": key, "signature": signature}
    return json.dumps(page, ensure_ascii=False, indent=1).encode()


def read_file(raw: bytes) -> Envelope:
    """The parts of a file. Raises PackRefusedError."""
    if len(raw) > LARGEST_PACK:
        raise PackRefusedError("This file is too large for a peer pack.")
    try:
        page = json.loads(raw.decode("utf-8-sig"))
        parts = page["pack"], page["key"], page["signature"]
    except (ValueError, KeyError, TypeError, RecursionError):
        parts = (None, None, None)
    if not all(isinstance(part, str) and part for part in parts):
        raise PackRefusedError(
            "This is not a peer pack. Ask for the file that “Make a pack” gives, unchanged."
        )
    text, key, signature = parts
    return Envelope(text.encode(), key.lower(), signature)


def read_pack(data: bytes) -> Pack:
    """The pack of signed bytes, each field checked. Raises PackRefusedError."""
    try:
        page = json.loads(data)
        if page["format"] != FORMAT:
            raise PackRefusedError("This is not a peer pack.")
        if page["format_version"] != FORMAT_VERSION:
            raise PackRefusedError(
                f"This pack has format {page['format_version']!r}, this program reads "
                f"{FORMAT_VERSION}. Both should run the same version of Wellheard."
            )
        pack = Pack(
            organisation=_words(page["organisation"]),
            made_on=date.fromisoformat(page["made_on"]),
            start_on=date.fromisoformat(page["start_on"]),
            stop_on=date.fromisoformat(page["stop_on"]),
            minimum=int(page["minimum"]),
            policy=_words(page["policy"]),
            figures=tuple(_figure(row) for row in _rows(page["figures"])),
        )
    except PackRefusedError:
        raise
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PackRefusedError(f"The pack is damaged: {type(error).__name__} in {error}.") from None
    _check(pack)
    return pack


def _rows(rows: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(rows, list) or len(rows) > _MOST_FIGURES:
        raise PackRefusedError("The pack holds no list of figures, or far too many.")
    return rows


def _figure(row: Mapping[str, Any]) -> PeerFigure:
    figure = PeerFigure(
        measure=_words(row["measure"]),
        title=_words(row["title"]),
        definition=_words(row["definition"]),
        statistic=_words(row["statistic"]),
        scope=_words(row["scope"]),
        n=int(row["n"]),
        estimate=float(row["estimate"]),
        low=float(row["low"]),
        high=float(row["high"]),
        level=float(row["level"]),
        method=_words(row["method"]),
        adjustment=_words(row["adjustment"]),
    )
    numbers = (figure.estimate, figure.low, figure.high, figure.level)
    if not all(map(math.isfinite, numbers)):
        raise PackRefusedError(f"{figure.measure}: a figure is not a number.")
    if not -100 <= figure.low <= figure.estimate <= figure.high <= 100:
        raise PackRefusedError(f"{figure.measure}: the figure lies outside its interval or scale.")
    return figure


def _words(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_NAME:
        raise PackRefusedError("The pack is damaged: a name in it is empty or far too long.")
    return value


def _check(pack: Pack) -> None:
    if pack.stop_on <= pack.start_on:
        raise PackRefusedError("The pack's period ends before it begins.")
    small = [figure.measure for figure in pack.figures if figure.n < pack.minimum]
    if small:
        raise PackRefusedError(
            f"The pack holds a group of fewer than {pack.minimum} people ({small[0]}). "
            "It is not taken; tell whoever made it."
        )
    keys = [(figure.measure, figure.scope) for figure in pack.figures]
    if len(set(keys)) < len(keys):
        raise PackRefusedError("The pack gives the same figure twice.")


@dataclass(frozen=True, slots=True)
class Placed:
    """One peer's figure beside ours; ``refused``: why there is none ("absent", "definition")."""

    peer: str
    figure: PeerFigure | None
    refused: str = ""


def beside(own: PeerFigure, packs: Mapping[str, Pack]) -> list[Placed]:
    """The figure of each peer that may stand beside ours; all packs must be of our period."""
    return [_placed(own, name, pack) for name, pack in packs.items()]


def _placed(own: PeerFigure, name: str, pack: Pack) -> Placed:
    for figure in pack.figures:
        if (figure.measure, figure.scope) == (own.measure, own.scope):
            same = figure.definition == own.definition
            return Placed(name, figure) if same else Placed(name, None, "definition")
    return Placed(name, None, "absent")
