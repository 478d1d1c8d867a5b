"""Reliability of units, and items that work differently in two groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.errors import (
    ConstantOutcome,
    MeasureError,
    NotFinite,
    OutOfRange,
    ShapeMismatch,
    TooFewPoints,
)
from wellheard.measures.item_bias import logistic_bias, mantel_haenszel, rest_score
from wellheard.measures.reliability import (
    cronbach_alpha,
    reliability_from_f,
    respondents_for,
    unit_reliability,
)


def test_reliability_from_f_of_the_manual():
    assert reliability_from_f(10) == pytest.approx(0.9)
    assert reliability_from_f(0.5) == 0


def units(seed=0, count=400, n=50, between=0.3, within=1.0):
    random = np.random.default_rng(seed)
    answers = random.normal(0, between, count)[:, None] + random.normal(0, within, (count, n))
    return answers.mean(axis=1), answers.var(axis=1, ddof=1) / n, np.full(count, n)


def test_unit_reliability_finds_the_variance_that_was_planted():
    found = unit_reliability(*units())
    assert found.between == pytest.approx(0.09, rel=0.25)
    assert found.within == pytest.approx(1, rel=0.05)
    assert found.typical == pytest.approx(0.09 / (0.09 + 1 / 50), abs=0.05)


def test_equal_units_are_not_reliable():
    means, variances, counts = units(between=0, seed=3)
    assert unit_reliability(means, variances, counts).typical < 0.25


@settings(max_examples=20)
@given(st.integers(0, 999), st.floats(-50, 50))
def test_unit_reliability_ignores_a_shift(seed, shift):
    means, variances, counts = units(seed, 30)
    one = unit_reliability(means, variances, counts)
    other = unit_reliability(means + shift, variances, counts)
    assert np.allclose(one.units, other.units, atol=1e-7)
    assert ((one.units >= 0) & (one.units < 1)).all()


def test_respondents_for_a_reliability():
    assert respondents_for(0.7, between=0.1, within=3) == 70
    with pytest.raises(ConstantOutcome):
        respondents_for(0.7, between=0, within=3)


def test_cronbach_alpha_by_hand():
    # Two items with unit variance and correlation r: alpha = 2 r / (1 + r).
    random = np.random.default_rng(0)
    first = random.normal(size=5000)
    answers = np.column_stack([first, 0.6 * first + 0.8 * random.normal(size=5000)])
    r = np.corrcoef(answers.T)[0, 1]
    standard = (answers - answers.mean(axis=0)) / answers.std(axis=0)
    assert cronbach_alpha(standard) == pytest.approx(2 * r / (1 + r))


def item(n=6000, shift=0.0, slope=0.0, seed=0):
    random = np.random.default_rng(seed)
    focal = random.random(n) < 0.4
    ability = random.normal(size=n) - 0.5 * focal
    chance = 1 / (1 + np.exp(-(0.5 + ability + focal * (shift + slope * ability))))
    score = np.clip(np.round(2 * ability + 4), 0, 8)
    return (random.random(n) < chance).astype(float), focal.astype(float), score


def test_mantel_haenszel_equals_statsmodels():
    from statsmodels.stats.contingency_tables import StratifiedTable

    y, focal, score = item(800, shift=-0.7)
    tables = []
    for value in np.unique(score):
        here = score == value
        table = [[((focal[here] == g) & (y[here] == a)).sum() for a in (1, 0)] for g in (0, 1)]
        if np.array(table).sum(axis=0).all() and np.array(table).sum(axis=1).all():
            tables.append(np.array(table, dtype=float))
    theirs, ours = StratifiedTable(tables), mantel_haenszel(y, focal, score)
    assert ours.odds_ratio == pytest.approx(theirs.oddsratio_pooled)
    assert (ours.low, ours.high) == pytest.approx(theirs.oddsratio_pooled_confint())
    test = theirs.test_null_odds(correction=True)
    assert (ours.chi_square, ours.p) == pytest.approx((test.statistic, test.pvalue))


def test_logistic_tests_equal_statsmodels():
    import statsmodels.api as sm

    y, focal, score = item(900, shift=-0.5, slope=0.4)
    z = (score - score.mean()) / score.std()
    base = np.column_stack([np.ones(900), z])
    fits = [
        sm.Logit(y, design).fit(disp=0)
        for design in (
            base,
            np.column_stack([base, focal]),
            np.column_stack([base, focal, focal * z]),
        )
    ]
    from scipy.stats import chi2

    ours = logistic_bias(y, focal, score)
    assert ours.log_odds == pytest.approx(fits[1].params[2], abs=1e-6)
    assert ours.uniform_p == pytest.approx(chi2.sf(2 * (fits[1].llf - fits[0].llf), 1), rel=1e-5)
    assert ours.non_uniform_p == pytest.approx(
        chi2.sf(2 * (fits[2].llf - fits[1].llf), 1), rel=1e-5
    )


@pytest.mark.capability("M01")
def test_planted_item_bias_is_found_and_a_fair_item_passes():
    fair, unfair = mantel_haenszel(*item()), mantel_haenszel(*item(shift=-1.2))
    assert (fair.size, unfair.size) == ("negligible", "large")
    assert unfair.delta < -1.5
    assert unfair.low <= unfair.odds_ratio <= unfair.high
    assert logistic_bias(*item(shift=-1.2)).uniform_p < 1e-6 < logistic_bias(*item()).both_p
    assert logistic_bias(*item(slope=1.0)).non_uniform_p < 0.001


@given(st.integers(0, 300))
def test_swapping_the_groups_turns_the_odds_ratio_over(seed):
    y, focal, score = item(300, shift=0.5, seed=seed)
    one, other = mantel_haenszel(y, focal, score), mantel_haenszel(y, 1 - focal, score)
    assert one.odds_ratio * other.odds_ratio == pytest.approx(1)
    assert one.p == pytest.approx(other.p)


def test_rest_score_leaves_the_item_itself_out():
    answers = np.array([[4, 1, 1], [1, 4, 4], [1, 2, np.nan], [2, np.nan, np.nan]])
    score = rest_score(answers, 0, levels=2)
    assert score[0] < score[1]
    assert np.isnan(score[3])


Y, FOCAL, SCORE = item(200)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: reliability_from_f(-1), OutOfRange),
        (lambda: unit_reliability([1], [1], [5]), TooFewPoints),
        (lambda: unit_reliability([1, 2], [1, 0], [5, 5]), OutOfRange),
        (lambda: unit_reliability([1, 2], [1, 1], [5]), ShapeMismatch),
        (lambda: respondents_for(1.0, between=1, within=1), OutOfRange),
        (lambda: cronbach_alpha([[1], [2], [3]]), ShapeMismatch),
        (lambda: cronbach_alpha([[1, 2], [2, 1]]), TooFewPoints),
        (lambda: cronbach_alpha([[1, 2], [2, 1], [1, 2]]), ConstantOutcome),
        (lambda: mantel_haenszel(Y * 2, FOCAL, SCORE), OutOfRange),
        (lambda: mantel_haenszel(Y, FOCAL * 0, SCORE), ConstantOutcome),
        (lambda: mantel_haenszel(Y, FOCAL, np.arange(200)), TooFewPoints),
        (lambda: mantel_haenszel(Y, FOCAL, SCORE[1:]), ShapeMismatch),
        (lambda: mantel_haenszel([0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 1, 1]), ConstantOutcome),
        (lambda: logistic_bias(Y, FOCAL, SCORE * 0), ConstantOutcome),
        (lambda: logistic_bias((SCORE > 4).astype(float), FOCAL, SCORE), NotFinite),
        (lambda: rest_score(np.full((3, 2), np.nan), 0), TooFewPoints),
    ],
)
def test_bad_input_is_named(call, error):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, MeasureError)
