"""The house's rules for taking in comments, from versioned data."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from wellheard.listen.intake.rules.triage import Policy

_IN_FORCE = "triage-2026-11.json"


@cache
def policy() -> Policy:
    """The rules in force."""
    text = files(__package__).joinpath("data", _IN_FORCE).read_text(encoding="utf-8")
    return Policy.read(json.loads(text))
