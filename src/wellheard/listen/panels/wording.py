"""Reasons people choose by, and the words of an answer to advice, from versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

TEMPLATE = "panel_advice"


@dataclass(frozen=True, slots=True)
class Reasons:
    """Code to words, for and against choosing us."""

    version: str
    why_us: dict[str, str]
    why_not: dict[str, str]

    def all(self) -> dict[str, str]:
        """Every reason as "for:near" or "not:far"."""
        return {f"for:{code}": words for code, words in self.why_us.items()} | {
            f"not:{code}": words for code, words in self.why_not.items()
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What a member is told."""

    version: int
    subject: str
    body: str
    short: str


@cache
def reasons() -> Reasons:
    """Those in force."""
    page = _page("choice-reasons-2026-11.json")
    return Reasons(page["version"], page["why_us"], page["why_not"])


def answer(language: str, outcome: str, **parts: str) -> Answer:
    """The answer in a member's language, English where we do not speak it."""
    page = _page("told-2026-11.json")
    words = page["languages"].get(language) or page["languages"]["en"]
    return Answer(
        page["version"], words["subject"], words[outcome].format(**parts),
        words["short"].format(**parts),
    )  # fmt: skip


@cache
def _page(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
