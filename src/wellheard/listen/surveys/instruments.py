"""The instruments in force: those that are shipped, and the versions an organisation approved."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from wellheard.listen.surveys.changes import changed_items
from wellheard.listen.surveys.models import InstrumentProposal
from wellheard.listen.surveys.official import official_definitions
from wellheard.listen.surveys.rules import Instrument, Item, read_instrument

__all__ = [
    "Instrument",
    "Item",
    "Mark",
    "NoInstrumentError",
    "definition",
    "instrument",
    "official_instruments",
    "shipped",
    "shipped_definitions",
    "version_marks",
    "versions",
]

_FILE = re.compile(r"([a-z][a-z0-9_]*)-(\d+)\.json")


class NoInstrumentError(LookupError):
    """There is no instrument of this code, or not in this version."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a trend of an item must show that the question changed."""

    version: int
    effective_from: str
    change: str


@cache
def shipped() -> Mapping[tuple[str, int], Instrument]:
    """Every instrument that comes with the product, by (code, version)."""
    return {key: read_instrument(data) for key, data in shipped_definitions().items()}


@cache
def official_instruments() -> Mapping[str, Instrument]:
    """The official questionnaires, by code."""
    return {code: shipped()[code, version] for code, version in official_definitions()}


def instrument(
    code: str, version: int | None = None, *, organisation_id: int | None = None
) -> Instrument:
    """The instrument; without ``version`` the newest in force. Raises NoInstrumentError.

    With ``organisation_id`` the versions which that organisation approved count too.
    """
    known = versions(code, organisation_id=organisation_id)
    wanted = version if version is not None else max(known, default=0)
    if wanted not in known:
        raise NoInstrumentError(f"{code} {'' if version is None else version}".strip())
    return known[wanted]


def versions(code: str, *, organisation_id: int | None = None) -> Mapping[int, Instrument]:
    """Every version in force or once in force, oldest first."""
    known = {v: each for (c, v), each in shipped().items() if c == code}
    if organisation_id is not None:
        known |= _approved(code, organisation_id)
    return dict(sorted(known.items()))


def codes(organisation_id: int) -> list[str]:
    """The instruments an organisation can ask with."""
    own = InstrumentProposal.objects.filter(
        organisation_id=organisation_id, decision__approved=True
    )
    return sorted({code for code, _ in shipped()} | set(own.values_list("code", flat=True)))


def definition(code: str, version: int, *, organisation_id: int) -> dict[str, Any]:
    """The definition as data, to be changed into the next version. Raises NoInstrumentError."""
    if (code, version) in shipped_definitions():
        return shipped_definitions()[code, version]
    own = InstrumentProposal.objects.filter(
        organisation_id=organisation_id, code=code, version=version, decision__approved=True
    ).first()
    if own is None:
        raise NoInstrumentError(f"{code} {version}")
    data: dict[str, Any] = own.definition
    return data


def version_marks(code: str, item: str, *, organisation_id: int) -> list[Mark]:
    """Where a trend of this item must be marked: each version that asks it in another way.

    ``item``: its code, or a column its answers are counted under ("helped_1").
    """
    known = list(versions(code, organisation_id=organisation_id).values())
    codes = {each.code for one in known for each in one.items if item in (each.code, *each.columns)}
    return [
        Mark(after.version, after.effective_from, after.change)
        for before, after in pairwise(known)
        if codes & changed_items(before, after)
    ]


def _approved(code: str, organisation_id: int) -> dict[int, Instrument]:
    rows = InstrumentProposal.objects.filter(
        organisation_id=organisation_id, code=code, decision__approved=True
    )
    return {
        version: _read_own(pk, json.dumps(data))
        for pk, version, data in rows.values_list("pk", "version", "definition")
    }


@lru_cache(maxsize=256)
def _read_own(proposal_id: int, data: str) -> Instrument:
    return read_instrument(json.loads(data))


@cache
def shipped_definitions() -> Mapping[tuple[str, int], dict[str, Any]]:
    """The same as data, to be copied before it is changed."""
    found = dict(official_definitions())
    for entry in files(__package__).joinpath("data").iterdir():
        if _FILE.fullmatch(entry.name):
            data = json.loads(entry.read_text(encoding="utf-8"))
            if entry.name != f"{data['code']}-{data['version']}.json":
                raise NoInstrumentError(f"{entry.name} holds {data['code']} {data['version']}")
            found[data["code"], data["version"]] = data
    return found
