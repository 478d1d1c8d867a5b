"""Sizes of the search, from versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "search-2026-11.json"


@dataclass(frozen=True, slots=True)
class SearchPolicy:
    """``like_*``: among how many newest comments, by how many of the rarest words of a sample,
    how many of the best are compared letter by letter, shown, and from which likeness (0-1)."""

    on_a_page: int
    most_words: int
    words_kept_days: int
    indexed_at_once: int
    like_among: int
    like_sample: int
    like_words: int
    like_candidates: int
    like_shown: int
    like_at_least: float


@cache
def search_policy() -> SearchPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return SearchPolicy(**{name: page[name] for name in SearchPolicy.__slots__})
