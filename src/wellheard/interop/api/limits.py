"""How much the API gives at once, and how often: versioned data."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


@cache
def limits() -> dict[str, int]:
    """The limits in force, by name."""
    page = Path(__file__).with_name("limits-2026-11.json")
    found: dict[str, int] = json.loads(page.read_text("utf-8"))
    return found
