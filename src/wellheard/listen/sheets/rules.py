"""From marks to answers, pure: what was crossed, what is in doubt, what two people keyed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from wellheard.listen.cards.rules import Card
from wellheard.listen.sheets.content import NOT_APPLICABLE
from wellheard.listen.surveys.logic import Answer
from wellheard.listen.surveys.rules import Instrument, Item, read_answer

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
# What a run of comment cards asks, in place of a survey's code.
CARD = "comment-card"
State = Literal["empty", "crossed", "filled", "doubtful"]
Why = Literal["faint", "double", "words"]
_ADDRESS = re.compile(r"[^\s,;]+@[^\s,;]+")
_NUMBER = re.compile(r"\+?\d[\d\s().\-/]{5,}\d")
_CODE = re.compile(r"WH1:([2-9A-Z]{8}):(\d{1,2})([AB]):([0-9A-F]{6})")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Versioned data: shares of a box from 0 to 1, lengths in millimetres."""

    version: str
    ink_below: float
    trace_below: float
    empty_ink_most: float
    empty_trace_most: float
    marked_ink_least: float
    filled_ink_least: float
    cross_ink_most: float
    written_trace_least: float
    inset_mm: float
    pixels_per_mm: int
    most_pages: int
    most_bytes: int
    most_pixels: int
    keyings: Mapping[str, int]
    return_days: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One box or field as it was seen. ``ink``: its dark share; ``trace``: dark or faint."""

    code: str
    value: int
    kind: str
    ink: float
    trace: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a person has to look at: the field, and why."""

    code: str
    why: Why


@dataclass(frozen=True, slots=True)
class PageReading:
    """The answers of one page that are beyond doubt, and the doubts."""

    answers: Mapping[str, int | list[int]] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class PageCode:
    """What the code on a page says. ``end``: "A" above, "B" below."""

    code: str
    page: int
    end: str
    check: str


def written_code(code: str, page: int, end: str, check: str) -> str:
    """The words in the code of a page: never who it is for."""
    return f"WH1:{code}:{page}{end}:{check}"


def read_code(words: str) -> PageCode | None:
    """The code of a page; None when it is none of ours."""
    found = _CODE.fullmatch(words.strip())
    return PageCode(found[1], int(found[2]), found[3], found[4]) if found else None


def tidy_code(typed: str) -> str:
    """A sheet's number as somebody typed it."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper())[:CODE_LENGTH]


def state_of(mark: Mark, limits: Thresholds) -> State:
    """Empty and crossed are beyond doubt; a trace in between is not."""
    if mark.ink >= limits.filled_ink_least:
        return "filled"
    if mark.ink >= limits.marked_ink_least:
        return "crossed"
    if mark.ink <= limits.empty_ink_most and mark.trace <= limits.empty_trace_most:
        return "empty"
    return "doubtful"


def read_page(asked: Instrument, marks: Sequence[Mark], limits: Thresholds) -> PageReading:
    """What the boxes of a page say. Fields are named as a response keeps them; a multiple choice
    by its item's code, with a list."""
    answers: dict[str, int | list[int]] = {}
    doubts: list[Doubt] = []
    for item in asked.items:
        for code in fields_of(item):
            seen = [mark for mark in marks if mark.code == code]
            if not seen:
                continue
            found = _read_field(item, seen, limits)
            if isinstance(found, str):
                doubts.append(Doubt(code, found))
            elif found is not None:
                answers[code] = found
    return PageReading(answers, tuple(doubts))


def fields_of(item: Item) -> list[str]:
    """The fields of an item on paper: one, or one for each row of a matrix."""
    return [f"{item.code}_{row.code}" for row in item.rows] or [item.code]


def item_of(asked: Instrument, code: str) -> Item:
    """The item a field belongs to. Raises KeyError."""
    for item in asked.items:
        if code in fields_of(item):
            return item
    raise KeyError(code)


def _read_field(
    item: Item, seen: Sequence[Mark], limits: Thresholds
) -> int | list[int] | Why | None:
    if seen[0].kind == "area":
        return "words" if seen[0].trace >= limits.written_trace_least else None
    states = {mark.value: state_of(mark, limits) for mark in seen}
    if "doubtful" in states.values():
        return "faint"
    if item.kind == "multiple":
        return _several(item, [value for value, state in states.items() if state != "empty"])
    return _one(seen, states, limits)


