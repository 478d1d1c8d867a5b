"""Changes to an instrument's definition, pure: each gives a whole new version, or refuses."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from wellheard.listen.surveys.logic import InstrumentError
from wellheard.listen.surveys.rules import CHOOSING, Instrument, Item, read_instrument

Definition = Mapping[str, Any]


def reworded(definition: Definition, item: str, words: Mapping[str, str]) -> dict[str, Any]:
    """The definition with an item asked in other words, in every language it has."""
    changed = copy.deepcopy(dict(definition))
    found = _item(changed, item)
    missing = [language for language in changed["title"] if not words.get(language, "").strip()]
    if missing:
        raise InstrumentError(f"item {item}: no words in {', '.join(missing)}")
    found["text"] = {language: words[language].strip() for language in changed["title"]}
    return changed


def without(definition: Definition, item: str) -> dict[str, Any]:
    """The definition without an item. Refuses when another item depends on it."""
    changed = copy.deepcopy(dict(definition))
    changed["items"].remove(_item(changed, item))
    if not changed["items"]:
        raise InstrumentError("an instrument asks at least one question")
    return changed


def with_item(
    definition: Definition, *, code: str, scale: str, words: Mapping[str, str], after: str = ""
) -> dict[str, Any]:
    """The definition with a further item behind ``after`` (at the end of the rated ones: "")."""
    changed = copy.deepcopy(dict(definition))
    if scale not in changed["scales"]:
        raise InstrumentError(f"there is no scale {scale}")
    top = max(choice["value"] for choice in changed["scales"][scale])
    new = {
        "code": code,
        "kind": "scale",
        "scale": scale,
        "direction": "higher",
        "top_box": [top],
        "text": {language: words.get(language, "").strip() for language in changed["title"]},
    }
    codes = [each["code"] for each in changed["items"]]
    place = codes.index(after) + 1 if after in codes else _end_of_rated(changed)
    changed["items"].insert(place, new)
    return changed


def next_version(definition: Definition, *, effective_from: str, change: str) -> dict[str, Any]:
    """A changed definition as the next version, checked. Raises InstrumentError."""
    renewed = copy.deepcopy(dict(definition))
    renewed["version"] += 1
    renewed["effective_from"] = effective_from
    renewed["change"] = change
    read_instrument(renewed)
    return renewed


def changed_items(before: Instrument, after: Instrument) -> frozenset[str]:
    """Codes of items that a trend may not join across these versions without a mark.

    An item is another one when its words, its answers or the condition to ask it differ, or when
    only one of the versions has it.
    """
    old, new = ({item.code: item for item in each.items} for each in (before, after))
    same = {code for code in old.keys() & new.keys() if _asks_the_same(old[code], new[code])}
    return frozenset(old.keys() | new.keys()) - same


def _asks_the_same(one: Item, other: Item) -> bool:
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("kind", "text", "scale", "rows", "ask_if", "not_applicable")
    )


def _item(definition: dict[str, Any], code: str) -> dict[str, Any]:
    for row in definition["items"]:
        if row["code"] == code:
            found: dict[str, Any] = row
            return found
    raise InstrumentError(f"there is no item {code}")


def _end_of_rated(definition: dict[str, Any]) -> int:
    kinds = [each["kind"] for each in definition["items"]]
    return max((n + 1 for n, kind in enumerate(kinds) if kind in CHOOSING), default=0)
