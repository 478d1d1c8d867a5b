"""What the area served is, and what a cell that is not published may hold: versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "share-2026-11.json"


@dataclass(frozen=True, slots=True)
class SharePolicy:
    """``part`` of our cases makes the primary service area; ``hidden_*``: cases in a cell that is
    not published; at most so many ``years``, ``rivals`` and ``areas`` are listed; ``quarters`` of
    referrals are compared with as many before."""

    code: str
    version: str
    part: float
    hidden_least: int
    hidden_most: int
    years: int
    rivals: int
    areas: int
    quarters: int
    false_discovery_rate: float

    @property
    def name(self) -> str:
        """Code and version, as printed beneath every table."""
        return f"{self.code} {self.version}"


@cache
def share_policy() -> SharePolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return SharePolicy(**{name: page[name] for name in SharePolicy.__slots__})
