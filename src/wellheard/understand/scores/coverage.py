"""Which dimension each question covers, and who can act on its answer by what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.responses.models import Response
from wellheard.listen.surveys.dimensions import dimensions
from wellheard.listen.surveys.instruments import codes, instrument
from wellheard.listen.surveys.rules import CHOOSING, Item
from wellheard.understand.scores.models import ItemLever

_FILE = Path(__file__).with_name("data") / "levers-2026-11.json"
_WORDS = ("process", "owner", "lever")


class LeverError(ValueError):
    """What was given cannot be kept; the message says which part."""


@dataclass(frozen=True, slots=True)
class Lever:
    """A question's chain from answer to act: dimension, process, owner, lever; "" is missing."""

    item: str
    text: str
    dimension: str = ""
    process: str = ""
    owner: str = ""
    lever: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Which links of the chain are missing."""
        return tuple(name for name in ("dimension", *_WORDS) if not getattr(self, name))


@dataclass(frozen=True, slots=True)
class DimensionModel:
    """The dimensions in their order, and what is shipped about our own questions."""

    code: str
    version: str
    dimensions: Mapping[str, str]
    items: Mapping[str, Mapping[str, str]]

    @property
    def name(self) -> str:
        """Code and version, as printed beneath the page."""
        return f"{self.code} {self.version}"


@cache
def dimension_model() -> DimensionModel:
    """The model in force."""
    page = json.loads(_FILE.read_text("utf-8"))
    return DimensionModel(page["code"], page["version"], dimensions(), page["items"])


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every question under its dimension; dimensions without a question are empty, not absent.

    ``flagged``: questions whose chain has a missing link.
    """

    by_dimension: Mapping[str, tuple[Lever, ...]]
    unplaced: tuple[Lever, ...]
    flagged: tuple[Lever, ...]

    @property
    def uncovered(self) -> tuple[str, ...]:
        return tuple(code for code, levers in self.by_dimension.items() if not levers)


def coverage_of(levers: list[Lever], dimensions: Mapping[str, str]) -> Coverage:
    """Sort questions into their dimensions and flag those nobody can act on. Pure."""
    return Coverage(
        {code: tuple(e for e in levers if e.dimension == code) for code in dimensions},
        tuple(each for each in levers if each.dimension not in dimensions),
        tuple(each for each in levers if each.missing),
    )


def coverage(organisation_id: int) -> Coverage:
    """The coverage of everything the organisation can ask."""
    return coverage_of(levers_of(organisation_id), dimension_model().dimensions)


def levers_of(organisation_id: int) -> list[Lever]:
    """Every closed question that is asked here, with its chain.

    Asked is what has been answered, and what the shipped model knows (our own instruments);
    questionnaires that merely could be chosen are not held against anybody.
    """
    own = {row.item: row for row in ItemLever.objects.filter(organisation_id=organisation_id)}
    found = []
    for code in _asked(organisation_id):
        for item in instrument(code, organisation_id=organisation_id).items:
            if item.kind in CHOOSING:
                name = f"{code}.{item.code}"
                found.append(_lever(name, item, own.get(name)))
    return found


def _asked(organisation_id: int) -> list[str]:
    answered = Response.objects.filter(organisation_id=organisation_id)
    used = set(answered.order_by().values_list("instrument", flat=True).distinct())
    used |= {item.partition(".")[0] for item in dimension_model().items}
    return [code for code in codes(organisation_id) if code in used]


def _lever(name: str, item: Item, own: ItemLever | None) -> Lever:
    """What the organisation said, else what the instrument says, else what is shipped."""
    said: ItemLever | Item = own or item
    given = {part: getattr(said, part) for part in ("dimension", *_WORDS)}
    shipped = dimension_model().items.get(name, {})
    text = item.text.get("en", item.code)
    return Lever(name, text, **(given if any(given.values()) else shipped))


def set_lever(lever: Lever, *, by: Actor, at: datetime) -> ItemLever:
    """Say who acts on a question by what. Raises LeverError."""
    if lever.dimension not in dimension_model().dimensions:
        raise LeverError("dimension: choose one of the list")
    if lever.item not in {each.item for each in levers_of(by.organisation_id)}:
        raise LeverError("item: is not asked here")
    given = {name: getattr(lever, name).strip() for name in _WORDS}
    if not all(given.values()):
        raise LeverError("process, owner and lever: all three are needed")
    with acting(by, at=at) as trail:
        row, _ = ItemLever.objects.update_or_create(
            organisation_id=by.organisation_id,
            item=lever.item,
            defaults={
                **given, "dimension": lever.dimension, "noted_by": by.ref, "noted_at": at
            },
        )  # fmt: skip
        trail.write("item_lever_set", row, item=lever.item)
    return row
