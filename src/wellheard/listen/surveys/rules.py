"""Instruments, pure: what is asked, in which words, and which answers can be given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Words = Mapping[str, str]
Answers = Mapping[str, int | str]
Kind = Literal["scale", "text"]
_LONGEST_TEXT = 50_000


class InstrumentError(ValueError):
    """An instrument's definition contradicts itself; the message says where."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: the number that is stored and the words that are shown (may be empty)."""

    value: int
    words: Words


@dataclass(frozen=True, slots=True)
class Scale:
    """The answers an item allows, from the lowest to the highest."""

    code: str
    choices: tuple[Choice, ...]

    @property
    def values(self) -> frozenset[int]:
        return frozenset(choice.value for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Condition:
    """Ask an item only after another was answered with one of these values."""

    item: str
    values: frozenset[int]

    def holds(self, answers: Answers) -> bool:
        return answers.get(self.item) in self.values


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``top_box``: the values counted as the best answer; () for words."""

    code: str
    kind: Kind
    scale: Scale | None
    text: Words
    top_box: frozenset[int] = frozenset()
    direction: Literal["higher", "lower", "none"] = "none"
    hint: Words = field(default_factory=dict)
    low: Words = field(default_factory=dict)
    high: Words = field(default_factory=dict)
    not_applicable: Words = field(default_factory=dict)
    ask_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of one set of questions."""

    code: str
    version: int
    effective_from: str
    source: str
    owner: str
    change: str
    title: Words
    intro: Words
    items: tuple[Item, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.title)

    def item(self, code: str) -> Item:
        """The item of that code; raises KeyError."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def asked(self, answers: Answers) -> Iterator[Item]:
        """The items to ask a person who has given ``answers``, in order."""
        return (item for item in self.items if item.ask_if is None or item.ask_if.holds(answers))


def read_instrument(data: Mapping[str, Any]) -> Instrument:
    """The instrument of a definition file. Raises InstrumentError."""
    scales = {code: _scale(code, rows) for code, rows in data["scales"].items()}
    instrument = Instrument(
        code=data["code"],
        version=data["version"],
        effective_from=data["effective_from"],
        source=data["source"],
        owner=data["owner"],
        change=data.get("change", ""),
        title=data["title"],
        intro=data["intro"],
        items=tuple(_item(row, scales) for row in data["items"]),
    )
    _check(instrument)
    return instrument


def read_answer(item: Item, raw: object) -> int | str | None:
    """The answer as stored; None when nothing was answered. Raises ValueError."""
    given = str(raw).strip() if raw is not None else ""
    if given == "":
        return None
    if item.scale is None:
        if len(given) > _LONGEST_TEXT:
            raise ValueError("too long")
        return given
    number = float(given)
    value = int(number)
    if value != number or value not in item.scale.values:
        raise ValueError("not one of the answers")
    return value


def read_answers(
    instrument: Instrument, raw: Mapping[str, object]
) -> tuple[dict[str, int | str], dict[str, str]]:
    """(answers, item code -> what is wrong). Items the instrument does not have are left out."""
    answers: dict[str, int | str] = {}
    wrong: dict[str, str] = {}
    for item in instrument.items:
        try:
            answer = read_answer(item, raw.get(item.code))
        except (ValueError, OverflowError):
            low_high = sorted(item.scale.values) if item.scale else [0, _LONGEST_TEXT]
            wrong[item.code] = f"must be {low_high[0]} to {low_high[-1]}"
            continue
        if answer is not None:
            answers[item.code] = answer
    return answers, wrong


def next_item(instrument: Instrument, answers: Answers, after: str | None) -> Item | None:
    """The item to ask after the one with code ``after`` (None: at the start); None at the end."""
    asked = list(instrument.asked(answers))
    if after is None:
        return asked[0] if asked else None
    codes = [item.code for item in instrument.items]
    place = codes.index(after)
    return next((item for item in asked if codes.index(item.code) > place), None)


def previous_item(instrument: Instrument, answers: Answers, before: str) -> Item | None:
    """The item asked just before the one with code ``before``; None at the start."""
    codes = [item.code for item in instrument.items]
    place = codes.index(before)
    earlier = [item for item in instrument.asked(answers) if codes.index(item.code) < place]
    return earlier[-1] if earlier else None


def _scale(code: str, rows: Any) -> Scale:
    return Scale(code, tuple(Choice(row["value"], row.get("words", {})) for row in rows))


def _item(row: Mapping[str, Any], scales: Mapping[str, Scale]) -> Item:
    condition = row.get("ask_if")
    return Item(
        code=row["code"],
        kind=row["kind"],
        scale=scales[row["scale"]] if row["kind"] == "scale" else None,
        text=row["text"],
        top_box=frozenset(row.get("top_box", ())),
        direction=row.get("direction", "none"),
        hint=row.get("hint", {}),
        low=row.get("low", {}),
        high=row.get("high", {}),
        not_applicable=row.get("not_applicable", {}),
        ask_if=Condition(condition["item"], frozenset(condition["in"])) if condition else None,
    )


def _check(instrument: Instrument) -> None:
    seen: set[str] = set()
    for item in instrument.items:
        where = f"{instrument.code} {instrument.version}, item {item.code}"
        if item.code in seen:
            raise InstrumentError(f"{where}: appears twice")
        if item.ask_if is not None and item.ask_if.item not in seen:
            raise InstrumentError(f"{where}: depends on an item that is not asked before it")
        if item.scale is not None and not item.top_box <= item.scale.values:
            raise InstrumentError(f"{where}: its top box is not on its scale")
        if set(item.text) != set(instrument.languages):
            raise InstrumentError(f"{where}: is not there in every language of the title")
        seen.add(item.code)
