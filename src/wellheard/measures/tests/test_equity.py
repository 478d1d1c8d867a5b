"""Group gaps against scipy and statsmodels; too few is never called no gap."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.measures.equity import (
    benjamini_hochberg,
    chi_square_p,
    equity_gaps,
    rate_ratio,
)
from wellheard.measures.errors import (
    EmptyData,
    NotFinite,
    OutOfRange,
    TooFewPoints,
    UnknownName,
)
from wellheard.measures.intervals import wilson

GROUPS = {"English": (800, 1000), "Spanish": (140, 250), "Arabic": (6, 9), "French": (79, 100)}


@pytest.mark.capability("M01")
def test_planted_gap_is_found_and_only_that_one():
    gaps = equity_gaps(GROUPS, reference="English")
    verdicts = {group.group: group.verdict for group in gaps.groups}
    assert verdicts == {
        "English": "reference",
        "Spanish": "worse",
        "Arabic": "too_few",
        "French": "no_difference_shown",
    }
    assert gaps.judged == 2


@pytest.mark.capability("M02")
def test_too_small_a_group_shows_no_figure_at_all():
    arabic = equity_gaps(GROUPS, reference="English").groups[2]
    assert (arabic.rate, arabic.gap, arabic.ratio, arabic.p) == (None, None, None, None)


def test_lower_can_be_better():
    gaps = equity_gaps(GROUPS, reference="English", higher_is_better=False)
    assert gaps.groups[1].verdict == "better"


def test_ratio_and_gap_by_hand():
    spanish = equity_gaps(GROUPS, reference="English").groups[1]
    assert spanish.gap.estimate == pytest.approx(0.56 - 0.8)
    assert spanish.ratio.estimate == pytest.approx(0.7)
    half = 1.959964 * math.sqrt(1 / 140 - 1 / 250 + 1 / 800 - 1 / 1000)
    assert spanish.ratio.low == pytest.approx(0.7 * math.exp(-half), rel=1e-6)
    assert rate_ratio(wilson(0, 10), wilson(5, 10)) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg_equals_statsmodels(p_values):
    from statsmodels.stats.multitest import multipletests

    expected = multipletests(p_values, method="fdr_bh")[1]
    assert np.allclose(benjamini_hochberg(p_values), expected)


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0, 1), st.floats(0, 1))
def test_chi_square_equals_scipy_times_n_minus_one(n, other, p, q):
    from scipy.stats import chi2, chi2_contingency

    a, b = round(p * n), round(q * other)
    if a + b in (0, n + other):
        assert chi_square_p(a, n, b, other) == 1
        return
    plain = chi2_contingency([[a, n - a], [b, other - b]], correction=False).statistic
    expected = chi2.sf(plain * (n + other - 1) / (n + other), 1)
    assert chi_square_p(a, n, b, other) == pytest.approx(expected, abs=1e-12)


@given(st.integers(20, 400), st.floats(0, 1))
def test_equal_groups_are_never_called_different(n, share):
    count = round(share * n)
    gaps = equity_gaps({"a": (count, n), "b": (count, n)}, reference="a")
    assert gaps.groups[1].verdict == "no_difference_shown"


@pytest.mark.parametrize(
    ("call", "error", "argument"),
    [
        (lambda: equity_gaps({}, reference="a"), EmptyData, "counts"),
        (lambda: equity_gaps({"a": (1, 20)}, reference="b"), UnknownName, "reference"),
        (lambda: equity_gaps({"a": (1, 5)}, reference="a"), TooFewPoints, "reference"),
        (lambda: equity_gaps({"a": (9, 5)}, reference="a"), OutOfRange, "a"),
        (lambda: benjamini_hochberg([0.5, math.nan]), NotFinite, "p_values"),
    ],
)
def test_bad_input_names_the_argument(call, error, argument):
    with pytest.raises(error) as caught:
        call()
    assert caught.value.argument == argument
