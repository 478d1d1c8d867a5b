"""Whom to ask after a case, when, and with what, from versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.channels.outbox.wording import Wording, load_wording


@dataclass(frozen=True, slots=True)
class AfterClosing:
    """The rule in force. ``not_after``: ways a case ends after which nobody is asked."""

    version: str
    instrument: str
    wait: timedelta
    kinds: frozenset[str]
    not_after: frozenset[str]
    shown_from: int


@cache
def after_closing() -> AfterClosing:
    """The rule in force."""
    text = files(__package__).joinpath("data", "after-closing-2026-11.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return AfterClosing(
        version=data["version"],
        instrument=data["instrument"],
        wait=timedelta(days=data["wait_days"]),
        kinds=frozenset(data["kinds"]),
        not_after=frozenset(data["not_after"]),
        shown_from=int(data["shown_from"]),
    )


@cache
def wording() -> Wording:
    """What the message with the link says."""
    return load_wording(files(__package__) / "wordings", "after_complaint")
