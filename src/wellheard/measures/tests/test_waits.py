"""Waits from the times of visits, and reported waits beside measured ones."""

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy import stats

from wellheard.measures.errors import EmptyData, NaiveDatetime, OutOfRange, TooFewPoints
from wellheard.measures.waits import capped, mean_difference, wait_of, waits_of

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def after(minutes):
    return NINE + timedelta(minutes=minutes)


def wait(scheduled=0, arrived=-10, roomed=20, seen=35):
    moments = {"scheduled": scheduled, "arrived": arrived, "roomed": roomed, "seen": seen}
    return wait_of(**{name: None if m is None else after(m) for name, m in moments.items()})


@pytest.mark.capability("G01")
def test_wait_begins_at_the_later_of_arrival_and_the_time_given():
    early, late = wait(arrived=-10), wait(arrived=5)
    assert (early.minutes, early.until_room, early.in_room) == (35, 20, 15)
    assert (late.minutes, late.until_room, late.in_room) == (30, 15, 15)


def test_who_is_seen_before_their_time_did_not_wait():
    seen_early = wait(arrived=-20, roomed=-10, seen=-5)
    assert (seen_early.minutes, seen_early.until_room, seen_early.in_room) == (0, 0, 0)


def test_without_a_time_the_wait_begins_on_arrival_and_without_a_room_it_has_no_parts():
    walked_in = wait(scheduled=None, arrived=0, roomed=None, seen=40)
    assert (walked_in.minutes, walked_in.until_room, walked_in.in_room) == (40, None, None)


@pytest.mark.parametrize(
    ("times", "why"),
    [
        ({"arrived": None}, "no_arrival"),
        ({"seen": None}, "not_seen"),
        ({"arrived": 40}, "out_of_order"),
        ({"roomed": 36}, "out_of_order"),
        ({"roomed": -11}, "out_of_order"),
        ({"seen": 721}, "too_long"),
    ],
)
def test_visit_that_has_no_wait_says_why(times, why):
    assert wait(**times) == why


def test_moment_without_a_zone_is_refused():
    naive = datetime(2026, 3, 2, 9)  # noqa: DTZ001  # the point of the test
    with pytest.raises((NaiveDatetime, TypeError)):
        wait_of(scheduled=None, arrived=naive, roomed=None, seen=naive)


def test_summary_is_that_of_the_sorted_values():
    found = waits_of({5: 3, 10: 4, 20: 2, 60: 1}, limit=15)
    assert (found.n, found.mean, found.median, found.nine_of_ten) == (10, 15.5, 10, 20)
    # Binomial(10, 1/2): one value on either side leaves 2 x 11 / 1024 outside, two would leave 11 %.
    assert (found.low, found.high) == (5, 20)
    assert (found.long.count, round(found.long.estimate, 2)) == (3, 0.3)


@pytest.mark.parametrize("n", [20, 249, 600])
def test_interval_of_the_median_covers_as_often_as_it_says(n):
    rng = random.Random(n)
    covered = 0
    for _ in range(300):
        values = np.bincount([int(rng.expovariate(1 / 20)) for _ in range(n)])
        found = waits_of({i: int(c) for i, c in enumerate(values) if c}, limit=15)
        covered += found.low <= 13 <= found.high  # the median of whole minutes
    assert covered >= 279, "95 % within what 300 tries allow"


@pytest.mark.capability("G01")
def test_difference_equals_the_one_worked_out_by_hand():
    # Reported 20, 30, 40; measured 10, 20, 20, 30. Means 30 and 20; variances 100 and 66.67;
    # standard error sqrt(100/3 + 66.67/4) = sqrt(50); 3.857 degrees of freedom, t = 2.8175.
    found = mean_difference({20: 1, 30: 1, 40: 1}, {10: 1, 20: 2, 30: 1})
    assert (found.estimate, found.first_mean, found.second_mean) == (10, 30, 20)
    assert found.low == pytest.approx(10 - 2.8175 * 50**0.5, abs=2e-3)
    assert found.high == pytest.approx(10 + 2.8175 * 50**0.5, abs=2e-3)


def test_difference_equals_scipy():
    rng = np.random.default_rng(4)
    first, second = rng.poisson(30, 80), rng.poisson(22, 300)
    reference = stats.ttest_ind(first, second, equal_var=False).confidence_interval()
    found = mean_difference(*(_counted(values) for values in (first, second)))
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high))


def _counted(values):
    return {int(v): int((values == v).sum()) for v in set(values.tolist())}


def test_longest_answer_holds_every_longer_wait():
    assert capped({10: 2, 90: 1, 140: 3}, 90) == {10: 2, 90: 4}


def test_equal_values_differ_by_nothing_and_one_value_is_too_few():
    assert mean_difference({5: 3}, {5: 2}).low == 0
    with pytest.raises(TooFewPoints):
        mean_difference({5: 1}, {5: 9})
    with pytest.raises(EmptyData):
        waits_of({}, limit=15)
    with pytest.raises(OutOfRange):
        waits_of({5: -1}, limit=15)
