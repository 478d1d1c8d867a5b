"""Friends and Family, satisfaction, effort, clustered bootstrap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.bootstrap import clustered_bootstrap, clustered_mean
from wellheard.measures.errors import (
    EmptyData,
    MeasureError,
    OutOfRange,
    ShapeMismatch,
    TooFewPoints,
    UnknownName,
)
from wellheard.measures.scores import (
    FriendsAndFamilyUnit,
    customer_effort,
    customer_satisfaction,
    friends_and_family,
    shown_units,
)

ALPHA = {"very_good": 100, "good": 50, "neither": 20, "poor": 10, "very_poor": 5, "dont_know": 2}


def test_friends_and_family_published_fixture():
    score = friends_and_family(ALPHA, eligible=1000)
    assert score.n == 187
    assert (round(100 * score.positive.estimate, 1), round(100 * score.negative.estimate, 1)) == (
        80.2,
        8.0,
    )
    assert score.response_rate.estimate == 0.187


def unit(code, parent, n):
    return FriendsAndFamilyUnit(code, parent, n)


def test_a_lone_small_ward_hides_the_next_smallest():
    wards = [unit("site", None, 103), unit("a", "site", 3), unit("b", "site", 40),
             unit("c", "site", 60)]  # fmt: skip
    assert shown_units(wards) == {"site", "c"}
    assert shown_units([unit("site", None, 110), *wards[1:]]) == {"site", "b", "c"}


def test_everything_below_a_hidden_unit_is_hidden():
    units = [
        unit("trust", None, 104), unit("small", "trust", 4), unit("mid", "trust", 40),
        unit("big", "trust", 60), unit("w", "small", 4), unit("m1", "mid", 40),
    ]  # fmt: skip
    assert shown_units(units) == {"trust", "big"}


@settings(max_examples=60)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=6))
def test_hidden_wards_are_never_the_difference_of_shown_ones(sizes):
    units = [unit("all", None, sum(sizes)), *(unit(str(i), "all", n) for i, n in enumerate(sizes))]
    shown = shown_units(units)
    hidden = [n for i, n in enumerate(sizes) if str(i) not in shown]
    assert all(str(i) not in shown for i, n in enumerate(sizes) if 1 <= n <= 4)
    if "all" in shown and sum(n > 0 for n in sizes) > 1:
        assert len(hidden) != 1


@pytest.mark.capability("L03")
def test_satisfaction_and_effort_by_hand():
    assert customer_satisfaction([5, 4, 3, 1]).estimate == 0.5
    effort = customer_effort([7, 5, 4, 1])
    assert (effort.mean.estimate, effort.easy.estimate) == (4.25, 0.5)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 999))
def test_answers_that_hang_together_widen_the_interval(seed):
    random = np.random.default_rng(seed)
    wards = np.repeat(np.arange(30), 20)
    values = random.normal(size=30)[wards] + 0.1 * random.normal(size=600)
    together = clustered_mean(values, wards)
    apart = clustered_mean(values, np.arange(600))
    assert together.high - together.low > 2 * (apart.high - apart.low)
    assert together.estimate == pytest.approx(values.mean())


def test_general_bootstrap_agrees_with_the_fast_mean():
    random = np.random.default_rng(1)
    wards, values = np.repeat(np.arange(12), 5), random.normal(size=60)
    slow = clustered_bootstrap(lambda rows: float(rows.mean()), values, wards, draws=3000)
    fast = clustered_mean(values, wards, draws=3000)
    assert slow.se == pytest.approx(fast.se, rel=0.1)
    assert slow == clustered_bootstrap(lambda rows: float(rows.mean()), values, wards, draws=3000)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: friends_and_family({}), EmptyData),
        (lambda: friends_and_family({"excellent": 3}), UnknownName),
        (lambda: friends_and_family({"good": -1}), OutOfRange),
        (lambda: friends_and_family(ALPHA, eligible=5), OutOfRange),
        (lambda: shown_units([unit("a", "b", 1)]), UnknownName),
        (lambda: shown_units([unit("a", "b", 1), unit("b", "a", 1)]), OutOfRange),
        (lambda: shown_units([unit("a", None, 1), unit("b", "a", 5)]), OutOfRange),
        (lambda: customer_satisfaction([6]), OutOfRange),
        (lambda: customer_effort([]), EmptyData),
        (lambda: clustered_mean([1, 2], [1, 1]), TooFewPoints),
        (lambda: clustered_mean([1, 2], [1]), ShapeMismatch),
        (lambda: clustered_mean([1, 2], [1, 2], draws=5), OutOfRange),
    ],
)
def test_bad_input_is_named(call, error):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, MeasureError)
