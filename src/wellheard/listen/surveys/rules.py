"""Instruments, pure: what is asked, in which words, and which answers can be given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from wellheard.listen.surveys.logic import (
    Answer,
    Answers,
    Condition,
    InstrumentError,
    Logic,
    read_logic,
)

Words = Mapping[str, str]
Kind = Literal["scale", "choice", "multiple", "matrix", "ranking", "text", "date", "file", "voice"]
Why = Literal["choice", "alone", "rank", "long", "date", "file"]
CHOOSING: frozenset[str] = frozenset({"scale", "choice", "multiple", "matrix", "ranking"})
_ONE_NUMBER = ("scale", "choice")
_UPLOADED = ("file", "voice")
_LONGEST_TEXT = 50_000
_UPLOAD_MARK = re.compile(r"upload:\d{1,18}")
_CODE = re.compile(r"[a-z][a-z0-9_]*")


class AnswerError(ValueError):
    """No such answer can be given; ``why`` says what is wrong with it."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"not an answer: {why}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: the number that is stored and the words that are shown (may be empty).

    ``alone``: it cannot be given together with others ("none of these").
    """

    value: int
    words: Words
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """The answers an item allows, from the lowest to the highest."""

    code: str
    choices: tuple[Choice, ...]

    @property
    def values(self) -> frozenset[int]:
        return frozenset(choice.value for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a matrix; it is answered on the scale of its item."""

    code: str
    text: Words


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``top_box``: the values counted as the best answer; () for words.

    ``shuffle``: its answers may be shown in another order; ``mix``: items of one name that stand
    together may change places. ``dimension``, ``process``, ``lever``, ``owner``: what the answer
    is about, and who can do what about it. ``status`` "unconfirmed": the words are an outline of
    an official text, not that text.
    """

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
    ask_if: Logic | None = None
    rows: tuple[Row, ...] = ()
    shuffle: bool = False
    mix: str = ""
    dimension: str = ""
    process: str = ""
    lever: str = ""
    owner: str = ""
    status: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The codes under which its answer is stored as numbers; () when it is no number."""
        if self.kind in _ONE_NUMBER:
            return (self.code,)
        if self.kind == "matrix":
            return tuple(f"{self.code}_{row.code}" for row in self.rows)
        if self.kind in ("multiple", "ranking") and self.scale is not None:
            return tuple(f"{self.code}_{choice.value}" for choice in self.scale.choices)
        return ()


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of one set of questions.

    ``family`` "official": words, order and answers are those of its source and stay so.
    ``reviewed``: language to the person who answers for its words; ``review_on``: the day by
    which somebody looks at it again.
    """

    code: str
    version: int
    effective_from: str
    source: str
    owner: str
    change: str
    title: Words
    intro: Words
    items: tuple[Item, ...]
    family: Literal["house", "official"] = "house"
    reviewed: Words = field(default_factory=dict)
    review_on: str = ""
    effective_before: str = ""
    follows: str = ""

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.title)

    @property
    def is_official(self) -> bool:
        return self.family == "official"

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
    instrument = read_draft(data)
    _check(instrument)
    return instrument


def read_draft(data: Mapping[str, Any]) -> Instrument:
    """The instrument of a definition that may still contradict itself. Raises InstrumentError
    where it cannot be read at all."""
    name = f"{data.get('code', '?')} {data.get('version', '?')}"
    try:
        scales = {code: _scale(code, rows) for code, rows in data["scales"].items()}
        return Instrument(
            code=data["code"],
            version=data["version"],
            effective_from=data["effective_from"],
            source=data["source"],
            owner=data["owner"],
            change=data.get("change", ""),
            title=data["title"],
            intro=data["intro"],
            items=tuple(_item(row, scales, name) for row in data["items"]),
            family=data.get("family", "house"),
            reviewed=data.get("reviewed", {}),
            review_on=data.get("review_on", ""),
            effective_before=data.get("effective_before") or "",
            follows=data.get("follows", ""),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InstrumentError(f"{name}: {error} is missing or of the wrong form") from error


def read_answer(item: Item, raw: object) -> Answer | None:
    """The answer as a person gave it; None when nothing was answered. Raises AnswerError.

    ``raw``: text, or a list of values (multiple, ranking), or row to value (matrix).
    """
    if isinstance(raw, Mapping) and item.kind == "matrix":
        return _matrix_answer(item, raw)
    if item.kind in ("multiple", "ranking"):
        return _list_answer(item, raw)
    given = str(raw).strip() if raw is not None else ""
    if given == "":
        return None
    if item.kind in _ONE_NUMBER:
        return _value(item, given)
    if item.kind == "text":
        if len(given) > _LONGEST_TEXT:
            raise AnswerError("long")
        return given
    if item.kind == "date":
        return _day(given)
    if item.kind in _UPLOADED and _UPLOAD_MARK.fullmatch(given):
        return given
    raise AnswerError("file" if item.kind in _UPLOADED else "choice")


def read_answers(
    instrument: Instrument, raw: Mapping[str, object]
) -> tuple[dict[str, int | str], dict[str, str]]:
    """(answers as stored, code -> what is wrong). Codes the instrument lacks are left out.

    An answer of several numbers may come whole under its item's code, or number by number under
    its columns ("helped_1": 1), as `stored` gives it.
    """
    answers: dict[str, Answer] = {}
    wrong: dict[str, str] = {}
    for item in instrument.items:
        try:
            answer = read_answer(item, _gathered(item, raw))
        except (ValueError, OverflowError) as error:
            wrong[item.code] = _what_is_wrong(item, error)
            continue
        if answer is not None:
            answers[item.code] = answer
    return stored(instrument, answers), wrong


def stored(instrument: Instrument, answers: Answers) -> dict[str, int | str]:
    """The answers as a response keeps them: one number or text under each code.

    Each choice of a multiple choice is 1 or 0, each of a ranking its place from 1 on, each row of
    a matrix its value.
    """
    kept: dict[str, int | str] = {}
    for item in instrument.items:
        answer = answers.get(item.code)
        if isinstance(answer, (int, str)):
            kept[item.code] = answer
        elif isinstance(answer, dict):
            kept |= {f"{item.code}_{row}": value for row, value in answer.items()}
        elif isinstance(answer, list) and item.kind == "ranking":
            kept |= {f"{item.code}_{value}": n for n, value in enumerate(answer, 1)}
        elif isinstance(answer, list) and item.scale is not None:
            chosen = {choice.value: int(choice.value in answer) for choice in item.scale.choices}
            kept |= {f"{item.code}_{value}": on for value, on in chosen.items()}
    return kept


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


def _value(item: Item, given: object) -> int:
    try:
        number = float(str(given))
        value = int(number)
    except (ValueError, OverflowError) as error:
        raise AnswerError("choice") from error
    if item.scale is None or value != number or value not in item.scale.values:
        raise AnswerError("choice")
    return value


def _list_answer(item: Item, raw: object) -> list[int] | None:
    if raw is None or raw == "":
        return None
    parts = re.split(r"[;, ]+", raw.strip()) if isinstance(raw, str) else raw
    if not isinstance(parts, Sequence):
        parts = [parts]
    values = [_value(item, part) for part in parts if str(part).strip()]
    if len(set(values)) != len(values):
        raise AnswerError("rank" if item.kind == "ranking" else "choice")
    if item.kind == "ranking":
        return values or None
    assert item.scale is not None
    apart = {choice.value for choice in item.scale.choices if choice.alone}
    if len(values) > 1 and apart & set(values):
        raise AnswerError("alone")
    return sorted(values) or None


def _matrix_answer(item: Item, raw: Mapping[str, object]) -> dict[str, int] | None:
    given = {row.code: raw.get(row.code) for row in item.rows}
    answered = {
        code: _value(item, value)
        for code, value in given.items()
        if value is not None and str(value).strip()
    }
    return answered or None


def _day(given: str) -> str:
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError as error:
        raise AnswerError("date") from error


def _gathered(item: Item, raw: Mapping[str, object]) -> object:
    """What was given for an item, whole or put together from its columns."""
    if item.code in raw or len(item.columns) < 1 or item.kind in _ONE_NUMBER:
        return raw.get(item.code)
    parts = {
        column.removeprefix(f"{item.code}_"): raw[column]
        for column in item.columns
        if raw.get(column) not in (None, "")
    }
    if item.kind == "matrix" or not parts:
        return parts or None
    places = {value: int(float(str(given))) for value, given in parts.items()}
    if item.kind == "multiple":
        if not set(places.values()) <= {0, 1}:
            raise AnswerError("choice")
        return [value for value, on in places.items() if on]
    if sorted(places.values()) != list(range(1, len(places) + 1)):
        raise AnswerError("rank")
    return sorted(places, key=lambda value: places[value])


def _what_is_wrong(item: Item, error: Exception) -> str:
    if item.kind in _ONE_NUMBER and item.scale is not None:
        return f"must be {min(item.scale.values)} to {max(item.scale.values)}"
    if item.kind == "text":
        return f"must be 0 to {_LONGEST_TEXT}"
    return {
        "multiple": "must be values of its answers, and none twice",
        "ranking": "must be the places 1, 2, 3 …, each once",
        "matrix": "must be a value of its answers for each row",
        "date": "must be a day as 2026-11-30",
        "file": "must be the mark of a file that was sent before",
        "voice": "must be the mark of a recording that was sent before",
    }.get(item.kind, str(error))


def _scale(code: str, rows: Any) -> Scale:
    return Scale(
        code,
        tuple(Choice(row["value"], row.get("words", {}), row.get("alone", False)) for row in rows),
    )


def _item(row: Mapping[str, Any], scales: Mapping[str, Scale], name: str) -> Item:
    where = f"{name}, item {row['code']}"
    condition, kind = row.get("ask_if"), row["kind"]
    if kind not in get_args(Kind):
        raise InstrumentError(f"{where}: there is no kind of question called {kind!r}")
    if kind in CHOOSING and row.get("scale") not in scales:
        raise InstrumentError(f"{where}: there is no scale {row.get('scale')}")
    return Item(
        code=row["code"],
        kind=kind,
        scale=scales[row["scale"]] if kind in CHOOSING else None,
        text=row["text"],
        top_box=frozenset(row.get("top_box", ())),
        direction=row.get("direction", "none"),
        hint=row.get("hint", {}),
        low=row.get("low", {}),
        high=row.get("high", {}),
        not_applicable=row.get("not_applicable", {}),
        ask_if=read_logic(condition) if condition else None,
        rows=tuple(Row(each["code"], each["text"]) for each in row.get("rows", ())),
        shuffle=row.get("shuffle", False),
        mix=row.get("mix", ""),
        dimension=row.get("dimension", ""),
        process=row.get("process", ""),
        lever=row.get("lever", ""),
        owner=row.get("owner", ""),
        status=row.get("status", ""),
    )


def _check(instrument: Instrument) -> None:
    seen: dict[str, Item] = {}
    columns: set[str] = set()
    if instrument.is_official and any(item.mix or item.shuffle for item in instrument.items):
        raise InstrumentError(f"{instrument.code}: an official survey keeps its order")
    if not instrument.items:
        raise InstrumentError(f"{instrument.code} {instrument.version}: asks no question")
    for item in instrument.items:
        where = f"{instrument.code} {instrument.version}, item {item.code}"
        if item.code in seen:
            raise InstrumentError(f"{where}: appears twice")
        if not _CODE.fullmatch(item.code):
            raise InstrumentError(f"{where}: a code is small letters, numbers and _")
        taken = columns & {item.code, *item.columns}
        if taken:
            raise InstrumentError(f"{where}: {taken.pop()} is the column of another item")
        for condition in item.ask_if.conditions() if item.ask_if else ():
            _check_condition(condition, seen, where)
        _check_answers(item, where)
        if set(item.text) != set(instrument.languages):
            raise InstrumentError(f"{where}: is not there in every language of the title")
        seen[item.code] = item
        columns |= {item.code, *item.columns}


def _check_condition(condition: Condition, seen: Mapping[str, Item], where: str) -> None:
    asked = seen.get(condition.item)
    if asked is None:
        raise InstrumentError(f"{where}: depends on an item that is not asked before it")
    if asked.scale is None and condition.kind != "answered":
        raise InstrumentError(f"{where}: depends on a value of {asked.code}, which has none")
    if asked.scale is not None and not condition.values <= asked.scale.values:
        raise InstrumentError(f"{where}: depends on an answer {asked.code} does not have")


def _check_answers(item: Item, where: str) -> None:
    if item.scale is not None:
        values = [choice.value for choice in item.scale.choices]
        if len(values) < 2 or len(set(values)) != len(values):
            raise InstrumentError(f"{where}: a scale has two answers or more, each value once")
        if not item.top_box <= item.scale.values:
            raise InstrumentError(f"{where}: its top box is not on its scale")
    if item.shuffle and item.kind not in ("choice", "multiple", "ranking"):
        raise InstrumentError(f"{where}: the answers of a {item.kind} keep their order")
    codes = [row.code for row in item.rows]
    if (item.kind == "matrix") != bool(codes) or len(set(codes)) != len(codes):
        raise InstrumentError(f"{where}: a matrix has rows, each with a code of its own")
