"""The house's rules for public voices, from versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_IN_FORCE = "public-2026-11.json"


@dataclass(frozen=True, slots=True)
class PublicPolicy:
    """Thresholds by what they are for; the file says where each comes from."""

    version: str
    match: dict[str, float]
    burst: dict[str, float]
    spam: dict[str, Any]
    listing: dict[str, float]
    gone: dict[str, float]
    pull: dict[str, int]


@cache
def public_policy() -> PublicPolicy:
    """The rules in force."""
    page = json.loads(files(__package__).joinpath("data", _IN_FORCE).read_text(encoding="utf-8"))
    names = ("version", "match", "burst", "spam", "listing", "gone", "pull")
    return PublicPolicy(**{name: page[name] for name in names})
