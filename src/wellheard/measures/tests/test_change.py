"""Did it work: series, differences, guards, verdicts and plans against oracles and logic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.change import (
    change_verdict,
    detectable_difference,
    difference_in_differences,
    interrupted_series,
    mix_shift,
    plan_change,
    points_needed,
    regression_to_the_mean,
    share_point_sd,
)
from wellheard.measures.change.series import fit_series, whitened
from wellheard.measures.errors import (
    CollinearColumns,
    ConstantOutcome,
    MeasureError,
    NotFinite,
    OutOfRange,
    ShapeMismatch,
    TooFewPoints,
    UnknownName,
)


def noise(n, seed=0, sd=1.0):
    return sd * np.random.default_rng(seed).normal(size=n)


def stepped(before, after, step, seed=0, sd=1.0):
    return noise(before + after, seed, sd) + np.repeat([0.0, step], [before, after])


def test_short_series_equal_ordinary_least_squares():
    import statsmodels.api as sm

    y = stepped(5, 5, 2)
    ours = interrupted_series(y, 5, slope_change=True)
    time, after = np.arange(10.0), np.repeat([0.0, 1.0], 5)
    design = np.column_stack([np.ones(10), after, time, after * (time - 5)])
    theirs = sm.OLS(y, design).fit()
    low, high = theirs.conf_int()[1]
    assert ours.level.estimate == pytest.approx(theirs.params[1])
    assert (ours.level.low, ours.level.high) == pytest.approx((low, high))
    assert ours.level.p == pytest.approx(theirs.pvalues[1])
    assert ours.slope.estimate == pytest.approx(theirs.params[3])
    assert "least squares" in ours.method


@settings(max_examples=20)
@given(st.floats(0, 0.9), st.integers(0, 99))
def test_each_grid_point_equals_generalised_least_squares(rho, seed):
    import statsmodels.api as sm

    times = np.array([0.0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13])
    y, x = noise(12, seed), np.column_stack([np.ones(12), times])
    gaps = np.abs(times[:, None] - times)
    theirs = sm.GLS(y, x, sigma=rho**gaps).fit()
    white, log_v = whitened(np.array([rho]), times, np.column_stack([y, x]))
    coefficients = np.linalg.lstsq(white[0][:, 1:], white[0][:, 0], rcond=None)[0]
    assert coefficients == pytest.approx(theirs.params, abs=1e-8)
    assert log_v[0] == pytest.approx(np.linalg.slogdet(rho**gaps)[1], abs=1e-8)


def test_autocorrelation_is_found_and_widens_the_interval():
    random = np.random.default_rng(6)
    y = np.zeros(200)
    for i in range(1, 200):
        y[i] = 0.7 * y[i - 1] + random.normal()
    fit = interrupted_series(y, 100, trend=False)
    independent = interrupted_series(random.permutation(y), 100, trend=False)
    assert fit.autocorrelation > 0.5 > independent.autocorrelation
    assert fit.level.se > 1.5 * independent.level.se


def test_level_is_the_step_at_the_first_point_after():
    time = np.arange(24.0)
    y = 5 + 0.5 * time + np.where(time >= 12, 3 + 0.25 * (time - 12), 0) + noise(24, sd=1e-6)
    fit = interrupted_series(y, 12, slope_change=True)
    assert fit.level.estimate == pytest.approx(3, abs=1e-4)
    assert fit.slope.estimate == pytest.approx(0.25, abs=1e-4)
    assert fit.trend_before.estimate == pytest.approx(0.5, abs=1e-4)
    assert fit.effect.estimate == pytest.approx(3 + 0.25 * 5.5, abs=1e-4)


def test_control_series_takes_out_what_happens_to_both():
    shared = np.cumsum(noise(24, 3))
    y = shared + stepped(12, 12, 2, sd=0.1)
    fit = interrupted_series(y, 12, trend=False, control=shared)
    assert fit.level.estimate == pytest.approx(2, abs=0.2)
    assert fit.level.low > 0


def test_season_and_phase_in_do_not_pass_for_an_effect():
    time = np.arange(36.0)
    season = 3 * np.cos(2 * np.pi * time / 12)
    y = season + noise(36, 2, 0.1)
    y[18:21] += 9
    fit = interrupted_series(y, 18, phase_in=3, season=12, trend=False)
    assert (fit.n_before, fit.n_after, fit.left_out) == (18, 15, 3)
    assert abs(fit.level.estimate) < 0.2


@given(st.integers(0, 500), st.floats(-50, 50))
def test_adding_a_constant_changes_no_effect(seed, constant):
    y = stepped(10, 10, 1, seed)
    one, moved = interrupted_series(y, 10), interrupted_series(y + constant, 10)
    assert one.level.estimate == pytest.approx(moved.level.estimate, abs=1e-8)
    assert one.level.low == pytest.approx(moved.level.low, abs=1e-6)


@given(st.integers(0, 300), st.sampled_from(["increase", "decrease"]))
def test_verdict_turns_with_the_direction(seed, direction):
    y = stepped(12, 12, 2, seed)
    other = {"increase": "decrease", "decrease": "increase"}[direction]
    one = change_verdict(y, 12, direction=direction, worthwhile=0.5)
    turned = change_verdict(-y, 12, direction=other, worthwhile=0.5)
    assert one.answer == turned.answer
    assert one.effect.low == pytest.approx(turned.effect.low, abs=1e-6)


@pytest.mark.capability("H05")
@pytest.mark.parametrize(
    ("step", "sd", "answer", "reason"),
    [
        (5.0, 1.0, "better", "improved"),
        (0.0, 0.2, "not_better", "no_worthwhile_improvement"),
        (0.4, 0.1, "not_better", "improved_too_little"),
        (-5.0, 1.0, "not_better", "got_worse"),
        (0.5, 2.0, "cannot_tell", "interval_too_wide"),
    ],
)
def test_exactly_one_of_three_answers_with_its_reason(step, sd, answer, reason):
    verdict = change_verdict(stepped(12, 12, step, 1, sd), 12, direction="increase", worthwhile=1.0)
    assert (verdict.answer, verdict.reason) == (answer, reason)
    assert verdict.effect.low < verdict.effect.estimate < verdict.effect.high


@pytest.mark.capability("H05")
def test_no_verdict_before_there_are_enough_points():
    verdict = change_verdict(stepped(12, 7, 9), 12, direction="increase", worthwhile=1)
    assert (verdict.answer, verdict.reason, verdict.effect) == (
        "cannot_tell", "too_few_points", None,
    )  # fmt: skip
    assert (verdict.n_before, verdict.n_after) == (12, 7)


def test_points_that_made_people_act_are_left_out():
    y = noise(24, 8, 0.5)
    y[10:12] -= 6
    fooled = change_verdict(y, 12, direction="increase", worthwhile=0.5, least_points=4)
    warned = change_verdict(
        y, 12, direction="increase", worthwhile=0.5, selected_on=2, least_points=4
    )
    assert fooled.effect.estimate > 0.9 > abs(warned.effect.estimate)
    assert warned.answer != "better"


def test_other_people_answering_is_no_improvement():
    before = {"mail": (800, 7.0), "phone": (200, 9.0)}
    after = {"mail": (200, 7.0), "phone": (800, 9.0)}
    shift = mix_shift(before, after)
    assert (shift.within, shift.suspicious) == (0, True)
    assert shift.total == pytest.approx(1.2) == shift.mix
    assert shift.standardised_after == pytest.approx(7.4)
    verdict = change_verdict(stepped(12, 12, 4), 12, direction="increase", worthwhile=1, mix=shift)
    assert (verdict.answer, verdict.reason) == ("cannot_tell", "other_people_answered")


@given(
    st.lists(
        st.tuples(st.integers(1, 99), st.floats(0, 10), st.integers(1, 99), st.floats(0, 10)),
        min_size=1,
        max_size=6,
    )
)
def test_mix_and_within_add_up_to_the_change(rows):
    before = {str(i): (row[0], row[1]) for i, row in enumerate(rows)}
    after = {str(i): (row[2], row[3]) for i, row in enumerate(rows)}
    shift = mix_shift(before, after)
    means = [
        np.average([m for _, m in period.values()], weights=[n for n, _ in period.values()])
        for period in (before, after)
    ]
    assert shift.total == pytest.approx(means[1] - means[0], abs=1e-9)


def test_extreme_units_drift_back_as_far_as_predicted():
    random = np.random.default_rng(0)
    truth = random.normal(0, 1, 20_000)
    first, second = truth + random.normal(0, 2, 20_000), truth + random.normal(0, 2, 20_000)
    picked = (first > 2.9) & (first < 3.1)
    expected = regression_to_the_mean(3, 0, between_sd=1, within_se=2)
    assert (second - first)[picked].mean() == pytest.approx(expected.shift, abs=0.2)
    inside = ((second - first >= expected.low) & (second - first <= expected.high))[picked]
    assert inside.mean() == pytest.approx(0.95, abs=0.03)


def panel(seed=0, effect=0.0, units=12, times=8):
    random = np.random.default_rng(seed)
    code = np.repeat(np.arange(units), times)
    after = np.tile(np.arange(times) >= times // 2, units)
    treated = code < units // 2
    y = random.normal(size=units)[code] + after + effect * (treated & after)
    return y + random.normal(size=len(code)), code, treated, after


def test_difference_in_differences_equals_statsmodels():
    import statsmodels.api as sm

    y, code, treated, after = panel(effect=1)
    ours = difference_in_differences(y, code, treated, after)
    design = np.column_stack([np.ones(len(y)), treated, after, treated & after]).astype(float)
    fitted = sm.OLS(y, design).fit(cov_type="cluster", cov_kwds={"groups": code})
    assert ours.effect.estimate == pytest.approx(fitted.params[3])
    assert ours.effect.se == pytest.approx(fitted.bse[3])
    assert (ours.treated_units, ours.other_units, ours.few_units) == (6, 6, True)


def test_trend_shared_by_all_units_is_no_effect():
    y, code, treated, after = panel(effect=0, units=40)
    ours = difference_in_differences(y, code, treated, after)
    assert ours.effect.low < 0 < ours.effect.high
    assert ours.change_others > 0.5


def test_published_power_table():
    table = {
        300: (0.23, 0.18, 0.17), 200: (0.28, 0.22, 0.21), 100: (0.40, 0.32, 0.29),
        80: (0.45, 0.35, 0.33), 60: (0.51, 0.41, 0.38), 40: (0.63, 0.50, 0.46),
    }  # fmt: skip
    for n, row in table.items():
        for plans, published in zip((2, 5, 15), row, strict=True):
            assert detectable_difference(n, plans) == pytest.approx(published, abs=0.011)


def test_planned_power_is_what_simulation_finds():
    plan = plan_change(effect=1.2, point_sd=1, points_before=6, points_after=5)
    hits = sum(
        interrupted_series(stepped(6, 5, 1.2, seed), 6, trend=False).level.low > 0
        for seed in range(300)
    )
    assert hits / 300 == pytest.approx(plan.power, abs=0.08)


def test_longer_measurement_and_less_autocorrelation_give_more_power():
    def power(**changes):
        given = {"effect": 1, "point_sd": 1, "points_before": 12, "points_after": 12}
        return plan_change(**{**given, **changes}).power

    assert power(points_after=24) > power() > power(trend=True)
    assert power() > power(autocorrelation=0.5)
    found = points_needed(effect=1, point_sd=1, points_before=24)
    assert found.power >= 0.8
    assert points_needed(effect=0.01, point_sd=1, points_before=12) is None
    assert share_point_sd(0.5, 100) == pytest.approx(0.05)


Y, CODE, TREATED, AFTER = panel()
VERDICT = {"direction": "increase", "worthwhile": 1.0}
BAD = [
    (lambda: interrupted_series([], 1), MeasureError, "values"),
    (lambda: interrupted_series([1, np.nan, 2, 3], 2), NotFinite, "values"),
    (lambda: interrupted_series(noise(10), 0), OutOfRange, "change_at"),
    (lambda: interrupted_series(noise(10), 9), TooFewPoints, "values"),
    (lambda: interrupted_series(noise(4), 2, slope_change=True), TooFewPoints, "values"),
    (lambda: interrupted_series(noise(10), 5, phase_in=-1), OutOfRange, "phase_in"),
    (lambda: interrupted_series(noise(10), 5, season=1), OutOfRange, "season"),
    (lambda: interrupted_series(noise(10), 5, control=noise(9)), ShapeMismatch, "control"),
    (lambda: interrupted_series(np.ones(10), 5), ConstantOutcome, "values"),
    (lambda: change_verdict(noise(20), 10, direction="up", worthwhile=1), UnknownName, "direction"),
    (lambda: change_verdict(noise(20), 10, direction="increase", worthwhile=0), OutOfRange,
     "worthwhile"),
    (lambda: change_verdict(noise(20), 21, **VERDICT), OutOfRange, "change_at"),
    (lambda: mix_shift({"a": (1, 2)}, {"b": (1, 2)}), UnknownName, "a"),
    (lambda: mix_shift({}, {}), MeasureError, "before"),
    (lambda: mix_shift({"a": (0, 2)}, {"a": (1, 2)}), OutOfRange, "a"),
    (lambda: regression_to_the_mean(1, 0, between_sd=1, within_se=0), OutOfRange, "within_se"),
    (lambda: difference_in_differences(Y, CODE, TREATED * 2, AFTER), OutOfRange, "treated"),
    (lambda: difference_in_differences(Y, CODE, AFTER, AFTER), OutOfRange, "treated"),
    (lambda: difference_in_differences(Y, CODE, TREATED, AFTER * 0), TooFewPoints, "after"),
    (lambda: difference_in_differences(Y, CODE, CODE < 1, AFTER), TooFewPoints, "units"),
    (lambda: plan_change(effect=1, point_sd=0, points_before=9, points_after=9), OutOfRange,
     "point_sd"),
    (lambda: detectable_difference(1, 5), OutOfRange, "n"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "argument"), BAD)
def test_bad_input_names_the_argument(call, error, argument):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, MeasureError)
    assert caught.value.argument == argument


def test_terms_that_cannot_be_told_apart_are_named():
    time = np.arange(12.0)
    with pytest.raises(CollinearColumns, match="second"):
        fit_series(noise(12), time, np.column_stack([time, 2 * time]), ("first", "second"))
