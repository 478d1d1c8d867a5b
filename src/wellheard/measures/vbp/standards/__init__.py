"""Performance standards of each fiscal year, as published; read from the JSON files here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from wellheard.measures.errors import OutOfRange, UnknownName


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension's standards, in per cent of patients."""

    name: str
    floor: Decimal
    threshold: Decimal
    benchmark: Decimal

    def __post_init__(self) -> None:
        if not self.floor < self.threshold < self.benchmark:
            raise OutOfRange(self.name, "needs floor < threshold < benchmark")


@dataclass(frozen=True, slots=True)
class Standards:
    """A fiscal year: its dimensions, the domain's weight and where the figures come from."""

    name: str
    title: str
    source: str
    effective_from: str
    minimum_completes: int
    domain_weight: Decimal
    dimensions: tuple[Dimension, ...]


@cache
def standards(name: str) -> Standards:
    """Return the standards called `name` ("fy2024"); raise UnknownName with those there are."""
    known = available()
    if name not in known:
        raise UnknownName("standards", f"none are called {name!r}; there are {list(known)}")
    return read_standards(files(__package__).joinpath(f"{name}.json").read_text("utf-8"))


def available() -> tuple[str, ...]:
    """Return the names of the standards that ship with the library, oldest first."""
    names = (entry.name for entry in files(__package__).iterdir())
    return tuple(sorted(name[:-5] for name in names if name.endswith(".json")))


def read_standards(text: str) -> Standards:
    """Read a standards file; its layout is that of ``fy2024.json``."""
    page = json.loads(text)
    return Standards(
        page["name"],
        page["title"],
        page["source"],
        page["effective_from"],
        page["minimum_completes"],
        Decimal(page["domain_weight"]),
        tuple(
            Dimension(
                entry["name"],
                Decimal(entry["floor"]),
                Decimal(entry["threshold"]),
                Decimal(entry["benchmark"]),
            )
            for entry in page["dimensions"]
        ),
    )
