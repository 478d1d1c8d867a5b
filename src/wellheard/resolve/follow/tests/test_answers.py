"""Answers, pages and codes: the pure parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.resolve.follow.rules.answers import (
    STEPS,
    Answers,
    read_answers,
    step_after,
    step_before,
    with_answers,
)
from wellheard.resolve.follow.rules.codes import code_of, is_code_of


@given(st.text(max_size=200), st.lists(st.sampled_from(["care", "harm"]), unique=True))
def test_answers_survive_storage(text: str, subjects: list[str]) -> None:
    answers = Answers(text=text, subjects=tuple(subjects), way="email")
    assert read_answers(answers.to_json()) == answers


def test_answers_of_another_edition_are_left_aside() -> None:
    assert read_answers('{"text": "x", "mood": "y"}') == Answers(text="x")
    assert read_answers("") == Answers()


def test_one_page_changes_only_its_own_answers() -> None:
    before = Answers(text="x", name="Ana")
    after = with_answers(before, {"subjects": ["care"], "place": "3", "nonsense": "y"})
    assert after == Answers(text="x", name="Ana", subjects=("care",), place="3")


def test_pages_lead_forward_back_and_home() -> None:
    walked = ["about"]
    while walked[-1] != "check":
        walked.append(step_after(walked[-1], only_changing=False))
    assert tuple(walked) == STEPS
    assert step_after("about", only_changing=True) == "check"
    assert step_before("about") == ""
    assert step_before("check") == "files"


@given(st.text(min_size=1, max_size=60))
def test_code_opens_its_own_secret_however_it_is_typed(secret: str) -> None:
    code = code_of(secret)
    assert is_code_of(code.lower().replace("-", " "), secret)
    assert not is_code_of(code, secret + "x")


@pytest.mark.parametrize("typed", ["", "-", "AAAA-AAAA", "1234567"])
def test_wrong_code_opens_nothing(typed: str) -> None:
    assert not is_code_of(typed, "a secret")