def _several(item: Item, chosen: list[int]) -> list[int] | Why | None:
    apart = {choice.value for choice in item.scale.choices if choice.alone} if item.scale else set()
    if len(chosen) > 1 and apart & set(chosen):
        return "double"
    return sorted(chosen) or None


def _one(seen: Sequence[Mark], states: Mapping[int, State], limits: Thresholds) -> int | Why | None:
    """One answer, also after a correction: all others filled, exactly one plainly crossed."""
    marked = [mark for mark in seen if states[mark.value] != "empty"]
    if len(marked) > 1:
        crossed = [mark for mark in marked if states[mark.value] == "crossed"]
        if len(crossed) != 1 or crossed[0].ink > limits.cross_ink_most:
            return "double"
        marked = crossed
    if not marked or marked[0].value == NOT_APPLICABLE:
        return None
    return marked[0].value


def settled(keyed: Sequence[str], needed: int) -> str | None:
    """What the keyings settle, in the order they were made: two that agree; after two that do
    not, what the third says. None while somebody else has to look."""
    if len(keyed) < needed:
        return None
    value, times = Counter(keyed).most_common(1)[0]
    if times >= needed:
        return value
    return keyed[-1] if len(keyed) > needed else None


def raw_answers(
    pages: Sequence[Mapping[str, Any]], settled_values: Mapping[str, str]
) -> dict[str, object]:
    """All fields of a sheet: what was read, then what people settled ("" takes nothing)."""
    raw: dict[str, object] = {}
    for page in pages:
        raw |= page
    raw |= {code: value for code, value in settled_values.items() if value}
    return raw


def answers_of(asked: Instrument, raw: Mapping[str, object]) -> dict[str, Answer]:
    """The answers to the questions that applied to the person, each checked. Raises AnswerError."""
    given: dict[str, Answer] = {}
    for item in asked.items:
        typed: object = raw.get(item.code)
        if item.rows:
            typed = {row.code: raw.get(f"{item.code}_{row.code}") for row in item.rows}
        answer = read_answer(item, typed)
        if answer is not None:
            given[item.code] = answer
    applied = {item.code for item in asked.asked(given)}
    return {code: answer for code, answer in given.items() if code in applied}


def checked_value(item: Item, code: str, value: str) -> str:
    """A keyed value in its one written form; "" for nothing there. Raises AnswerError."""
    value = value.strip()
    if not value or item.kind == "text":
        return value
    if item.rows:
        row = code.removeprefix(f"{item.code}_")
        read_answer(item, {row: value})
        return str(int(value))
    answer = read_answer(item, value)
    if isinstance(answer, list):
        return ",".join(str(each) for each in answer)
    return "" if answer is None else str(answer)


def card_of(answers: Mapping[str, object]) -> Card:
    """A comment card from what was crossed and keyed."""
    rating, reply = answers.get("rating"), str(answers.get("reply", "")).strip()
    name, contact = split_reply(reply)
    return Card(
        rating=rating if isinstance(rating, int) else None,
        story=str(answers.get("story", "")).strip(),
        reply="no" if not reply else "email" if "@" in contact else "sms",
        contact=contact,
        name=name,
    )


def split_reply(written: str) -> tuple[str, str]:
    """(name, number or address) of one line: "Ana Ruiz, 312 555 0123". All of it is a contact
    when neither is found in it."""
    found = _ADDRESS.search(written) or _NUMBER.search(written)
    if found is None:
        return "", written
    rest = (written[: found.start()] + " " + written[found.end() :]).strip(" ,;:/-\n")
    return " ".join(rest.split()), found[0].strip()


def with_readable_reply(card: Card) -> Card:
    """The card with what cannot be used as a contact beneath its words."""
    told = " ".join(part for part in (card.name, card.contact) if part)
    story = f"{card.story}\n\n({told})" if card.story else f"({told})"
    return replace(card, story=story, contact="", name="")


def new_code(choice: Any) -> str:
    """A number for a sheet. ``choice``: draws one letter of a text (secrets.choice)."""
    return "".join(choice(ALPHABET) for _ in range(CODE_LENGTH))


@cache
def thresholds() -> Thresholds:
    """The thresholds in force."""
    text = files(__package__).joinpath("data", "reading-2026-11.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    names = Thresholds.__dataclass_fields__
    return Thresholds(**{name: data[name] for name in names})
