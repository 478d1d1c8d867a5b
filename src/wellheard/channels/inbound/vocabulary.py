"""The dated lists this feature reads."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.channels.inbound.rules import Vocabulary
from wellheard.channels.outbox.wording import Wording, load_wording


@cache
def reply_words() -> Vocabulary:
    """The words that stop, start and help."""
    page = _page("words-2026-11.json")
    return Vocabulary(page["words"], page["phrases"], frozenset(page["courtesy"]))


@cache
def answer_to(word: str) -> Wording:
    """What we answer to stop, start and help."""
    code = {"stop": "stopped", "start": "started", "help": "help"}[word]
    return load_wording(files(__package__).joinpath("wordings"), code)


@cache
def _page(name: str) -> Any:
    return json.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
