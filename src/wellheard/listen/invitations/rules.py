"""Where a person is in a survey, pure."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from wellheard.listen.surveys.logic import Answers
from wellheard.listen.surveys.rules import AnswerError, Instrument, Item, read_answer

NOT_APPLICABLE = "na"
# Letters and figures that are not taken for each other, on a screen or in handwriting.
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Progress:
    """The answers so far, and which items were passed (answered or left out)."""

    answers: Answers = field(default_factory=dict)
    passed: frozenset[str] = frozenset()
    not_applicable: frozenset[str] = frozenset()

    def kept(self) -> str:
        """As text, to be sealed."""
        return json.dumps(
            {
                "answers": dict(self.answers),
                "passed": sorted(self.passed),
                "not_applicable": sorted(self.not_applicable),
            },
            ensure_ascii=False,
        )

    @classmethod
    def read(cls, kept: str) -> Progress:
        if not kept:
            return cls()
        data: Mapping[str, object] = json.loads(kept)
        answers, passed, not_applicable = (
            data["answers"],
            data["passed"],
            data["not_applicable"],
        )
        assert isinstance(answers, dict) and isinstance(passed, list)
        assert isinstance(not_applicable, list)
        return cls(answers, frozenset(passed), frozenset(not_applicable))


def answered(progress: Progress, item: Item, typed: object) -> Progress:
    """The progress after an item was answered or left out. Raises ValueError for no such answer."""
    answers = {code: value for code, value in progress.answers.items() if code != item.code}
    none = frozenset({item.code})
    not_applicable = progress.not_applicable - none
    if typed == NOT_APPLICABLE and item.not_applicable:
        not_applicable |= none
    else:
        answer = read_answer(item, typed)
        if answer is not None:
            answers[item.code] = answer
    return replace(
        progress, answers=answers, passed=progress.passed | none, not_applicable=not_applicable
    )


class Posted(Protocol):
    """What a form sent (Django's QueryDict)."""

    def get(self, key: str, default: str, /) -> str: ...
    def getlist(self, key: str, /) -> Sequence[str]: ...


def given(item: Item, posted: Posted) -> object:
    """What was given for an item on its page, to be read by `answered`. Raises AnswerError.

    Each kind of question sends it in the way a browser without JavaScript can: a multiple choice
    one ``answer`` for each tick, a ranking one ``place_<value>`` for each answer, a matrix one
    ``row_<code>`` for each row, a day its ``day``, ``month`` and ``year``.
    """
    if item.kind == "multiple":
        ticked = posted.getlist("answer")
        return NOT_APPLICABLE if NOT_APPLICABLE in ticked else list(ticked)
    if item.kind == "ranking" and item.scale is not None:
        return _ranked(
            {choice.value: posted.get(f"place_{choice.value}", "") for choice in item.scale.choices}
        )
    if item.kind == "matrix":
        return {row.code: posted.get(f"row_{row.code}", "") for row in item.rows}
    if item.kind == "date":
        return _day(*(posted.get(part, "").strip() for part in ("day", "month", "year")))
    return posted.get("answer", "")


def on_one_page(asked: Instrument) -> list[Item]:
    """What is asked on the page with all questions, which also works without internet."""
    return list(asked.items)


def is_upload(item: Item) -> bool:
    """Whether it is answered with a photo or a recording."""
    return item.kind in ("file", "voice")


def prefix_of(item: Item) -> str:
    """What stands before the names of an item's fields on the page with all questions. A dash, as
    no code of a question has one."""
    return f"{item.code}-"


@dataclass(frozen=True, slots=True)
class Part:
    """The fields of one item of a form that holds many."""

    posted: Posted
    prefix: str

    def get(self, key: str, default: str, /) -> str:
        return self.posted.get(self.prefix + key, default)

    def getlist(self, key: str, /) -> Sequence[str]:
        return self.posted.getlist(self.prefix + key)


def given_at_once(
    items: Sequence[Item], posted: Posted
) -> tuple[dict[str, object], dict[str, str]]:
    """(what was given, what is wrong with it), by item. What was left empty is in neither: an
    answer that was given on another page stays. Photos and recordings are no words: see uploads."""
    found: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for item in items:
        if is_upload(item):
            continue
        try:
            typed = given(item, Part(posted, prefix_of(item)))
            if typed != NOT_APPLICABLE and read_answer(item, typed) is None:
                continue
            answered(Progress(), item, typed)
        except AnswerError as error:
            wrong[item.code] = error.why
        else:
            found[item.code] = typed
    return found, wrong


def _ranked(places: Mapping[int, str]) -> list[int]:
    """The values from the first place on. Raises AnswerError unless the places are 1, 2, 3 …"""
    taken = {value: place for value, place in places.items() if place}
    if set(taken.values()) != {str(n) for n in range(1, len(taken) + 1)}:
        raise AnswerError("rank")
    return sorted(taken, key=lambda value: int(taken[value]))


def _day(day: str, month: str, year: str) -> str:
    """The day as 2026-11-30; "" when nothing was written. Raises AnswerError."""
    if not (day or month or year):
        return ""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except (ValueError, OverflowError) as error:
        raise AnswerError("date") from error


def resume_at(instrument: Instrument, progress: Progress) -> Item | None:
    """The first item that was neither answered nor left out; None when all were."""
    asked = instrument.asked(progress.answers)
    return next((item for item in asked if item.code not in progress.passed), None)


def sent_answers(instrument: Instrument, progress: Progress) -> Answers:
    """What is sent: answers to items that are still asked (a changed answer may skip others)."""
    asked = {item.code for item in instrument.asked(progress.answers)}
    return {code: value for code, value in progress.answers.items() if code in asked}


def place_in(instrument: Instrument, item: Item) -> tuple[int, int] | None:
    """(number, of how many); None when the number still depends on answers to come."""
    if any(each.ask_if is not None for each in instrument.items):
        return None
    codes = [each.code for each in instrument.items]
    return codes.index(item.code) + 1, len(codes)


def new_code() -> str:
    """A code to go on with on another device: 59 bits, so that trying does not find one."""
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))


def shown_code(code: str) -> str:
    """The code as it is written down: "7K3F-9QWX-2MPT"."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def read_code(typed: str) -> str | None:
    """The code that was typed, with or without dashes; None when it cannot be one."""
    code = "".join(letter for letter in typed.upper() if letter.isalnum())
    fits = len(code) == _CODE_LENGTH and set(code) <= set(_CODE_LETTERS)
    return code if fits else None


def device_class(agent: str) -> str:
    """ "phone", "tablet" or "computer" from what a browser says of itself; "" when nothing."""
    if not agent:
        return ""
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    return "phone" if "Mobi" in agent else "computer"
