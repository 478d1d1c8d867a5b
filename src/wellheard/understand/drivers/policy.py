"""How drivers are found: versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "drivers-2026-11.json"


@dataclass(frozen=True, slots=True)
class DriverPolicy:
    """`performance_line` on 0-100; `shapley_up_to` drivers, relative weights beyond."""

    code: str
    version: str
    outcomes: tuple[str, ...]
    quarters: int
    draws: int
    shapley_up_to: int
    performance_line: float
    round_n_to: int

    @property
    def name(self) -> str:
        """Code and version, as printed beneath the page."""
        return f"{self.code} {self.version}"


@cache
def driver_policy() -> DriverPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return DriverPolicy(
        code=page["code"],
        version=page["version"],
        outcomes=tuple(page["outcomes"]),
        quarters=page["quarters"],
        draws=page["draws"],
        shapley_up_to=page["shapley_up_to"],
        performance_line=page["performance_line"],
        round_n_to=page["round_n_to"],
    )
