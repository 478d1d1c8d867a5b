"""What is compared, over how long, and when a group counts as unheard: versioned data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "equity-2026-11.json"


@dataclass(frozen=True, slots=True)
class EquityPolicy:
    """`quarters`: whole calendar quarters compared; `under_voice_below`: a representation ratio."""

    code: str
    version: str
    attributes: tuple[str, ...]
    quarters: int
    false_discovery_rate: float
    headline_measures: tuple[str, ...]
    under_voice_below: float

    @property
    def name(self) -> str:
        """Code and version, as printed beneath every table."""
        return f"{self.code} {self.version}"


@cache
def equity_policy() -> EquityPolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return EquityPolicy(
        code=page["code"],
        version=page["version"],
        attributes=tuple(page["attributes"]),
        quarters=page["quarters"],
        false_discovery_rate=page["false_discovery_rate"],
        headline_measures=tuple(page["headline_measures"]),
        under_voice_below=page["under_voice_below"],
    )
