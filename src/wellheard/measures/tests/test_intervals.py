"""Shares, differences and means against published figures, scipy, and their own properties."""

import math
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from wellheard.measures.errors import EmptyData, NotFinite, NotNumeric, OutOfRange, TooFewPoints
from wellheard.measures.intervals import mean_interval, median_interval, newcombe, wilson


def test_wilson_eighty_of_a_hundred():
    share = wilson(80, 100)
    assert (round(share.low, 4), round(share.high, 4)) == (0.7112, 0.8666)
    assert (share.n, share.estimate, share.method) == (100, 0.8, "Wilson score")


def test_newcombe_matches_the_example_of_the_1998_paper():
    gap = newcombe(56, 70, 48, 80)
    assert round(gap.low, 4) == 0.0524
    assert round(gap.high, 4) == 0.3339


def test_newcombe_extreme_example_of_the_1998_paper():
    gap = newcombe(10, 10, 0, 20)
    assert (round(gap.low, 4), gap.high) == (0.6791, 1.0)


@given(st.integers(1, 5000), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.998]))
def test_wilson_equals_scipy_and_holds_the_estimate(n, share, level):
    count = round(share * n)
    ours = wilson(count, n, level=level)
    theirs = stats.binomtest(count, n).proportion_ci(confidence_level=level, method="wilson")
    assert math.isclose(ours.low, theirs.low, rel_tol=1e-9, abs_tol=1e-12)
    assert math.isclose(ours.high, theirs.high, rel_tol=1e-9, abs_tol=1e-12)
    assert 0 <= ours.low <= ours.estimate <= ours.high <= 1


@given(st.integers(1, 500), st.floats(0, 1))
def test_wilson_interval_shrinks_when_everything_is_ten_times_as_many(n, share):
    count = round(share * n)
    few, many = wilson(count, n), wilson(10 * count, 10 * n)
    assert many.high - many.low < few.high - few.low


@given(st.integers(1, 300), st.integers(1, 300), st.floats(0, 1), st.floats(0, 1))
def test_newcombe_is_antisymmetric(first, second, p, q):
    one = newcombe(round(p * first), first, round(q * second), second)
    other = newcombe(round(q * second), second, round(p * first), first)
    assert math.isclose(one.low, -other.high, abs_tol=1e-12)
    assert -1 <= one.low <= one.estimate <= one.high <= 1


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_mean_interval_equals_scipy(values):
    ours = mean_interval(values)
    assert ours.low <= ours.estimate <= ours.high
    se = stats.sem(values)
    half = stats.t.ppf(0.975, len(values) - 1) * se
    assert math.isclose(ours.high - ours.estimate, half, rel_tol=1e-7, abs_tol=1e-7)


@pytest.mark.parametrize(
    ("count", "n", "error", "argument"),
    [
        (0, 0, EmptyData, "n"),
        (3, 2, OutOfRange, "count"),
        (-1, 2, OutOfRange, "count"),
        (1, -2, OutOfRange, "n"),
        (math.nan, 2, NotFinite, "count"),
        (1, math.inf, NotFinite, "n"),
        ("1", 2, NotNumeric, "count"),
        (True, 2, NotNumeric, "count"),
    ],
)
def test_wilson_bad_input_names_the_argument(count, n, error, argument):
    with pytest.raises(error) as caught:
        wilson(count, n)
    assert caught.value.argument == argument


@pytest.mark.parametrize("level", [0, 1, 95, math.nan])
def test_level_outside_zero_to_one_refused(level):
    with pytest.raises((OutOfRange, NotFinite), match="level"):
        wilson(1, 2, level=level)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ([], EmptyData),
        ([1.0], TooFewPoints),
        ([1.0, math.nan], NotFinite),
        (["a", "b"], NotNumeric),
        ([1e308, 1e308], NotFinite),
    ],
)
def test_mean_interval_bad_input_refused(values, error):
    with pytest.raises(error):
        mean_interval(values)


def test_median_interval_of_ten_is_the_second_and_the_ninth():
    """Conover, table of the sign test: n = 10 gives ranks 2 and 9, 97.9 % sure."""
    found = median_interval([10, 1, 2, 9, 3, 8, 4, 7, 5, 6])
    assert (found.n, found.estimate, found.low, found.high) == (10, 5.5, 2, 9)


def test_median_interval_of_five_has_no_bounds_and_of_six_is_the_whole_range():
    assert median_interval([1, 2, 3, 4, 5]).low is None
    found = median_interval(range(6))
    assert (found.low, found.high) == (0, 5)


def test_median_interval_ranks_agree_where_the_two_ways_meet():
    for n in (1001, 5000):
        found = median_interval(range(n))
        exact = _exact_rank(n)
        assert found.low is not None and abs(found.low - (exact - 1)) <= 1


def _exact_rank(n):
    below, rank = 0, 0
    while (below := below + comb(n, rank)) <= 2**n * 25 // 1000:
        rank += 1
    return rank


def test_median_of_nothing_refused():
    with pytest.raises(EmptyData):
        median_interval([])
