"""Questionnaires as versioned data: items, answer scales, measures, and where each comes from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.measures.errors import OutOfRange, UnknownName


@dataclass(frozen=True, slots=True)
class Scale:
    """Ordered answers, coded `first`..`last`; boxes hold codes and are empty when unboxed."""

    code: str
    first: int
    last: int
    answers: tuple[str, ...]
    top: frozenset[int]
    middle: frozenset[int]
    bottom: frozenset[int]

    def __post_init__(self) -> None:
        boxed = sorted([*self.top, *self.middle, *self.bottom])
        if boxed and boxed != list(range(self.first, self.last + 1)):
            raise OutOfRange(self.code, "the boxes must hold every answer exactly once")


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `status` is "stated" (public source) or "unconfirmed"."""

    code: str
    text: str
    scale: Scale
    status: str
    role: str
    skips: dict[int, tuple[str, ...]]
    not_applicable: str | None


@dataclass(frozen=True, slots=True)
class Measure:
    """A reported measure: the mean of the scores of its items."""

    code: str
    name: str
    items: tuple[str, ...]
    starred: bool
    status: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire in force from `effective_from`, before `effective_before` if set.

    `summary_star` lists the groups of measure codes whose star averages are averaged again; it
    is empty where no Summary Star is defined.
    """

    code: str
    title: str
    source: str
    notes: str
    effective_from: date
    effective_before: date | None
    items: dict[str, Item]
    measures: dict[str, Measure]
    summary_star: tuple[tuple[str, ...], ...]

    def measure(self, code: str) -> Measure:
        """Return the measure `code`; raise UnknownName with those there are."""
        if code not in self.measures:
            raise UnknownName("measure", f"{self.code} has no {code!r}; it has {[*self.measures]}")
        return self.measures[code]

    def core_items(self) -> tuple[Item, ...]:
        """Return the questions that carry a measure's answers, without screeners and about-you."""
        return tuple(item for item in self.items.values() if item.role == "core")


@cache
def instrument(code: str) -> Instrument:
    """Return the shipped instrument `code`; raise UnknownName with those there are."""
    if code not in available_instruments():
        raise UnknownName(
            "instrument", f"none is called {code!r}; there are {list(available_instruments())}"
        )
    return read_instrument(_folder().joinpath(f"{code}.json").read_text("utf-8"))


def available_instruments() -> tuple[str, ...]:
    """Return the codes of the shipped instruments."""
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name[:-5] for name in names if name.endswith(".json")))


def hcahps_on(day: date) -> Instrument:
    """Return the HCAHPS questionnaire in force for a discharge on `day`."""
    for code in available_instruments():
        found = instrument(code)
        before = found.effective_before or date.max
        if code.startswith("hcahps") and found.effective_from <= day < before:
            return found
    raise UnknownName("day", f"no HCAHPS questionnaire is known for discharges on {day}")


def read_instrument(text: str) -> Instrument:
    """Read an instrument file; its layout is that of ``data/hcahps-29.json``."""
    page = json.loads(text)
    scales = {code: _scale(code, entry) for code, entry in page["scales"].items()}
    items = {entry["code"]: _item(entry, scales) for entry in page["items"]}
    measures = {entry["code"]: _measure(entry, items) for entry in page["measures"]}
    before = page["effective_before"]
    groups = tuple(tuple(group["average"]) for group in page.get("summary_star", ()))
    return Instrument(
        page["code"],
        page["title"],
        page["source"],
        page["notes"],
        date.fromisoformat(page["effective_from"]),
        None if before is None else date.fromisoformat(before),
        items,
        measures,
        groups,
    )


def _scale(code: str, entry: dict[str, Any]) -> Scale:
    answers = tuple(entry.get("answers", ()))
    boxes = (frozenset(entry.get(box, ())) for box in ("top", "middle", "bottom"))
    return Scale(code, entry.get("minimum", 1), entry.get("maximum", len(answers)), answers, *boxes)


def _item(entry: dict[str, Any], scales: dict[str, Scale]) -> Item:
    if entry["scale"] not in scales:
        raise UnknownName(entry["code"], f"uses the unknown scale {entry['scale']!r}")
    skips = {int(answer): tuple(codes) for answer, codes in entry.get("skips", {}).items()}
    return Item(
        entry["code"],
        entry["text"],
        scales[entry["scale"]],
        entry["status"],
        entry.get("role", "core"),
        skips,
        entry.get("not_applicable"),
    )


def _measure(entry: dict[str, Any], items: dict[str, Item]) -> Measure:
    for code in entry["items"]:
        if code not in items:
            raise UnknownName(entry["code"], f"uses the unknown item {code!r}")
    return Measure(
        entry["code"], entry["name"], tuple(entry["items"]), entry["starred"], entry["status"]
    )


def _folder() -> Any:
    return files(__package__).joinpath("data")
