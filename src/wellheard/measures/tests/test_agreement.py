"""Agreement coefficients against published examples and statsmodels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.agreement import agreement, intraclass_correlation
from wellheard.measures.errors import (
    ConstantOutcome,
    EmptyData,
    MeasureError,
    NotFinite,
    ShapeMismatch,
    TooFewPoints,
    UnknownName,
)

# Shrout and Fleiss 1979, table 2: six targets, four judges.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def from_table(table):
    return [
        (i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)
    ]


def test_skewed_ratings_keep_ac1_high_where_kappa_collapses():
    # Gwet 2008: 118 of 125 agree on "+", kappa is negative.
    skewed = from_table([[118, 5], [2, 0]])
    ac1 = agreement(skewed, draws=200)
    kappa = agreement(skewed, coefficient="kappa", draws=200)
    assert ac1.observed == pytest.approx(118 / 125)
    assert round(ac1.estimate, 2) == 0.94
    assert round(kappa.estimate, 3) == -0.023
    assert ac1.low < ac1.estimate <= ac1.high
    assert ac1.method == "Gwet AC1, bootstrap"


@pytest.mark.parametrize("weights", ["identity", "linear", "quadratic"])
def test_two_rater_kappa_equals_statsmodels(weights):
    from statsmodels.stats.inter_rater import cohens_kappa

    table = np.array([[20, 5, 1], [4, 15, 6], [2, 3, 18]])
    kind = {"identity": None, "linear": "linear", "quadratic": "quadratic"}[weights]
    expected = cohens_kappa(table, wt=kind, return_results=False)
    ours = agreement(
        from_table(table), coefficient="kappa", weights=weights, categories=[0, 1, 2], draws=100
    )
    assert ours.estimate == pytest.approx(expected)


def test_many_rater_kappa_equals_statsmodels():
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    ratings = np.random.default_rng(0).integers(0, 3, (40, 4))
    ratings[:20, 1] = ratings[:20, 0]
    expected = fleiss_kappa(aggregate_raters(ratings)[0], method="fleiss")
    ours = agreement(ratings, coefficient="kappa", draws=100)
    assert ours.estimate == pytest.approx(expected)
    assert ours.method == "Fleiss kappa, bootstrap"


def test_ac2_by_hand_on_three_severities():
    pairs = from_table([[4, 1, 0], [0, 3, 0], [1, 0, 1]])
    weight = np.array([[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]])
    observed = np.mean([weight[i, j] for i, j in pairs])
    share = np.bincount(np.ravel(pairs)) / 20
    chance = weight.sum() / 6 * (share * (1 - share)).sum()
    ours = agreement(pairs, weights="linear", draws=200)
    assert ours.estimate == pytest.approx((observed - chance) / (1 - chance))


def test_missing_ratings_are_allowed():
    ratings = [["a", "a", None], ["b", "", "b"], ["a", "b", "a"], ["a", None, None]]
    ours = agreement(ratings, draws=100)
    assert ours.n == 4
    assert ours.observed == pytest.approx((1 + 1 + 1 / 3) / 3)


@settings(max_examples=20)
@given(st.integers(0, 999))
def test_perfect_agreement_is_one_and_order_does_not_matter(seed):
    random = np.random.default_rng(seed)
    same = np.repeat(random.permutation(np.arange(30) % 3)[:, None], 3, axis=1)
    assert agreement(same, draws=100).estimate == pytest.approx(1)
    mixed = random.integers(0, 3, (30, 3))
    shuffled = random.permutation(mixed)[:, random.permutation(3)]
    one, other = agreement(mixed, draws=100), agreement(shuffled, draws=100)
    assert one.estimate == pytest.approx(other.estimate)


def test_interval_shrinks_with_more_subjects():
    few = agreement(from_table([[8, 2], [2, 8]]), draws=400)
    many = agreement(from_table([[80, 20], [20, 80]]), draws=400)
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(
    ("kind", "published"), [("one_way", 0.17), ("agreement", 0.29), ("consistency", 0.71)]
)
def test_icc_of_shrout_and_fleiss(kind, published):
    ours = intraclass_correlation(JUDGES, kind=kind, draws=200)
    assert round(ours.estimate, 2) == published
    assert ours.low <= ours.estimate <= ours.high


@given(st.floats(-100, 100), st.floats(0.1, 50))
def test_icc_ignores_shift_and_scale(shift, scale):
    plain = intraclass_correlation(JUDGES, draws=100)
    moved = intraclass_correlation(np.array(JUDGES) * scale + shift, draws=100)
    assert plain.estimate == pytest.approx(moved.estimate, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: agreement([]), EmptyData),
        (lambda: agreement([["a"], ["b"]]), ShapeMismatch),
        (lambda: agreement([["a", "b"], ["a"]]), ShapeMismatch),
        (lambda: agreement([["a", "a"], ["a", "a"]]), ConstantOutcome),
        (lambda: agreement([["a", "x"], ["a", "a"]], categories=["a", "b"]), UnknownName),
        (lambda: agreement([["a", None], ["b", None]]), TooFewPoints),
        (lambda: agreement([["a", "b"], ["b", "a"]], weights="cubic"), UnknownName),
        (lambda: agreement([["a", "b"], ["b", "a"]], coefficient="pi"), UnknownName),
        (lambda: agreement([["a", "b"], ["b", "a"]], draws=5), MeasureError),
        (lambda: intraclass_correlation([[1, 2], [3, np.nan], [1, 1]]), NotFinite),
        (lambda: intraclass_correlation([[1], [2], [3]]), ShapeMismatch),
        (lambda: intraclass_correlation([[1, 2], [2, 1]]), TooFewPoints),
        (lambda: intraclass_correlation(np.ones((5, 2))), ConstantOutcome),
        (lambda: intraclass_correlation(JUDGES, kind="average"), UnknownName),
    ],
)
def test_bad_input_is_named(call, error):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, MeasureError)
