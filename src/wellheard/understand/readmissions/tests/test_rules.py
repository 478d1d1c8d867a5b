"""Which stays count, which are one, and who came back: by the rule, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from wellheard.understand.predictions.rules import Stay
from wellheard.understand.readmissions.rules import (
    follow,
    last_whole_month,
    readmission_policy,
    was_planned,
)

POLICY = readmission_policy()
DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)
UNTIL = DAY + timedelta(days=400)
pytestmark = pytest.mark.capability("G04")


def stay(begins: float, ends: float | None, who: str = "a", **given: Any) -> Stay:
    """A stay from one day to another (days since DAY)."""
    base: dict[str, Any] = {
        "pk": int(begins * 100), "who": who, "inpatient": True, "began": DAY + timedelta(begins),
        "ended": DAY + timedelta(begins if ends is None else ends), "open": ends is None,
        "gone": False, "nights": None, "age": 60, "discharged_to": "home", "line": "medical",
        "groups": {}, "place": 1, "site": 1, "planned": False,
    }  # fmt: skip
    return Stay(**{**base, **given})


def backs(*stays: Stay, until: datetime = UNTIL) -> list[float | None]:
    """For each index stay in order of time: the day of its return."""
    index = sorted(follow(stays, POLICY, until=until).index, key=lambda each: each.ended)
    return [None if each.back is None else (each.back - DAY) / timedelta(days=1) for each in index]


def test_return_on_day_30_counts_and_on_day_31_does_not() -> None:
    assert backs(stay(0, 3), stay(33, 35)) == [33, None]
    assert backs(stay(0, 3), stay(33.01, 35)) == [None, None]


def test_each_return_is_an_index_of_its_own() -> None:
    assert backs(stay(0, 3), stay(10, 12), stay(20, 21)) == [10, 20, None]


@pytest.mark.parametrize("end", ["died", "hospice", "left"])
def test_end_after_which_nobody_was_sent_home_is_no_index(end: str) -> None:
    followed = follow([stay(0, 3, discharged_to=end), stay(9, 10)], POLICY, until=UNTIL)
    assert [each.ended for each in followed.index] == [DAY + timedelta(10)]
    assert followed.left_out == {end: 1}


def test_stay_that_died_is_still_a_return_of_the_one_before() -> None:
    assert backs(stay(0, 3), stay(9, 10, discharged_to="died")) == [9]


def test_psychiatric_stay_is_no_index() -> None:
    followed = follow([stay(0, 3, exclusion="psychiatric")], POLICY, until=UNTIL)
    assert followed.left_out == {"psychiatric": 1}


def test_transfer_is_one_stay_of_the_place_that_sent_the_person_home() -> None:
    followed = follow(
        [stay(0, 3, place=1), stay(3.5, 8, place=2, transferred=True), stay(20, 22)],
        POLICY,
        until=UNTIL,
    )
    first = followed.index[0]
    assert (first.place, first.ended) == (2, DAY + timedelta(8))
    assert first.back == DAY + timedelta(20) and followed.joined == 1


def test_move_to_another_site_within_a_day_is_a_transfer_without_being_called_one() -> None:
    assert backs(stay(0, 3, site=1), stay(3.5, 8, site=2)) == [None]
    assert backs(stay(0, 3, site=1), stay(4.5, 8, site=2)) == [4.5, None]
    assert backs(stay(0, 3, site=1), stay(3.5, 8, site=2, transferred=False)) == [3.5, None]


def test_same_site_within_a_day_without_a_transfer_is_a_return() -> None:
    assert backs(stay(0, 3), stay(3.2, 5)) == [3.2, None]


def test_stays_that_overlap_are_one() -> None:
    assert backs(stay(0, 5), stay(2, 3), stay(4, 7)) == [None]


def test_planned_first_return_does_not_count_nor_what_follows_it() -> None:
    followed = follow([stay(0, 3), stay(9, 10, planned=True), stay(15, 17)], POLICY, until=UNTIL)
    first, second, last = followed.index
    assert (first.back, first.planned) == (None, True)
    assert second.back == DAY + timedelta(15) and last.back is None


def test_planned_return_after_an_unplanned_one_changes_nothing() -> None:
    assert backs(stay(0, 3), stay(9, 10), stay(15, 17, planned=True)) == [9, None, None]


@pytest.mark.parametrize(
    ("given", "planned"),
    [
        ({"planned": True}, True),
        ({"planned": False, "line": "maternity"}, False),
        ({"planned": None, "line": "maternity"}, True),
        ({"planned": None, "booked": DAY - timedelta(days=1)}, True),
        ({"planned": None, "booked": DAY - timedelta(hours=23)}, False),
        ({"planned": None}, False),
    ],
)
def test_planned_is_what_the_hospital_says_or_else_the_rule(given: Any, planned: bool) -> None:
    assert was_planned(stay(0, 3, **given), POLICY) is planned


def test_last_30_days_are_not_counted_not_even_those_who_are_back() -> None:
    until = DAY + timedelta(days=20)
    followed = follow([stay(0, 3), stay(9, 10), stay(15, None)], POLICY, until=until)
    assert followed.index == () and followed.left_out == {"not_over": 2, "still_here": 1}


def test_emergency_visits_are_neither_index_nor_return() -> None:
    assert backs(stay(0, 3), stay(9, 9.2, inpatient=False)) == [None]


def test_people_are_followed_apart() -> None:
    assert backs(stay(0, 3, "a"), stay(9, 10, "b")) == [None, None]


def test_month_is_shown_when_every_stay_of_it_has_had_its_window() -> None:
    assert last_whole_month(date(2026, 3, 2), POLICY).first_day == date(2026, 1, 1)
    assert last_whole_month(date(2026, 3, 3), POLICY).first_day == date(2026, 2, 1)
    assert last_whole_month(date(2026, 3, 31), POLICY).first_day == date(2026, 3, 1)
