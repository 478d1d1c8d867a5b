"""The rules of a shared screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wellheard.listen.kiosk.rules import is_heard, new_pin, read_pin, state_after

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["123 456", "123-456", "١٢٣٤٥٦"])
def test_number_is_read_however_it_is_typed(typed: str) -> None:
    assert read_pin(typed) == "123456"


def test_numbers_are_of_their_length() -> None:
    assert all(len(new_pin(6)) == 6 and new_pin(6).isdecimal() for _ in range(20))


@pytest.mark.parametrize(
    ("ages", "heard"), [([1, 2, 3, 4], True), ([1, 2, 3, 4, 5], False), ([1, 2, 3, 4, 15], True)]
)
def test_wrong_numbers_count_for_a_quarter_of_an_hour(ages: list[int], heard: bool) -> None:
    wrong = [NOW - timedelta(minutes=age) for age in ages]
    assert is_heard(wrong, now=NOW, tries=5, within=timedelta(minutes=15)) == heard


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (["made"], "waiting"),
        (["made", "bound", "wrong_pin"], "on"),
        (["made", "bound", "left"], "left"),
        (["made", "bound", "left", "made"], "waiting"),
        (["made", "revoked"], "revoked"),
    ],
)
def test_state_follows_from_the_steps(steps: list[str], state: str) -> None:
    assert state_after(steps) == state
