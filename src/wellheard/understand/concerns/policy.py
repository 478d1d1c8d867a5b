"""The rules in force, from versioned data."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from wellheard.understand.concerns.rules import ConcernRules, read_rules

FOLDER = Path(__file__).with_name("data")
IN_FORCE = "rules-2026-11.json"


@cache
def concern_rules() -> ConcernRules:
    """The rules in force."""
    return read_rules(json.loads((FOLDER / IN_FORCE).read_text("utf-8")))
