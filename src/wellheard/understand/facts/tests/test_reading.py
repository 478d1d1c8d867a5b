"""Reading answers by the thousand says what reading them one by one says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wellheard.understand.facts.reading import answered_columns
from wellheard.understand.facts.rules import answered

PLAIN = [{"rating": 9, "quiet": 4}, {"quiet": 1}, {}, {"rating": 0, "why": "a\nb"}]
AWKWARD = [{"rating": 2.5}, {"rating": 3.0}, {"rating": None}, {"quiet": -1, "many": [1, 2]}]
MIXED = [{"quiet": True}, {"quiet": "3"}, {"quiet": 3}, {"rating": "2026-01-01"}]


@pytest.mark.capability("G05")
@pytest.mark.parametrize(
    "answers", [PLAIN, AWKWARD, MIXED, [*PLAIN, *AWKWARD], [{}, {}], [{"why": "words"}]]
)
def test_many_answers_are_read_as_one_by_one(answers: list[dict[str, Any]]) -> None:
    found = {
        (code, position): value
        for code, positions, values in answered_columns([json.dumps(each) for each in answers])
        for position, value in zip(positions, values, strict=True)
    }
    assert found == {
        (code, position): value
        for position, each in enumerate(answers)
        for code, value in answered(each)
    }
    assert all(type(value) is int for value in found.values())
