"""Rates of events and the standing among others."""

import csv
import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from wellheard.measures.benchmarks import Period, benchmark, standing
from wellheard.measures.errors import (
    EmptyData,
    MeasureError,
    NotFinite,
    OutOfRange,
    TooFewPoints,
)
from wellheard.measures.rates import poisson_rate, rate_ratio, silence_index

YEAR = Period(date(2016, 10, 1), date(2017, 10, 1))


@pytest.mark.capability("C16")
def test_complaints_per_thousand_discharges_with_the_exact_interval():
    rate = poisson_rate(10, 4000, per=1000)
    assert rate.estimate == 2.5
    # Exact limits of a count of 10, as tabulated: 4.795 and 18.390.
    assert (round(rate.low * 4, 3), round(rate.high * 4, 3)) == (4.795, 18.390)


@given(st.integers(0, 500), st.floats(1, 1e5))
def test_poisson_interval_equals_scipy(count, exposure):
    rate = poisson_rate(count, exposure)
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0
    assert rate.low == pytest.approx(low / exposure, rel=1e-6)
    assert rate.high == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2 / exposure, rel=1e-6)
    assert rate.low <= rate.estimate <= rate.high


@given(st.integers(0, 80), st.integers(1, 80), st.floats(1, 1e4), st.floats(1, 1e4))
def test_rate_ratio_turns_over_when_groups_swap(a, b, first, second):
    one, other = rate_ratio((a, first), (b, second)), rate_ratio((b, second), (a, first))
    assert one.low <= one.estimate <= one.high
    if a:
        assert one.estimate * other.estimate == pytest.approx(1)
        assert one.low * other.high == pytest.approx(1)
    else:
        assert other.estimate is None is other.high


@pytest.mark.capability("M01")
def test_a_group_that_is_treated_but_not_heard_is_found():
    quiet = silence_index(6, 300, 200, 2500)
    assert quiet.quiet
    assert quiet.ratio.estimate == pytest.approx(0.02 / 0.08)
    assert not silence_index(24, 300, 200, 2500).quiet


@pytest.mark.capability("L07")
def test_standing_in_the_public_file_is_recomputed_from_its_rows():
    path = Path(__file__).parent / "data" / "cms" / "hcahps_hospital_wide_2016-10_2017-09.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        scores = [int(row["H_COMP_1_LINEAR_SCORE"]) for row in csv.DictReader(file)]
    found = standing(91, YEAR, benchmark("HCAHPS by hospital", YEAR, scores))
    assert found.percentile == pytest.approx(stats.percentileofscore(scores, 91, kind="mean"))
    assert (found.n, found.median) == (3462, 92)
    assert found.top_decile_mean >= found.top_decile > found.median


@pytest.mark.capability("L07")
def test_another_period_is_never_ranked():
    other = Period(date(2018, 1, 1), date(2019, 1, 1))
    with pytest.raises(MeasureError, match="cannot be ranked"):
        standing(91, other, benchmark("db", YEAR, range(20)))


@given(st.lists(st.integers(0, 20), min_size=10, max_size=60), st.integers(0, 20))
def test_turning_the_direction_mirrors_the_rank(values, value):
    up = standing(value, YEAR, benchmark("db", YEAR, values))
    down = standing(value, YEAR, benchmark("db", YEAR, values, higher_is_better=False))
    assert up.percentile + down.percentile == pytest.approx(100)
    assert down.top_decile <= down.median <= up.top_decile


@pytest.mark.parametrize(
    ("call", "error", "argument"),
    [
        (lambda: poisson_rate(-1, 5), OutOfRange, "count"),
        (lambda: poisson_rate(1, 0), EmptyData, "exposure"),
        (lambda: poisson_rate(1, float("nan")), NotFinite, "exposure"),
        (lambda: poisson_rate(1, 5, per=0), OutOfRange, "per"),
        (lambda: rate_ratio((0, 5), (0, 5)), EmptyData, "count"),
        (lambda: benchmark(" ", YEAR, range(20)), EmptyData, "database"),
        (lambda: benchmark("db", YEAR, range(9)), TooFewPoints, "values"),
        (lambda: Period(date(2020, 1, 1), date(2020, 1, 1)), OutOfRange, "period"),
        (lambda: standing(np.nan, YEAR, benchmark("db", YEAR, range(20))), NotFinite, "value"),
    ],
)
def test_bad_input_names_the_argument(call, error, argument):
    with pytest.raises(error) as caught:
        call()
    assert caught.value.argument == argument
