"""Where a person is in a survey, pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wellheard.listen.surveys.rules import Answers, Instrument, Item, read_answer

NOT_APPLICABLE = "na"


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


def answered(progress: Progress, item: Item, typed: str) -> Progress:
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


def resume_at(instrument: Instrument, progress: Progress) -> Item | None:
    """The first item that was neither answered nor left out; None when all were."""
    asked = instrument.asked(progress.answers)
    return next((item for item in asked if item.code not in progress.passed), None)


def sent_answers(instrument: Instrument, progress: Progress) -> dict[str, int | str]:
    """What is sent: answers to items that are still asked (a changed answer may skip others)."""
    asked = {item.code for item in instrument.asked(progress.answers)}
    return {code: value for code, value in progress.answers.items() if code in asked}


def place_in(instrument: Instrument, item: Item) -> tuple[int, int] | None:
    """(number, of how many); None when the number still depends on answers to come."""
    if any(each.ask_if is not None for each in instrument.items):
        return None
    codes = [each.code for each in instrument.items]
    return codes.index(item.code) + 1, len(codes)
