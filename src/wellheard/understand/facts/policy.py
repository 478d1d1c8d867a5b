"""From which size on facts are files, and what the engine may take: versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "store-2026-11.json"


@dataclass(frozen=True, slots=True)
class StorePolicy:
    """``most_responses_in_rows``: an organisation with more is counted from files."""

    version: str
    most_responses_in_rows: int
    most_engine_megabytes: int
    engine_threads: int


@cache
def store_policy() -> StorePolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return StorePolicy(
        page["version"],
        page["most_responses_in_rows"],
        page["most_engine_megabytes"],
        page["engine_threads"],
    )
