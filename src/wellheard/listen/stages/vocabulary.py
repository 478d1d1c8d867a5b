"""The stages and where each way of listening belongs, from versioned data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class StageModel:
    """The stages in their order; where things belong; after how many days a point is quiet, and
    for how many one is remembered that only its voices show."""

    version: str
    quiet_days: int
    known_days: int
    stages: tuple[str, ...]
    places: Mapping[str, str]
    sources: Mapping[str, str]
    panels: Mapping[str, str]
    interviews: str
    instruments: Mapping[str, str]


@cache
def stage_model() -> StageModel:
    """The model in force."""
    text = files(__package__).joinpath("data", "stages-2026-11.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    names = set(StageModel.__dataclass_fields__)
    kept = {name: value for name, value in data.items() if name in names}
    return StageModel(**(kept | {"stages": tuple(data["stages"])}))
