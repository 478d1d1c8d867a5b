"""What the access data says besides the matrix: roles, privileged ones, reasons to break glass."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """A role as it is shown. ``scoped``: it can be held for a place or site only."""

    code: str
    name: str
    scoped: bool
    privileged: bool


@dataclass(frozen=True, slots=True)
class GlassRules:
    """What breaking the glass needs and how long it lasts."""

    reasons: dict[str, str]
    lasts: timedelta
    review_within: timedelta
    least_words: int


@cache
def role_definitions() -> dict[str, RoleDefinition]:
    """Every role by code, in the order shown."""
    return {row["code"]: RoleDefinition(**row) for row in _read("roles-2026-11.json")["roles"]}


@cache
def glass_rules() -> GlassRules:
    """The rules of breaking the glass in force."""
    data = _read("break-glass-2026-11.json")
    return GlassRules(
        reasons={row["code"]: row["words"] for row in data["reasons"]},
        lasts=timedelta(minutes=data["lasts_minutes"]),
        review_within=timedelta(hours=data["review_within_hours"]),
        least_words=data["least_words"],
    )


@cache
def token_permissions() -> dict[str, str]:
    """What a program may be allowed, by permission, in words."""
    rows = _read("token-permissions-2026-11.json")["permissions"]
    return {row["code"]: row["words"] for row in rows}


def _read(name: str) -> Any:
    return json.loads(Path(__file__).with_name(name).read_text("utf-8"))
