"""Control charts: limits by hand, each rule at its edge, verdicts, many charts at once."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from wellheard.measures.errors import (
    EmptyData,
    MeasureError,
    NotFinite,
    OutOfRange,
    ShapeMismatch,
    TooFewPoints,
    UnknownName,
)
from wellheard.measures.spc import (
    Rebase,
    funnel,
    g_chart,
    p_chart,
    rule_set,
    rule_sets,
    run_chart,
    t_chart,
    u_chart,
    xmr,
    xmr_many,
)

ZIGZAG = [10, 12] * 10
SERIES = arrays.arrays(np.float64, st.integers(2, 40), elements=st.floats(-1e3, 1e3, width=32))


def flagged(chart, rule):
    return [i for i, names in enumerate(chart.flags) if rule in names]


def test_xmr_limits_by_hand():
    # Moving ranges 2, 1, 3, 1: mean 1.75; centre 11.4.
    chart = xmr([10, 12, 11, 14, 13 - 3 + 0], screen_moving_ranges=False)
    ranges = [2, 1, 3, 4]
    assert chart.centre[0] == pytest.approx(11.4)
    assert chart.upper[0] == pytest.approx(11.4 + 2.66 * sum(ranges) / 4)
    assert chart.lower[0] == pytest.approx(11.4 - 2.66 * sum(ranges) / 4)
    assert chart.inner_upper[0] == pytest.approx(11.4 + 2.66 * 2 / 3 * sum(ranges) / 4)
    assert chart.trial


def test_xmr_screening_leaves_out_the_range_of_one_wild_jump():
    values = [*ZIGZAG, 40, *ZIGZAG]
    wide, narrow = (xmr(values, screen_moving_ranges=screen) for screen in (False, True))
    assert narrow.upper[0] - narrow.centre[0] == pytest.approx(2.66 * 2)
    assert wide.upper[0] > narrow.upper[0]
    assert ("unscreened" in wide.method, "unscreened" in narrow.method) == (True, False)


def test_shift_needs_seven_points():
    six = xmr([*ZIGZAG, 10, *[11.5] * 6], baseline=20)
    seven = xmr([*ZIGZAG, 10, *[11.5] * 7], baseline=20)
    assert flagged(six, "shift") == []
    assert flagged(seven, "shift") == list(range(21, 28))
    assert seven.latest.variation == "neutral_high"


def test_trend_needs_seven_points_and_a_tie_breaks_it():
    rising = [10.0 + 0.1 * i for i in range(7)]
    base = [10.3, 10.2] * 8
    assert len(flagged(xmr([*base, *rising]), "trend")) == 7
    assert flagged(xmr([*base, *rising[:6]]), "trend") == []
    assert flagged(xmr([*base, *rising[:5], rising[4], rising[5]]), "trend") == []
    assert len(flagged(xmr([*base, *reversed(rising)]), "trend")) >= 7


def test_two_of_three_marks_the_two_near_the_limit_only():
    # Centre 11, limits 11 +/- 5.32, inner lines 11 +/- 3.55.
    chart = xmr([*ZIGZAG, 15, 11.5, 15, 10], baseline=20)
    assert flagged(chart, "two_of_three") == [20, 22]
    split = xmr([*ZIGZAG, 15, 10.5, 15, 10], baseline=20)
    assert flagged(split, "two_of_three") == []


def test_a_point_on_the_limit_is_not_outside():
    chart = xmr([*ZIGZAG, 11 + 2.66 * 2], baseline=20)
    assert flagged(chart, "outside") == []
    assert flagged(xmr([*ZIGZAG, 11 + 2.66 * 2 + 0.01], baseline=20), "outside") == [20]


@pytest.mark.parametrize(
    ("direction", "verdict"),
    [("increase", "improvement"), ("decrease", "concern"), (None, "neutral_high")],
)
def test_direction_decides_the_verdict(direction, verdict):
    chart = xmr([*ZIGZAG, 30], baseline=20, direction=direction)
    assert chart.variation == chart.latest.variation == verdict
    assert (chart.latest.since, chart.latest.side) == (20, "high")
    assert chart.latest.rules == {"outside"}


@pytest.mark.parametrize(
    ("target", "direction", "verdict"),
    [
        (20, "increase", "fail"),
        (20, "decrease", "pass"),
        (2, "increase", "pass"),
        (2, "decrease", "fail"),
        (11, "increase", "hit_or_miss"),
        (20, None, None),
        (None, "increase", None),
    ],
)
def test_assurance(target, direction, verdict):
    assert xmr(ZIGZAG, target=target, direction=direction).assurance == verdict


def test_trial_limits_below_thirteen_points():
    assert xmr(ZIGZAG[:12]).trial
    assert not xmr(ZIGZAG[:13]).trial


def test_rebase_starts_new_limits_and_keeps_its_reason():
    moved = [value + 20 for value in ZIGZAG]
    chart = xmr([*ZIGZAG, *moved], rebases=[Rebase(20, "new unit opened")])
    assert (chart.centre[0], chart.centre[-1]) == (11, 31)
    assert chart.variation == "common_cause"
    assert chart.rebases[0].reason == "new unit opened"
    with pytest.raises(OutOfRange, match="no reason"):
        xmr(ZIGZAG, rebases=[Rebase(5, " ")])
    with pytest.raises(OutOfRange, match="at least 2 points"):
        xmr(ZIGZAG, rebases=[Rebase(19, "why not")])


@given(st.floats(-1e9, 1e9), st.integers(2, 60), st.sampled_from(sorted(rule_sets())))
def test_a_constant_series_signals_nothing(value, points, rules):
    chart = xmr([value] * points, rules=rules)
    assert set(chart.variations) == {"common_cause"}


@given(SERIES, st.floats(-1e3, 1e3, width=32))
def test_adding_a_constant_moves_the_lines_and_nothing_else(values, constant):
    plain, moved = xmr(values), xmr(values + constant)
    assert np.allclose(np.array(moved.upper) - constant, plain.upper, atol=1e-6)
    assert np.allclose(np.array(moved.centre) - constant, plain.centre, atol=1e-6)


@given(SERIES)
def test_turning_the_scale_over_swaps_high_and_low(values):
    def turned(variation):
        return {"neutral_high": "neutral_low", "neutral_low": "neutral_high"}.get(
            variation, variation
        )

    chart, mirror = xmr(values, rules="western-electric"), xmr(-values, rules="western-electric")
    assert [set(names) for names in chart.flags] == [set(names) for names in mirror.flags]
    assume(not flagged(chart, "trend"))
    assert [turned(variation) for variation in chart.variations] == list(mirror.variations)


@given(
    arrays.arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(2, 30)),
                  elements=st.integers(-5, 5).map(float)),
    st.sampled_from(sorted(rule_sets())),
)  # fmt: skip
def test_many_charts_at_once_equal_one_by_one(matrix, rules):
    together = xmr_many(matrix, rules=rules)
    names = [rule.name for rule in rule_set(rules).rules]
    for row, values in enumerate(matrix):
        alone = xmr(values, rules=rules)
        assert alone.centre[0] == pytest.approx(together.centre[row])
        assert alone.upper[0] == pytest.approx(together.upper[row])
        bits = [sum(1 << names.index(name) for name in point) for point in alone.flags]
        assert bits == list(together.bits[row])


def test_p_chart_limits_by_hand():
    chart = p_chart([20, 30, 25, 25], [100, 100, 50, 200])
    centre = 100 / 450
    assert chart.centre[0] == pytest.approx(centre)
    assert chart.upper[2] == pytest.approx(centre + 3 * math.sqrt(centre * (1 - centre) / 50))
    assert chart.sizes == (100, 100, 50, 200)
    assert chart.kind == "p"


def test_p_chart_limits_stay_between_zero_and_one():
    chart = p_chart([0, 1, 0, 1] * 4, [3] * 16)
    assert min(chart.lower) == 0
    assert all(0 <= low <= high <= 1 for low, high in zip(chart.lower, chart.upper, strict=True))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 90)), min_size=2, max_size=30))
def test_p_chart_wider_limits_for_smaller_samples(pairs):
    counts, sizes = zip(*pairs, strict=True)
    chart = p_chart(counts, sizes)
    widths = [high - centre for high, centre in zip(chart.upper, chart.centre, strict=True)]
    order = np.argsort(sizes)
    assert all(np.diff(np.array(widths)[order]) <= 1e-12)


def test_laney_equals_plain_limits_times_sigma_z():
    counts, sizes = [4000, 5000, 4200, 5100, 4100, 4900], [10_000] * 6
    plain, laney = p_chart(counts, sizes), p_chart(counts, sizes, laney=True)
    z = (np.array(plain.values) - plain.centre) / ((np.array(plain.upper) - plain.centre) / 3)
    sigma_z = np.abs(np.diff(z)).mean() / 1.128
    widths = (laney.upper[0] - laney.centre[0]) / (plain.upper[0] - plain.centre[0])
    assert widths == pytest.approx(sigma_z)
    assert plain.variation != "common_cause"
    assert laney.variation == "common_cause"


def test_u_chart_per_thousand():
    chart = u_chart([2, 4, 3, 5], [1000, 2000, 1500, 2500], per=1000)
    assert chart.values == (2, 2, 2, 2)
    assert chart.upper[1] == pytest.approx(2 + 3 * math.sqrt(2 / 2))
    assert set(chart.variations) == {"common_cause"}


@pytest.mark.parametrize(
    ("call", "error", "argument"),
    [
        (lambda: xmr([]), EmptyData, "values"),
        (lambda: xmr([1]), TooFewPoints, "values"),
        (lambda: xmr([1, math.nan]), NotFinite, "values"),
        (lambda: xmr([1, math.inf]), NotFinite, "values"),
        (lambda: xmr([1e308, -1e308]), NotFinite, "values"),
        (lambda: xmr([[1, 2], [3, 4]]), ShapeMismatch, "values"),
        (lambda: xmr(ZIGZAG, rules="nelson-99"), UnknownName, "rules"),
        (lambda: xmr(ZIGZAG, direction="up"), UnknownName, "direction"),
        (lambda: xmr(ZIGZAG, target=math.nan), NotFinite, "target"),
        (lambda: xmr(ZIGZAG, baseline=1), OutOfRange, "baseline"),
        (lambda: xmr_many(np.empty((0, 5))), ShapeMismatch, "values"),
        (lambda: p_chart([1, 2], [3]), ShapeMismatch, "sizes"),
        (lambda: p_chart([1, 2], [3, 0]), OutOfRange, "sizes"),
        (lambda: p_chart([1, 4], [3, 3]), OutOfRange, "counts"),
        (lambda: p_chart([1, -1], [3, 3]), OutOfRange, "counts"),
        (lambda: u_chart([1, 2], [3, 3], per=0), OutOfRange, "per"),
    ],
)
def test_bad_input_names_the_argument(call, error, argument):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, MeasureError)
    assert caught.value.argument == argument


@given(
    arrays.arrays(np.float64, st.integers(0, 20),
                  elements=st.floats(allow_nan=True, allow_infinity=True)),
)  # fmt: skip
def test_any_floats_give_finite_lines_or_a_named_error(values):
    try:
        chart = xmr(values)
    except MeasureError:
        return
    assert np.isfinite([chart.centre, chart.lower, chart.upper]).all()


def test_t_chart_limits_by_hand_in_days():
    times = [10.0, 30.0, 20.0, 60.0, 15.0]
    chart = t_chart(times, direction="increase")
    straight = np.array(times) ** (1 / 3.6)
    upper = straight.mean() + 2.66 * np.abs(np.diff(straight)).mean()
    assert chart.upper[0] == pytest.approx(upper**3.6)
    assert chart.values == pytest.approx(tuple(times))
    assert chart.lower[0] >= 0


def test_t_chart_long_silence_is_an_improvement_when_events_are_harm():
    chart = t_chart([10, 12, 9, 11, 10, 13, 12, 9, 10, 11, 12, 10, 9, 200], direction="increase")
    assert chart.variation == "improvement"
    assert t_chart([10, 12, 9], direction="increase", target=1).assurance is not None


def test_g_chart_limits_by_hand():
    chart = g_chart([10, 30, 20])
    assert chart.centre[0] == 20
    assert chart.upper[0] == pytest.approx(20 + 3 * math.sqrt(20 * 21))
    assert chart.lower[0] == 0


def test_run_chart_limits_of_the_paper():
    # Anhøj and Olesen 2014: 24 useful points allow a run of 8 and ask for 8 crossings.
    chart = run_chart([1, 2] * 12)
    assert (chart.useful, chart.longest_run_limit, chart.crossings_limit) == (24, 8, 8)
    assert chart.crossings == 23
    assert not chart.signal


def test_run_chart_finds_a_long_run_and_skips_points_on_the_median():
    shifted = run_chart([1, 2] * 5 + [3] * 4 + [9] * 6, centre=3)
    assert shifted.useful == 16
    assert (shifted.longest_run, shifted.side) == (10, "low")
    assert shifted.shift
    assert run_chart([5, 5, 5]).trial
    assert not run_chart([5, 5, 5]).signal


@given(st.integers(1, 200))
def test_crossing_limit_is_the_binomial_percentile(trials):
    from scipy.stats import binom

    chart = run_chart([1, 2] * trials)
    assert chart.crossings_limit == binom.ppf(0.05, 2 * trials - 1, 0.5)


def test_funnel_without_overdispersion_by_hand():
    chart = funnel(["a", "b", "c"], [50, 60, 90], [100, 100, 100], overdispersed=False)
    centre, spread = 2 / 3, math.sqrt(2 / 9 / 100)
    assert chart.units[2].z == pytest.approx((0.9 - centre) / spread)
    assert chart.units[2].place == "above"
    assert chart.units[0].inner[0] == pytest.approx(centre - 1.959964 * spread)


def test_funnel_widens_when_units_differ_more_than_chance():
    random = np.random.default_rng(2)
    truth = np.clip(random.normal(0.7, 0.08, 60), 0, 1)
    sizes = np.full(60, 2000)
    counts = random.binomial(sizes, truth)
    names = [str(i) for i in range(60)]
    plain = funnel(names, counts, sizes, overdispersed=False)
    wide = funnel(names, counts, sizes)
    outside = [sum(u.place in ("above", "below") for u in chart.units) for chart in (plain, wide)]
    assert outside[0] > 20 > 3 > outside[1]
    assert wide.tau == pytest.approx(0.08, abs=0.03)


def test_funnel_keeps_plain_limits_when_chance_explains_all():
    random = np.random.default_rng(3)
    sizes = np.full(80, 500)
    chart = funnel([str(i) for i in range(80)], random.poisson(20, 80), sizes, kind="rate")
    assert chart.tau < 0.004


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: t_chart([0, 1]), OutOfRange),
        (lambda: t_chart([1]), TooFewPoints),
        (lambda: t_chart([1, 2], target=-1), OutOfRange),
        (lambda: g_chart([1.5, 2]), OutOfRange),
        (lambda: g_chart([1]), TooFewPoints),
        (lambda: run_chart([]), EmptyData),
        (lambda: funnel(["a"], [1], [2]), TooFewPoints),
        (lambda: funnel(["a", "b", "c"], [3, 1, 1], [2, 2, 2]), OutOfRange),
        (lambda: funnel(["a", "b"], [1, 1, 1], [2, 2, 2]), ShapeMismatch),
        (lambda: funnel(["a", "b", "c"], [0, 0, 0], [2, 2, 2]), MeasureError),
    ],
)
def test_rare_run_and_funnel_bad_input_named(call, error):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, MeasureError)
