"""Letters: their elements, blame, hidden results, hard words."""

from __future__ import annotations

import pytest

from wellheard.resolve.complaints.rulebook import tone
from wellheard.resolve.complaints.rules.letters import (
    blocking,
    check_letter,
    elements_filled,
    reading_grade,
)
from wellheard.resolve.complaints.tests.packs import US

RULE = US.letters["decision"]
GOOD = {
    "heard": "You rang the bell and nobody came for half an hour.",
    "contact_person": "Rosa Marín, 555 0100",
    "steps_taken": "We spoke with the team. We read the bell log for that night.",
    "results": "The bell rang for 31 minutes. We were one nurse short.",
    "completed_on": "10 March 2026",
    "next": "From Monday two more nurses work at night.",
}


def flags(change: dict[str, str], language: str = "en") -> list[tuple[str, bool]]:
    found = check_letter(GOOD | change, RULE, tone(), language=language, grade_limit=8)
    return [(flag.code, flag.blocks) for flag in found]


def test_good_letter_has_no_flags() -> None:
    assert flags({}) == []


@pytest.mark.parametrize("empty", ["", "  ", "-", "...", "\n"])
def test_dash_does_not_fill_an_element(empty: str) -> None:
    filled = elements_filled(GOOD | {"results": empty}, RULE)
    assert filled == {"contact_person", "steps_taken", "completed_on"}
    assert flags({"results": empty}) == [("missing", True)]


@pytest.mark.capability("C09")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "We are sorry you feel that way."),
        ("en", "You should have pressed the other button."),
        ("es", "Lamentamos que se sienta así."),
        ("ar", "كان عليك أن تضغط الزر الآخر."),
    ],
)
def test_blame_is_flagged_and_holds_the_letter_back(language: str, words: str) -> None:
    assert ("blame", True) in flags({"results": words}, language)


def test_blame_is_found_through_case_and_line_breaks() -> None:
    assert ("blame", True) in flags({"results": "YOU SHOULD\n have waited."})


@pytest.mark.parametrize(
    "words", ["The findings will not be shared.", "The outcome is confidential."]
)
def test_hidden_results_are_flagged(words: str) -> None:
    assert ("hidden_results", True) in flags({"results": words})


def test_jargon_gets_a_plain_word_and_does_not_block() -> None:
    found = check_letter(
        GOOD | {"next": "We will utilize it."}, RULE, tone(), language="en", grade_limit=8
    )
    assert [(flag.code, flag.blocks) for flag in found] == [("jargon", False)]
    assert "use" in found[0].says


@pytest.mark.capability("C09")
def test_reading_grade_above_the_limit_holds_the_letter_back() -> None:
    hard = (
        "Notwithstanding institutional prioritization considerations, multidisciplinary "
        "representatives systematically investigated organizational communication deficiencies. "
    ) * 4
    assert ("grade", True) in flags({"steps_taken": hard})


def test_spanish_is_graded_by_its_own_formula() -> None:
    grade = reading_grade("La enfermera vino. Le dio agua. Habló con usted.", "es")
    assert grade is not None
    assert grade <= 6
    assert reading_grade("كلمة عربية.", "ar") is None


def test_long_sentence_is_a_remark_only() -> None:
    assert flags({"next": "We " + "go " * 28 + "now."}) == [("long_sentence", False)]


def test_only_blocking_flags_block() -> None:
    found = check_letter(
        GOOD | {"next": "We will utilize it. You should have told us."},
        RULE,
        tone(),
        language="en",
        grade_limit=8,
    )
    assert {flag.code for flag in blocking(found)} == {"blame"}
