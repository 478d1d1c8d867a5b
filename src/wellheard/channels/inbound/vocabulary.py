"""The dated lists this feature reads."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.channels.inbound.rules import Vocabulary


@cache
def reply_words() -> Vocabulary:
    """The words that stop, start and help."""
    page = _page("words-2026-11.json")
    return Vocabulary(page["words"], page["phrases"], frozenset(page["courtesy"]))


def answer_texts(word: str) -> dict[str, str]:
    """The answer to a word, by language."""
    answers: dict[str, dict[str, str]] = _page("answers-2026-11.json")["answers"]
    return answers[word]


@cache
def _page(name: str) -> Any:
    return json.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
