"""How segments are made, judged and chosen: versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "segments-2026-11.json"


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a segment is scored on, 0 to 5; the weights sum to 1."""

    code: str
    title: str
    weight: float


@dataclass(frozen=True, slots=True)
class SegmentPolicy:
    """Thresholds; see the file for why each."""

    code: str
    version: str
    protected: tuple[str, ...]
    smallest_segment: int
    stable_from: float
    doubtful_from: float
    proxy_from: float
    bootstraps: int
    starts: int
    fewest_rows: int
    most_clusters: int
    quarters: int
    forecast_quarters: int
    history_quarters: int
    fewest_quarters: int
    round_n_to: int
    criteria: tuple[Criterion, ...]

    @property
    def name(self) -> str:
        """Code and version, as printed beneath the page."""
        return f"{self.code} {self.version}"


@cache
def segment_policy() -> SegmentPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    plain = {name: page[name] for name in SegmentPolicy.__slots__ if name in page}
    criteria = tuple(Criterion(**each) for each in page["criteria"])
    return SegmentPolicy(**{**plain, "protected": tuple(page["protected"]), "criteria": criteria})
