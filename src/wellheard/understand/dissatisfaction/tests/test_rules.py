"""Trouble at places against all others."""

from __future__ import annotations

import pytest

from wellheard.understand.dissatisfaction.rules import (
    Counted,
    Satisfied,
    Trouble,
    stand_of,
    troubles_of,
)


def test_a_place_with_three_times_the_rate_is_told_with_its_interval() -> None:
    counted = {n: Counted(40 + n, 1000) for n in range(10)}
    counted[10] = Counted(132, 1000)
    found = troubles_of("complaints", counted, fewest=60)
    assert found[10].ratio == pytest.approx(132.5 / 445.5 * 10, rel=0.01)
    assert found[10].low < 2.9 < found[10].high
    assert found[10].p < 1e-6
    assert all(found[n].p > 0.01 for n in range(10))


def test_places_that_differ_by_more_than_chance_widen_every_interval() -> None:
    alike = {n: Counted(50, 1000) for n in range(12)}
    apart = {n: Counted(30 + 40 * (n % 2), 1000) for n in range(12)}
    first = troubles_of("problems", alike, fewest=60)[0]
    second = troubles_of("problems", apart, fewest=60)[0]
    assert second.high / second.low > 2 * first.high / first.low


def test_few_people_few_places_and_no_trouble_are_not_judged() -> None:
    assert troubles_of("problems", {1: Counted(5, 59), 2: Counted(5, 59)}, fewest=60) == {}
    assert troubles_of("problems", {n: Counted(0, 100) for n in range(5)}, fewest=60) == {}
    assert 9 not in troubles_of(
        "problems", {**{n: Counted(9, 100) for n in range(5)}, 9: Counted(4, 20)}, fewest=60
    )


@pytest.mark.parametrize(
    ("gap", "is_sure", "stand"),
    [
        (5.0, True, "trouble_behind_good_scores"),
        (-5.0, True, "agree_badly"),
        (5.0, False, "agree_well"),
        (-5.0, False, "low_without_trouble"),
    ],
)
def test_scores_and_trouble_agree_or_do_not(gap: float, is_sure: bool, stand: str) -> None:
    trouble = Trouble("problems", 60, 200, 0.3, 2.0, 1.5, 2.6, 0.0001)
    satisfied = Satisfied(200, gap, gap - 4, gap + 4)
    sure = frozenset({"problems"}) if is_sure else frozenset()
    found = stand_of(1, satisfied, [trouble], sure=sure, least_ratio=1.4)  # type: ignore[arg-type]
    assert found.stand == stand


def test_without_answers_nothing_can_be_told() -> None:
    assert stand_of(1, None, [], sure=frozenset(), least_ratio=1.4).stand == "cannot_tell"
