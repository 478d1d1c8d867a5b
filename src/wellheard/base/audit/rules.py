"""The arithmetic of the audit chain: h(n) = HMAC-SHA256(key, h(n-1) || canonical(row n))."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the trail as it is chained. ``at`` is ISO 8601 in UTC with microseconds."""

    organisation_id: int
    sequence: int
    at: str
    actor_kind: str
    actor_ref: str
    action: str
    object_kind: str
    object_id: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row at which the chain does not hold, and why."""

    sequence: int
    why: str


def canonical(entry: Entry) -> bytes:
    """One spelling for one row: sorted keys, no spaces, UTF-8."""
    fields = {name: getattr(entry, name) for name in Entry.__slots__}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(key: bytes, previous: str, entry: Entry) -> str:
    """The hash (64 hex digits) of ``entry`` after ``previous``."""
    return hmac.digest(key, previous.encode() + canonical(entry), "sha256").hex()


def first_broken(
    key: bytes, rows: Iterable[tuple[Entry, str]], *, head: tuple[int, str]
) -> Broken | None:
    """Walk ``rows`` (entry, stored hash) in order; ``head`` is the last sequence and hash."""
    previous, expected = FIRST, 1
    for entry, stored in rows:
        if entry.sequence != expected:
            return Broken(expected, f"row {expected} is missing (found {entry.sequence})")
        if not hmac.compare_digest(link(key, previous, entry), stored):
            return Broken(entry.sequence, "the row was altered, or a row before it was replaced")
        previous, expected = stored, expected + 1
    if head[0] != expected - 1:
        return Broken(expected, f"the end is cut off: {head[0]} rows were written")
    if head[1] != previous:
        return Broken(max(expected - 1, 1), "the chain's head does not match its last row")
    return None
