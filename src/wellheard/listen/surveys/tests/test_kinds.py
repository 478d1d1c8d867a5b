"""Kinds of question, pure: what each takes as an answer and how it is stored."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from wellheard.listen.surveys.logic import InstrumentError, logic_data, read_logic
from wellheard.listen.surveys.rules import (
    AnswerError,
    read_answer,
    read_answers,
    read_instrument,
    stored,
)

_SCALES = {
    "ward": [{"value": 1, "words": {"en": "A"}}, {"value": 2, "words": {"en": "B"}}],
    "help": [
        {"value": 1, "words": {"en": "Talk"}},
        {"value": 2, "words": {"en": "Nothing"}, "alone": True},
        {"value": 3, "words": {"en": "Rest"}},
    ],
    "often": [{"value": n, "words": {"en": str(n)}} for n in (1, 2, 3, 4)],
}


def every_kind() -> dict[str, Any]:
    """A definition with one question of each kind."""

    def item(code: str, kind: str, text: str, **more: Any) -> dict[str, Any]:
        return {"code": code, "kind": kind, "text": {"en": text}, **more}

    return copy.deepcopy(
        {
            "code": "kinds",
            "version": 1,
            "effective_from": "2026-01-01",
            "source": "test",
            "owner": "test",
            "title": {"en": "Kinds"},
            "intro": {"en": "Hello"},
            "scales": _SCALES,
            "items": [
                item("ward", "choice", "Which ward?", scale="ward"),
                item("helped", "multiple", "What helped?", scale="help"),
                item(
                    "team",
                    "matrix",
                    "How often did they listen?",
                    scale="often",
                    rows=[
                        {"code": "nurses", "text": {"en": "Nurses"}},
                        {"code": "doctors", "text": {"en": "Doctors"}},
                    ],
                ),
                item("matters", "ranking", "What matters most?", scale="help"),
                item("came", "date", "When did you come?"),
                item("wish", "text", "What do you wish for?"),
                item("spoken", "voice", "Tell us"),
                item("comment", "text", "Anything else?"),
            ],
        }
    )


@pytest.mark.parametrize(
    ("item", "raw", "answer"),
    [
        ("ward", "2", 2),
        ("helped", ["3", "1"], [1, 3]),
        ("helped", "1;3", [1, 3]),
        ("helped", [], None),
        ("team", {"nurses": "4", "doctors": "", "other": "9"}, {"nurses": 4}),
        ("team", {}, None),
        ("matters", ["3", "1"], [3, 1]),
        ("came", "2026-11-03", "2026-11-03"),
        ("wish", " light ", "light"),
        ("spoken", "upload:7", "upload:7"),
        ("spoken", "", None),
    ],
)
def test_answer_of_each_kind_is_read(item: str, raw: object, answer: object) -> None:
    assert read_answer(read_instrument(every_kind()).item(item), raw) == answer


@pytest.mark.parametrize(
    ("item", "raw", "why"),
    [
        ("ward", "3", "choice"),
        ("ward", ["1"], "choice"),
        ("helped", ["1", "1"], "choice"),
        ("helped", ["1", "2"], "alone"),
        ("helped", 7, "choice"),
        ("team", {"nurses": "nan"}, "choice"),
        ("team", "4", "choice"),
        ("matters", "1 1", "rank"),
        ("came", "3.11.2026", "date"),
        ("wish", "x" * 50_001, "long"),
        ("spoken", "../etc/passwd", "file"),
    ],
)
def test_what_is_no_answer_is_refused_with_its_reason(item: str, raw: object, why: str) -> None:
    with pytest.raises(AnswerError) as refused:
        read_answer(read_instrument(every_kind()).item(item), raw)
    assert refused.value.why == why


def test_answers_are_stored_one_number_a_code_and_read_back_from_it() -> None:
    kinds = read_instrument(every_kind())
    answers = {"ward": 1, "helped": [2], "team": {"doctors": 3}, "matters": [3, 1]}
    kept = stored(kinds, answers)
    assert kept == {
        "ward": 1,
        "helped_1": 0,
        "helped_2": 1,
        "helped_3": 0,
        "team_doctors": 3,
        "matters_3": 1,
        "matters_1": 2,
    }
    assert read_answers(kinds, kept) == (kept, {})
    _, wrong = read_answers(kinds, {"helped_1": 7, "matters_1": 2, "matters_3": 2, "came": "?"})
    assert set(wrong) == {"helped", "matters", "came"}


@pytest.mark.capability("B02")
@pytest.mark.parametrize(
    ("condition", "answers", "holds"),
    [
        ({"item": "helped", "in": [1]}, {"helped": [1, 3]}, True),
        ({"item": "helped", "not_in": [1]}, {"helped": [1, 3]}, False),
        ({"item": "helped", "not_in": [1]}, {}, True),
        ({"item": "team", "in": [4]}, {"team": {"nurses": 4}}, True),
        ({"item": "wish", "answered": True}, {"wish": "x"}, True),
        ({"item": "wish", "answered": True}, {}, False),
        ({"all": [{"item": "ward", "in": [1]}, {"item": "wish", "answered": True}]}, {"ward": 1},
         False),
        ({"any": [{"item": "ward", "in": [1]}, {"item": "wish", "answered": True}]}, {"ward": 1},
         True),
    ],
)  # fmt: skip
def test_condition_holds(condition: Any, answers: Any, holds: bool) -> None:
    logic = read_logic(condition)
    assert logic.holds(answers) is holds
    assert read_logic(logic_data(logic)) == logic


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["items"][0].update(kind="slider"), "no kind of question called 'slider'"),
        (lambda d: d["items"][0].update(scale="nothing"), "no scale nothing"),
        (lambda d: d["items"][2].pop("rows"), "a matrix has rows"),
        (lambda d: d["items"][0].update(rows=[{"code": "a", "text": {}}]), "a matrix has rows"),
        (lambda d: d["items"][0].update(code="Ward 1"), "small letters"),
        (lambda d: d["items"][0].update(code="helped_1"), "column of another"),
        (lambda d: d["scales"]["ward"].pop(), "two answers or more"),
        (lambda d: d["items"][1].update(ask_if={"item": "ward", "in": [9]}), "does not have"),
        (lambda d: d["items"][7].update(ask_if={"item": "wish", "in": [1]}), "has none"),
        (lambda d: d["items"][1].update(ask_if={"all": []}), "at least one"),
        (lambda d: d.pop("scales"), "'scales' is missing"),
        (lambda d: d.update(items=[]), "asks no question"),
        (lambda d: d.update(items=None), "of the wrong form"),
    ],
)
def test_contradiction_names_where_it_is(change: Any, words: str) -> None:
    data = every_kind()
    change(data)
    with pytest.raises(InstrumentError, match=words):
        read_instrument(data)
