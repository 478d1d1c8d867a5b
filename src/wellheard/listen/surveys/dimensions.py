"""What a question can be about: the one list of dimensions, as versioned data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def dimensions() -> Mapping[str, str]:
    """Code to title, in their order."""
    text = files(__package__).joinpath("dimensions-2026-11.json").read_text(encoding="utf-8")
    found: Mapping[str, str] = json.loads(text)["dimensions"]
    return found
