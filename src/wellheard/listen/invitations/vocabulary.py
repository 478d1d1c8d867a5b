"""How long a survey is open, from versioned data."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.channels.outbox.wording import Wording, load_wording


@cache
def _field() -> dict[str, Any]:
    text = files(__package__).joinpath("data", "field-2026-11.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def field_days() -> int:
    """For how many days a link can be answered."""
    return int(_field()["field_days"])


def grace() -> timedelta:
    """How long after its time a survey that was begun can still be finished."""
    return timedelta(hours=_field()["grace_hours"])


@cache
def link_wording() -> Wording:
    """What the message says by which somebody sends themselves the link to go on."""
    return load_wording(files(__package__) / "wordings", "survey_link")


def mixed_from() -> int:
    """Together with how many others, itself counted, anonymous answers are let go."""
    return int(_field()["mixed_from"])


def partial_counts_from() -> int:
    """With how many rated answers an unfinished survey is kept when its time is over."""
    return int(_field()["partial_counts_from"])
