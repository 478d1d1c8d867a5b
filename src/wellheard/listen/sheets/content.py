"""What is asked on a sheet in one language, made from an instrument. Pure but for its words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from wellheard.listen.posters.rules import RIGHT_TO_LEFT
from wellheard.listen.surveys.logic import Condition
from wellheard.listen.surveys.rules import Instrument, Item
from wellheard.listen.surveys.wording import filled

_ON_PAPER = frozenset({"scale", "choice", "multiple", "matrix", "text", "date"})
_AREA = {"text": 42, "date": 14}
# A comment card is one page: its answers stand in a row, the story is long, the reply a line.
_CARD: Mapping[str, dict[str, Any]] = {
    "story": {"height": 46},
    "reply": {"height": 16},
    "rating": {"form": "row"},
}


class NotOnPaperError(ValueError):
    """This cannot be asked on paper; ``why`` is "kind" (``item`` says which) or "language"."""

    def __init__(self, why: str, item: str = "") -> None:
        super().__init__(f"{why} {item}".strip())
        self.why, self.item = why, item


@dataclass(frozen=True, slots=True)
class Content:
    """Everything on a sheet but its code and its place."""

    language: str
    direction: str
    title: str
    organisation: str
    intro: tuple[str, ...]
    right: str
    wrong: str
    questions: tuple[Mapping[str, Any], ...]

    def kept(self) -> dict[str, Any]:
        return asdict(self)


def content_of(
    asked: Instrument, language: str, organisation: str, *, is_card: bool = False
) -> Content:
    """The sheet's words. Raises NotOnPaperError."""
    if language not in asked.languages or language not in _words():
        raise NotOnPaperError("language")
    for item in asked.items:
        if item.kind not in _ON_PAPER:
            raise NotOnPaperError("kind", item.code)
    words = _words()[language]
    return Content(
        language=language,
        direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
        title=asked.title[language],
        organisation=organisation,
        intro=(
            asked.intro.get(language, ""),
            words["how"],
            words["private_card" if is_card else "private"],
        ),
        right=words["right"],
        wrong=words["wrong"],
        questions=tuple(
            {**_question(asked, item, language), **(_CARD[item.code] if is_card else {})}
            for item in asked.items
        ),
    )


def languages() -> tuple[str, ...]:
    """The languages sheets can be printed in."""
    return tuple(_words())


def _question(asked: Instrument, item: Item, language: str) -> dict[str, Any]:
    choices = item.scale.choices if item.scale else ()
    worded = all(choice.words.get(language) for choice in choices)
    offered = [(c.value, c.words.get(language) or str(c.value)) for c in choices]
    if item.kind in ("scale", "choice") and item.not_applicable.get(language):
        # Crossed, it is read as no answer.
        offered.append((NOT_APPLICABLE, item.not_applicable[language]))
        worded = True
    return {
        "code": item.code,
        "text": _plain(item.text[language]),
        "hints": _hints(asked, item, language),
        "form": _form(item, worded),
        "choices": [{"value": value, "words": words} for value, words in offered],
        "rows": [{"code": row.code, "text": row.text[language]} for row in item.rows],
        "low": item.low.get(language, ""),
        "high": item.high.get(language, ""),
        "height": _AREA.get(item.kind, 0),
    }


NOT_APPLICABLE = -1


def _form(item: Item, worded: bool) -> str:
    if item.kind in _AREA:
        return "area"
    if item.kind == "matrix":
        return "lines"
    return "list" if worded or item.kind == "multiple" else "row"


def _hints(asked: Instrument, item: Item, language: str) -> list[str]:
    words = _words()[language]
    hints = [_plain(item.hint.get(language, ""))]
    if item.kind == "multiple":
        hints.append(words["several"])
    if item.kind == "date":
        hints.append(words["day"])
    if item.ask_if is not None:
        hints.insert(0, _only_if(asked, item, language))
    return [hint for hint in hints if hint]


def _only_if(asked: Instrument, item: Item, language: str) -> str:
    assert item.ask_if is not None
    codes = [each.code for each in asked.items]
    conditions = list(item.ask_if.conditions())
    first = conditions[0]
    number = codes.index(first.item) + 1
    answers = _answers(asked.item(first.item), first, language)
    if len(conditions) == 1 and answers:
        return _words()[language]["only_if"].format(number=number, answers=answers)
    return _words()[language]["follows"].format(number=number)


def _answers(item: Item, condition: Condition, language: str) -> str:
    if item.scale is None or condition.kind == "answered":
        return ""
    wanted = [
        choice.words.get(language) or str(choice.value)
        for choice in item.scale.choices
        if (choice.value in condition.values) == (condition.kind == "in")
    ]
    return " / ".join(wanted)


def _plain(text: str) -> str:
    """The words with their gaps closed: on paper nothing is known of who answers."""
    return filled(text, lambda name: "")


@cache
def _words() -> dict[str, dict[str, str]]:
    text = files(__package__).joinpath("data", "sheet-words-1.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    words: dict[str, dict[str, str]] = data["languages"]
    return words
