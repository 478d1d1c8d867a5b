"""Where a survey leads, what goes into its gaps, and in which order it is asked; pure."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.listen.surveys.flow import branches, check_flow
from wellheard.listen.surveys.instruments import shipped
from wellheard.listen.surveys.order import ordered
from wellheard.listen.surveys.reading import barriers, grades
from wellheard.listen.surveys.rules import Instrument, read_draft
from wellheard.listen.surveys.tests.test_kinds import every_kind
from wellheard.listen.surveys.wording import filled, gap_faults


def survey(*conditions: Any, **changes: Any) -> Instrument:
    """Questions q0, q1 … with answers 1 and 2, each asked under its condition."""
    items = [
        {"code": f"q{n}", "kind": "choice", "scale": "two", "text": {"en": f"Question {n}?"}}
        | ({"ask_if": condition} if condition else {})
        | changes.get(f"q{n}", {})
        for n, condition in enumerate(conditions)
    ]
    two = [{"value": 1, "words": {"en": "No"}}, {"value": 2, "words": {"en": "Yes"}}]
    return read_draft(every_kind() | {"scales": {"two": two}, "items": items})


def when(item: str, *values: int) -> dict[str, Any]:
    return {"item": item, "in": list(values)}


@pytest.mark.capability("B02")
@pytest.mark.parametrize(
    ("conditions", "faults"),
    [
        ([None, when("q0", 2), None], []),
        ([None, when("q9", 2)], [("q1", "missing", "q9")]),
        ([when("q0", 1)], [("q0", "loop", "q0")]),
        ([when("q1", 1), when("q0", 1)], [("q0", "loop", "q1"), ("q1", "loop", "q0")]),
        ([when("q1", 1), None], [("q0", "order", "q1")]),
        ([None, {"all": [when("q0", 1), when("q0", 2)]}, None], [("q1", "contradiction", "")]),
        ([None, when("q0", 3), None], [("q1", "contradiction", "")]),
        (
            [None, when("q0", 1), {"all": [when("q0", 2), when("q1", 1)]}, None],
            [("q2", "unreachable", "")],
        ),
        ([None, when("q0", 2), when("q0", 2)], [("q0", "dead_end", "1")]),
        ([None, {"any": [when("q0", 1), {"item": "q0", "answered": True}]}, None], []),
    ],
)
def test_checker_finds_what_is_wrong_with_conditions(conditions: Any, faults: Any) -> None:
    found = check_flow(survey(*conditions))
    assert [(fault.item, fault.kind, fault.other) for fault in found] == faults


def test_questions_that_change_places_may_not_depend_on_each_other() -> None:
    mixed = survey(None, when("q0", 1), None, q0={"mix": "a"}, q1={"mix": "a"})
    assert [(f.item, f.kind) for f in check_flow(mixed)] == [("q1", "mixed")]
    torn = survey(None, None, None, q0={"mix": "a"}, q2={"mix": "a"})
    assert [(f.item, f.kind) for f in check_flow(torn)] == [("q2", "mixed")]


def test_shipped_instruments_lead_somewhere() -> None:
    for each in shipped().values():
        assert [fault for fault in check_flow(each) if fault.stops] == []
        assert gap_faults(each) == []
    hcahps = shipped()["hcahps-29", 1]
    opened = {(b.item, b.value): b.opens for b in branches(hcahps)}
    assert opened["q12", 2] == ("q13", "q14") and opened["q12", 1] == ()


def test_fifty_questions_with_fifteen_screens_are_checked_without_walking_every_way() -> None:
    conditions: list[Any] = []
    for n in range(15):
        conditions += [None, when(f"q{3 * n}", 2), when(f"q{3 * n}", 1)]
    assert check_flow(survey(*conditions, None)) == []
    everything = {"any": [when(f"q{n}", 2) for n in range(20)]}
    assert "too_large" in [f.kind for f in check_flow(survey(*[None] * 20, everything))]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 2)), min_size=1, max_size=5))
def test_what_is_called_unreachable_is_reached_by_no_answers(links: Any) -> None:
    conditions = [when(f"q{min(to, n)}", value) for n, (to, value) in enumerate(links)]
    asked = survey(None, *conditions)
    lost = {f.item for f in check_flow(asked) if f.kind in ("unreachable", "contradiction")}
    reached: set[str] = set()
    for values in product((None, 1, 2), repeat=len(asked.items)):
        answers: dict[str, Any] = {}
        for item, value in zip(asked.items, values, strict=True):
            if item.ask_if is None or item.ask_if.holds(answers):
                reached.add(item.code)
                answers |= {item.code: value} if value else {}
    assert lost == {item.code for item in asked.items} - reached


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("How was {place}?", []),
        ("How was {answer:q0|the ward}?", []),
        ("How was {answer:q0}?", ["otherwise"]),
        ("How was {answer:q1|x}?", ["later"]),
        ("Hello {name|there}, how was it?", []),
        ("Hello {name}!", ["otherwise"]),
        ("Hello {nom|x}!", ["unknown"]),
        ("Hello {}!", ["unknown"]),
    ],
)
def test_gap_that_cannot_be_filled_is_found(text: str, faults: list[str]) -> None:
    asked = survey(None, None, q1={"text": {"en": text}})
    assert [fault.why for fault in gap_faults(asked)] == faults


def test_gaps_are_filled_or_have_other_words() -> None:
    known = {"place": "Ward 7", "answer:q0": "<b>"}
    fill = "{place}, {answer:q0|x}, {name|friend}, {site}"
    assert filled(fill, lambda name: known.get(name, "")) == "Ward 7, <b>, friend, …"


def test_order_follows_from_the_number_and_keeps_what_must_stay() -> None:
    kinds = every_kind()
    kinds["items"][1]["shuffle"] = True
    kinds["items"][0]["mix"] = kinds["items"][1]["mix"] = "a"
    asked = read_draft(kinds)
    assert ordered(asked, 0) == asked and ordered(asked, 5) == ordered(asked, 5)
    firsts, values = set(), set()
    for seed in range(1, 30):
        mixed = ordered(asked, seed)
        firsts.add(mixed.items[0].code)
        assert [item.code for item in mixed.items[2:]] == [i.code for i in asked.items[2:]]
        scale = mixed.item("helped").scale
        assert scale is not None
        values.add(tuple(choice.value for choice in scale.choices))
    assert firsts == {"ward", "helped"}
    assert values == {(1, 3, 2), (3, 1, 2)}, "what stands alone stays last"


@pytest.mark.capability("L05")
def test_words_are_graded_in_each_language_and_barriers_named() -> None:
    pulse = {grade.language: grade for grade in grades(shipped()["pulse", 1])}
    assert pulse["en"].grade is not None and pulse["en"].words > 100
    assert pulse["es"].ease is not None and pulse["ar"].fits is None
    hard = survey(None, q0={"text": {"en": "WAS IT COMPREHENSIVELY COMMUNICATED? WHEN?"}})
    assert {each.kind for each in barriers(hard)} == {"capitals", "two_at_once"}
