"""The policy in force: versioned data, so that a threshold never hides in code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("policies")
IN_FORCE = "cells-2026-11"


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds in numbers of people. `minimum_group`: the smallest group that may be shown."""

    code: str
    version: str
    effective_from: str
    source: str
    minimum_group: int
    low_below: int
    segments: frozenset[str]
    segment_levels: frozenset[str]

    @property
    def name(self) -> str:
        """Code and version, as printed beneath every table."""
        return f"{self.code} {self.version}"


@cache
def load_policy(name: str = IN_FORCE) -> Policy:
    """Read a shipped policy; FileNotFoundError for a name that is not shipped."""
    page = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return Policy(
        code=page["code"],
        version=page["version"],
        effective_from=page["effective_from"],
        source=page["source"],
        minimum_group=page["minimum_group"],
        low_below=page["low_below"],
        segments=frozenset(page["segments"]),
        segment_levels=frozenset(page["segment_levels"]),
    )
