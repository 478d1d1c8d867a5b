"""How a quarter is scanned: versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class ScanPolicy:
    """``same_topic``: the part of their words two topics share to be one; ``kept_comments``: how
    many of its comments a find remembers, ``quotes``: how many are shown."""

    code: str
    version: str
    quarters_before: int
    most_chance: float
    false_discovery: float
    most_topics: int
    quotes: int
    kept_comments: int
    same_topic: float

    @property
    def name(self) -> str:
        """Code and version, as printed beneath every scan."""
        return f"{self.code} {self.version}"


@cache
def scan_policy() -> ScanPolicy:
    """The policy in force."""
    page = json.loads((_DATA / "scan-2026-11.json").read_text("utf-8"))
    return ScanPolicy(**{name: page[name] for name in ScanPolicy.__slots__})


@dataclass(frozen=True, slots=True)
class ToolLexicon:
    """Phrases of tools by code and language, and phrases of asking by language."""

    tools: dict[str, dict[str, list[str]]]
    asking: dict[str, list[str]]


@cache
def tool_lexicon() -> ToolLexicon:
    """The words in force."""
    page = json.loads((_DATA / "tools-2026-11.json").read_text("utf-8"))
    return ToolLexicon(page["tools"], page["asking"])
