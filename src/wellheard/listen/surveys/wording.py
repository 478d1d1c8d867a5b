"""Words with gaps, pure: an earlier answer, a place or a name put into a question.

``{answer:ward|your ward}``: the words of an earlier answer, else what stands behind the bar.
``{place}`` and ``{site}``: where somebody was. ``{name|there}``: how a person wants to be called.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from wellheard.listen.surveys.rules import Instrument, Item

_GAP = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")
_ALWAYS = ("place", "site")
_QUOTED = ("scale", "choice", "date")


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap: what goes in, and the words for when it is not known."""

    name: str
    otherwise: str | None


@dataclass(frozen=True, slots=True)
class GapFault:
    """A gap that cannot be filled: "unknown", "later" (not asked before), "otherwise" (no words
    for when it is not known), "kind" (an answer that cannot be said in a sentence)."""

    item: str
    language: str
    gap: str
    why: Literal["unknown", "later", "otherwise", "kind"]


def gaps(text: str) -> list[Gap]:
    """The gaps of a text, in order."""
    return [Gap(found[1].strip(), found[2]) for found in _GAP.finditer(text)]


def filled(text: str, value_of: Callable[[str], str]) -> str:
    """The text with its gaps filled. ``value_of``: the words for "answer:ward", "place"; ""."""

    def words(found: re.Match[str]) -> str:
        return value_of(found[1].strip()) or (found[2] or "").strip() or "…"

    return _GAP.sub(words, text) if "{" in text else text


def has_gaps(item: Item) -> bool:
    """Whether the words of an item differ between people."""
    texts = [*item.text.values(), *item.hint.values()]
    return any("{" in text and gaps(text) for text in texts)


def gap_faults(instrument: Instrument) -> list[GapFault]:
    """Every gap that could not be filled."""
    found: list[GapFault] = []
    before: dict[str, Item] = {}
    for item in instrument.items:
        for words in (item.text, item.hint):
            for language, text in words.items():
                for gap in gaps(text):
                    why = _why_not(gap, before, item)
                    if why is not None:
                        found.append(GapFault(item.code, language, gap.name, why))
        before[item.code] = item
    return found


def _why_not(
    gap: Gap, before: dict[str, Item], item: Item
) -> Literal["unknown", "later", "otherwise", "kind"] | None:
    if gap.name in _ALWAYS:
        return None
    kind, _, code = gap.name.partition(":")
    if kind == "answer" and code:
        asked = before.get(code)
        if asked is None or (item.mix and asked.mix == item.mix):
            return "later"
        if asked.kind not in _QUOTED:
            return "kind"
    elif gap.name != "name":
        return "unknown"
    return None if (gap.otherwise or "").strip() else "otherwise"
