"""The core items asked alike at every touchpoint, and when touchpoints count as even."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "core-2026-11.json"


@dataclass(frozen=True, slots=True)
class CoreItem:
    """One question asked in the same words everywhere; ``item`` as the facts name it."""

    code: str
    item: str
    scale: tuple[int, int]

    def stretched(self, answer: int) -> float:
        """An answer on 0 to 100."""
        low, high = self.scale
        return 100 * (answer - low) / (high - low)


@dataclass(frozen=True, slots=True)
class CorePolicy:
    """``even_within``: points between touchpoints that still count as even."""

    name: str
    months: int
    even_within: float
    false_discovery_rate: float
    items: tuple[CoreItem, ...]


@cache
def core_policy() -> CorePolicy:
    """The policy in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return CorePolicy(
        name=f"{page['code']} {page['version']}",
        months=page["months"],
        even_within=page["even_within"],
        false_discovery_rate=page["false_discovery_rate"],
        items=tuple(
            CoreItem(each["code"], each["item"], (each["scale"][0], each["scale"][1]))
            for each in page["items"]
        ),
    )
