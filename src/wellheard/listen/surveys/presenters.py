"""The item bank in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from wellheard.listen.surveys.changes import changed_items
from wellheard.listen.surveys.logic import Group, Logic
from wellheard.listen.surveys.rules import Instrument, Item


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item as the item bank shows it."""

    item: Item
    text: str
    answers: str
    best: str
    condition: str
    others: tuple[tuple[str, str], ...]


def item_lines(instrument: Instrument, language: str) -> list[ItemLine]:
    """The items, in the reader's language, with their other languages beside."""
    return [_line(item, language) for item in instrument.items]


def version_lines(known: Mapping[int, Instrument], url: str) -> list[dict[str, object]]:
    """Every version, newest first, with what it changed."""
    ordered = list(known.values())
    lines = []
    for position, each in enumerate(ordered):
        changed = changed_items(ordered[position - 1], each) if position else frozenset()
        lines.append(
            {
                "version": each.version,
                "since": each.effective_from,
                "change": each.change,
                "items": ", ".join(sorted(changed)),
                "url": f"{url}?version={each.version}",
            }
        )
    return lines[::-1]


def official_words() -> str:
    """Why official surveys are not touched."""
    return _(
        "Official surveys are asked as their source has them: whole, in order, in its words. "
        "Changed or mixed with other questions, their results could not be compared with anybody's."
    )


def _line(item: Item, language: str) -> ItemLine:
    return ItemLine(
        item=item,
        text=item.text.get(language) or next(iter(item.text.values()), ""),
        answers=_answers(item, language),
        best=", ".join(str(value) for value in sorted(item.top_box)),
        condition=_condition(item),
        others=tuple((code, text) for code, text in item.text.items() if code != language),
    )


def _answers(item: Item, language: str) -> str:
    if item.scale is None:
        return {
            "date": _("A day"),
            "file": _("A photo"),
            "voice": _("A recording"),
        }.get(item.kind, _("Own words"))
    words = [choice.words.get(language, "") for choice in item.scale.choices]
    if all(words):
        return " · ".join(words)
    return f"{min(item.scale.values)}–{max(item.scale.values)}"


def _condition(item: Item) -> str:
    return "" if item.ask_if is None else logic_words(item.ask_if)


def logic_words(logic: Logic) -> str:
    """A condition as a sentence about the short names of items."""
    if isinstance(logic, Group):
        joint = _("; and ") if logic.mode == "all" else _("; or ")
        return joint.join(logic_words(part) for part in logic.parts)
    values = ", ".join(str(value) for value in sorted(logic.values))
    said = {
        "in": _("Only when %(item)s is %(values)s"),
        "not_in": _("Unless %(item)s is %(values)s"),
        "answered": _("Only when %(item)s is answered"),
    }[logic.kind]
    return said % {"item": logic.item, "values": values}
