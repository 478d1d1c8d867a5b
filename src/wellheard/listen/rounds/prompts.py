"""The questions asked on a round, from versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_IN_FORCE = "prompts-2026-11.json"


@dataclass(frozen=True, slots=True)
class Prompts:
    """``questions``: code to words, in the order they are asked."""

    version: str
    questions: dict[str, str]
    coverage_days: int


@cache
def prompts() -> Prompts:
    """Those in force."""
    page = json.loads(files(__package__).joinpath("data", _IN_FORCE).read_text(encoding="utf-8"))
    questions = {each["code"]: each["text"] for each in page["prompts"]}
    return Prompts(page["version"], questions, page["coverage_days"])
