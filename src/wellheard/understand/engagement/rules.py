"""Pure: what an index is made of, and its value from its components."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from wellheard.measures.intervals import normal_quantile, wilson
from wellheard.understand.facts.slices import Counts

_FILE = Path(__file__).with_name("data") / "indices-2026-11.json"
Kind = Literal["item", "retention", "rated", "mood"]
LEVEL = 0.95


class IndexDefinitionError(ValueError):
    """A definition that contradicts itself; the message says which part."""


@dataclass(frozen=True, slots=True)
class Component:
    """One part of an index. ``item`` and ``scale`` for answers; ``months``, ``visits`` for
    retention; ``sources`` for rated comments."""

    code: str
    title: str
    definition: str
    kind: Kind
    weight: float
    item: str = ""
    scale: tuple[int, int] = (0, 1)
    months: int = 0
    visits: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Index:
    """A composite with declared weights, which sum to 1."""

    code: str
    title: str
    definition: str
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class IndexPolicy:
    """All indices of one version of the data."""

    code: str
    version: str
    quarters: int
    least_weight: float
    indices: Mapping[str, Index]

    @property
    def name(self) -> str:
        """Code and version, as printed beneath the page."""
        return f"{self.code} {self.version}"


@cache
def index_policy() -> IndexPolicy:
    """The indices in force."""
    return read_policy(json.loads(_FILE.read_text("utf-8")))


def read_policy(page: Mapping[str, Any]) -> IndexPolicy:
    """Indices of a definition file. Raises IndexDefinitionError."""
    indices = {row["code"]: _index(row) for row in page["indices"]}
    return IndexPolicy(
        page["code"], page["version"], page["quarters"], page["least_weight"], indices
    )


def _index(row: Mapping[str, Any]) -> Index:
    parts = tuple(
        Component(
            code=part["code"],
            title=part["title"],
            definition=part["definition"],
            kind=part["kind"],
            weight=part["weight"],
            item=part.get("item", ""),
            scale=tuple(part.get("scale", (0, 1))),
            months=part.get("months", 0),
            visits=tuple(part.get("visits", ())),
            sources=tuple(part.get("sources", ())),
        )
        for part in row["components"]
    )
    if any(part.weight <= 0 for part in parts):
        raise IndexDefinitionError(f"{row['code']}: every weight must be above 0")
    if not math.isclose(sum(part.weight for part in parts), 1.0):
        raise IndexDefinitionError(f"{row['code']}: the weights must sum to 1")
    if len({part.code for part in parts}) < len(parts):
        raise IndexDefinitionError(f"{row['code']}: a component is named twice")
    return Index(row["code"], row["title"], row["definition"], parts)


@dataclass(frozen=True, slots=True)
class Part:
    """A component's value on 0-100 with its interval; ``estimate`` None: no data, or too few."""

    component: Component
    n: int = 0
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class IndexValue:
    """An index with its parts. ``covered``: the weight that has data."""

    index: Index
    parts: tuple[Part, ...]
    covered: float
    estimate: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def missing(self) -> tuple[Component, ...]:
        return tuple(part.component for part in self.parts if part.estimate is None)


def value_of(index: Index, parts: Iterable[Part], *, least_weight: float) -> IndexValue:
    """The weighted mean of the parts that have data, their weights scaled up to 1.

    None when less than `least_weight` has data. The interval's half-widths add with the same
    weights: right when all parts err together, too wide otherwise, never too narrow.
    """
    parts = tuple(parts)
    there = [part for part in parts if part.estimate is not None]
    covered = math.fsum(part.component.weight for part in there)
    if not there or covered < least_weight - 1e-9:
        return IndexValue(index, parts, covered)

    def weighted(values: Sequence[float | None]) -> float:
        pairs = zip(there, values, strict=True)
        return math.fsum(p.component.weight * (v or 0.0) for p, v in pairs) / covered

    return IndexValue(
        index,
        parts,
        covered,
        weighted([part.estimate for part in there]),
        weighted([part.low for part in there]),
        weighted([part.high for part in there]),
    )


def item_part(component: Component, counts: Counts) -> Part:
    """The mean answer stretched to 0-100, normal interval; nothing below two answers."""
    low, high = component.scale
    return mean_part(component, {100 * (v - low) / (high - low): n for v, n in counts})


def mean_part(component: Component, points: Mapping[float, int]) -> Part:
    """The mean of points on 0-100 (value to how often), normal interval."""
    n = sum(points.values())
    if n < 2:
        return Part(component)
    mean = math.fsum(value * times for value, times in points.items()) / n
    squares = math.fsum((value - mean) ** 2 * times for value, times in points.items())
    half = normal_quantile(LEVEL) * math.sqrt(squares / (n - 1) / n)
    low, high = max(0.0, mean - half), min(100.0, mean + half)
    return Part(component, n, mean, low, high, "mean, normal interval")


def share_part(component: Component, count: int, n: int) -> Part:
    """A share in percent with its Wilson interval; nothing for nobody."""
    if n == 0:
        return Part(component)
    share = wilson(count, n, level=LEVEL)
    return Part(
        component, n, 100 * share.estimate, 100 * share.low, 100 * share.high, "Wilson interval"
    )


@dataclass(frozen=True, slots=True)
class Change:
    """An index now against the same length of time before; ``low`` to ``high`` at 95 %."""

    difference: float
    low: float
    high: float

    @property
    def verdict(self) -> Literal["better", "worse", "cannot_tell"]:
        return "better" if self.low > 0 else "worse" if self.high < 0 else "cannot_tell"


def change_of(now: IndexValue, before: IndexValue) -> Change | None:
    """How far an index moved; None unless both stand on the same parts."""
    if now.estimate is None or before.estimate is None or now.missing != before.missing:
        return None
    half = math.hypot(_half(now), _half(before))
    difference = now.estimate - before.estimate
    return Change(difference, difference - half, difference + half)


def _half(value: IndexValue) -> float:
    return ((value.high or 0.0) - (value.low or 0.0)) / 2
