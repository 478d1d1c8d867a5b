"""Two groups compared stratum by stratum."""

import numpy as np
import pytest

from wellheard.measures.errors import EmptyData, OutOfRange
from wellheard.measures.strata import Stratum, stratified_difference


def test_one_stratum_is_the_plain_difference():
    found = stratified_difference([Stratum(30, 100, 20, 100)])
    assert found.estimate == pytest.approx(0.10)
    # Close to the Wald interval of two shares, 0.10 +/- 1.96 sqrt(.21/100 + .16/100).
    assert (found.low, found.high) == pytest.approx((-0.0192, 0.2192), abs=2e-3)


@pytest.mark.capability("G02")
def test_reminders_that_go_to_those_booked_far_ahead_do_not_seem_to_do_harm():
    # Over all: 24 % missed with, 9.6 % without a reminder; within each stratum fewer with one.
    booked_today, booked_ahead = Stratum(0, 0, 40, 800), Stratum(240, 1000, 56, 200)
    found = stratified_difference([booked_today, booked_ahead])
    assert found.estimate == pytest.approx(0.24 - 0.28)
    assert (found.first_n, found.second_n, found.strata) == (1000, 200, 1)


def test_two_strata_by_hand():
    # Weights 50 x 50 / 100 = 25 and 30 x 60 / 90 = 20; differences .2 and .1.
    found = stratified_difference([Stratum(20, 50, 10, 50), Stratum(9, 30, 12, 60)])
    assert found.estimate == pytest.approx((25 * 0.2 + 20 * 0.1) / 45)


def test_interval_covers_as_often_as_it_says_with_many_small_strata():
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(400):
        base = rng.uniform(0.05, 0.5, 40)
        first, second = rng.binomial(6, base + 0.1), rng.binomial(3, base)
        found = stratified_difference(
            Stratum(int(a), 6, int(b), 3) for a, b in zip(first, second, strict=True)
        )
        covered += found.low <= 0.1 <= found.high
    assert 370 <= covered <= 392


def test_nothing_to_compare_is_refused():
    with pytest.raises(EmptyData):
        stratified_difference([Stratum(1, 5, 0, 0)])
    with pytest.raises(OutOfRange):
        stratified_difference([Stratum(6, 5, 1, 5)])
