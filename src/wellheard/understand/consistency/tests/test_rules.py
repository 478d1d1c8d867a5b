"""Which touchpoints are shown, and what a spread says; no database."""

from __future__ import annotations

from collections import Counter

import pytest

from wellheard.understand.consistency.policy import core_policy
from wellheard.understand.consistency.rules import (
    Spot,
    changed,
    consistency_of,
    grouped,
    places_with_several,
    shown_of,
)
from wellheard.understand.facts.slices import Month

Q1, Q2 = Month(2026, 1), Month(2026, 4)
DESK, BED, LATER = Spot(1, None, "arrive"), Spot(1, 5, "receive"), Spot(1, 6, "follow_up")
RESPECT = next(each for each in core_policy().items if each.code == "respect")


def answers(low: int, high: int) -> Counter[int]:
    return Counter({2: low, 4: high})


def judge(groups):
    return consistency_of(groups, even_within=5, false_discovery_rate=0.05)


def test_small_touchpoint_takes_another_with_it_so_that_the_place_does_not_give_it_away():
    asked = {(Q1, 1): {DESK: answers(3, 4), BED: answers(20, 30), LATER: answers(10, 9)}}
    shown = shown_of(asked, {}, 11)
    assert set(shown.answers) == {BED} and shown.withheld
    assert shown_of({(Q1, 1): {DESK: answers(2, 3)}}, {}, 11).answers == {}


def test_handful_answered_beside_staff_is_not_told_by_a_difference():
    cut = (Q1, 1)
    asked = {cut: {DESK: answers(20, 20), BED: answers(20, 30)}}
    assert set(shown_of(asked, {(cut, DESK): 4}, 11).answers) == {BED}
    assert set(shown_of(asked, {(cut, DESK): 11}, 11).answers) == {DESK, BED}


def test_quarters_are_added_only_where_each_may_be_shown():
    asked = {
        (Q1, 1): {DESK: answers(20, 20), BED: answers(20, 30)},
        (Q2, 1): {DESK: answers(10, 10), BED: answers(10, 20)},
    }
    shown = shown_of(asked, {}, 11)
    assert sum(shown.answers[DESK].values()) == 60 and not shown.withheld
    assert places_with_several(shown.answers) == [1]


@pytest.mark.capability("J02")
def test_index_rises_with_planted_spread_and_says_when_it_is_even():
    def three(step: int):
        spots = {
            DESK: answers(100, 300), BED: answers(100 + step, 300 - step),
            LATER: answers(100 + 2 * step, 300 - 2 * step),
        }  # fmt: skip
        return judge(grouped(spots, lambda spot: spot.stage, RESPECT.stretched))

    even, some, much = three(0), three(30), three(75)
    assert even.says == "even" and some.says == much.says == "uneven"
    assert even.spread.sd < some.spread.sd < much.spread.sd
    assert {each.group for each in much.apart} == {"arrive", "follow_up"}
    assert changed(much.spread, even.spread) == "wider"
    assert changed(even.spread, much.spread) == "narrower"
    assert changed(even.spread, None) == "cannot_tell"


def test_few_answers_say_neither_even_nor_uneven():
    found = judge({"a": {0.0: 6, 100.0: 9}, "b": {0.0: 5, 100.0: 9}})
    assert found.says == "cannot_tell" and not found.apart
    assert judge({"a": {0.0: 6, 100.0: 9}}).spread is None
