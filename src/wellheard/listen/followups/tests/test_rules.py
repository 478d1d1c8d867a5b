"""When somebody is asked again, and whether they are: by the rule alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wellheard.channels.outbox.wording import lint
from wellheard.listen.followups.rules import WAIT, Standing, due_at, verdict
from wellheard.listen.followups.vocabulary import follow_up_rule, wording
from wellheard.listen.surveys.instruments import instrument

pytestmark = pytest.mark.capability("L10")
RULE = follow_up_rule()
WELL: dict[str, Any] = {
    "died": False, "refused": False, "stopped": False, "first_answered": True, "is_first": False,
    "agreed": True, "reachable": True, "asked_lately": False, "too_late": False,
}  # fmt: skip


def test_months_after_are_calendar_months_on_the_same_day_or_the_last() -> None:
    ended = datetime(2026, 11, 30, 14, tzinfo=UTC)
    assert due_at(ended, 3, RULE) == datetime(2027, 2, 28, 14, tzinfo=UTC)
    assert due_at(ended, 6, RULE) == datetime(2027, 5, 30, 14, tzinfo=UTC)
    assert due_at(ended, 12, RULE) == datetime(2027, 11, 30, 14, tzinfo=UTC)
    assert due_at(ended, 0, RULE) == ended + timedelta(days=2)
    assert due_at(ended, -12, RULE) == datetime(2025, 11, 30, 14, tzinfo=UTC)
    assert RULE.months == (0, 3, 6, 12)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, ""),
        ({"asked_lately": True}, WAIT),
        ({"asked_lately": True, "too_late": True}, "too_late"),
        ({"first_answered": False}, "no_first"),
        ({"first_answered": False, "is_first": True}, ""),
        ({"agreed": False}, "no_consent"),
        ({"reachable": False}, "unreachable"),
        ({"refused": True, "agreed": False}, "refused"),
        ({"stopped": True}, "stopped"),
        ({"died": True, "refused": True}, "died"),
    ],
)
def test_what_concerns_the_person_comes_first(changed: Any, says: str) -> None:
    assert verdict(Standing(**{**WELL, **changed})) == says


def test_instrument_is_of_the_house_and_says_that_it_is_no_named_survey() -> None:
    asked = instrument(RULE.instrument)
    assert asked.source.startswith("Wellheard's own wording") and "not PROMIS" in asked.source
    for item in asked.items:
        assert set(item.text) == {"en", "es", "ar"}
        assert re.search("[؀-ۿ]", item.text["ar"])


def test_message_is_well_worded_in_three_languages() -> None:
    assert lint(wording()) == ()
    assert set(wording().languages) == {"en", "es", "ar"}
