"""Known answers for what changed, where and when."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.errors import EmptyData, ShapeMismatch
from wellheard.measures.signals import (
    Grid,
    additive_fit,
    bends,
    chance_of_best,
    contrasts_within,
    latest_rise,
    latest_stop,
    mean_tail_z,
    sized,
)


def _grid(means: np.ndarray, n: int = 100, sd: float = 40.0) -> Grid:
    places = means.shape[0]
    units = [np.array([place]) for place in range(places)]
    return Grid(means, np.full(means.shape, float(n)), sd, units, np.ones(means.shape, bool))


def _noise(places: int = 10, months: int = 18, seed: int = 1, sd: float = 4.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    level = rng.normal(60, 5, (places, 1))
    return level + rng.normal(0, sd, (places, months))


def test_an_additive_fit_gives_back_what_was_put_together() -> None:
    rng = np.random.default_rng(2)
    place, month = rng.integers(0, 4, 5000), rng.integers(0, 6, 5000)
    effects = np.array([0.0, 2.0, -1.0, 3.0]), np.array([0.0, 1.0, 2.0, -1.0, 0.0, 4.0])
    values = 10 + effects[0][place] + effects[1][month]
    fit = additive_fit(values, [place, month])
    assert np.abs(fit.left).max() < 0.01
    found = fit.effects[0] - fit.effects[0][0]
    assert np.allclose(found, effects[0], atol=0.01)
    alone = fit.without([place, month], [0])
    assert alone[place == 1].mean() - alone[place == 0].mean() == pytest.approx(2.0, abs=0.01)


def test_an_additive_fit_of_one_value_is_refused() -> None:
    with pytest.raises(EmptyData):
        additive_fit([1.0], [np.array([0])])


def test_factors_of_another_length_are_refused() -> None:
    with pytest.raises(ShapeMismatch):
        additive_fit([1.0, 2.0], [np.array([0])])


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_what_is_left_sums_to_nothing_in_every_level(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 3, 60), rng.integers(0, 2, 60)
    left = additive_fit(rng.normal(size=60), [a, b]).left
    assert np.abs(np.bincount(b, weights=left)).max() < 0.05


def test_a_step_is_dated_and_sized_with_an_interval_that_holds_it() -> None:
    means = _noise()
    means[3, 11:] -= 12
    found = bends(_grid(means), most_p=0.001)
    assert [(bend.unit, bend.kind) for bend in found] == [(3, "step")]
    assert found[0].earliest <= 11 <= found[0].latest
    assert abs(found[0].start - 11) <= 1
    assert found[0].low < -12 < found[0].high
    assert (found[0].n_before, found[0].n_after) == (
        found[0].start * 100,
        (18 - found[0].start) * 100,
    )


def test_a_slow_slope_is_told_from_a_step() -> None:
    means = _noise(seed=4)
    means[5] += np.linspace(0, 20, 18)
    found = bends(_grid(means), most_p=0.001)
    assert [(bend.unit, bend.kind) for bend in found] == [(5, "slope")]
    assert found[0].low < 20 < found[0].high


def test_what_moves_everywhere_moves_nowhere_in_particular() -> None:
    means = _noise(seed=5) + 10 * np.sin(np.arange(18))
    means[:, 9:] -= 15
    assert bends(_grid(means), most_p=0.001) == []


def test_one_place_of_few_casts_no_mirror_image_on_the_others() -> None:
    means = _noise(places=4, seed=6)
    means[0, 8:] += 20
    assert [bend.unit for bend in bends(_grid(means), most_p=0.001)] == [0]


def test_months_that_vary_more_than_answers_explain_raise_no_alarm() -> None:
    alarms = 0
    for seed in range(20):
        means = _noise(seed=100 + seed, sd=9.0)
        alarms += bool(bends(_grid(means), most_p=0.001))
    assert alarms <= 1


def test_a_level_cannot_begin_where_no_cut_is_allowed() -> None:
    means = _noise(seed=7)
    means[2, 10:] -= 15
    grid = _grid(means)
    grid.cuts[2, 10] = False
    assert bends(grid, most_p=0.001)[0].start != 10


def test_grids_of_different_shapes_are_refused() -> None:
    grid = _grid(_noise())
    with pytest.raises(ShapeMismatch):
        bends(Grid(grid.means, grid.sizes[:, 1:], 1, grid.units, grid.cuts), most_p=0.1)


def test_a_group_is_compared_within_strata_only() -> None:
    # The group is at the bad place mostly; at each place it fares the same as others.
    sizes = np.array([[90.0, 10.0], [10.0, 90.0]])
    sums = np.array([[90.0 * 80, 10.0 * 80], [10.0 * 50, 90.0 * 50]])
    first, second = contrasts_within(sums, sizes, 40.0)
    assert first.estimate == pytest.approx(0.0)
    assert second.p == pytest.approx(1.0)


def test_a_difference_within_strata_has_its_size_and_interval() -> None:
    sizes = np.array([[50.0, 50.0], [100.0, 100.0]])
    sums = np.array([[50.0 * 70, 50.0 * 60], [100.0 * 50, 100.0 * 40]])
    contrast = contrasts_within(sums, sizes, 40.0)[0]
    assert contrast.estimate == pytest.approx(10.0)
    # 40 / sqrt(25 + 50)
    assert contrast.high - contrast.estimate == pytest.approx(1.959964 * 40 / np.sqrt(75))
    assert (contrast.n, contrast.n_others) == (150, 150)


def test_too_few_are_not_compared() -> None:
    assert contrasts_within(np.array([[10.0, 900.0]]), np.array([[5.0, 100.0]]), 40.0) == []


def test_a_rise_is_dated_to_its_week() -> None:
    totals = np.full(52, 20.0)
    hits = np.full(52, 1.0)
    hits[44:] = 6
    rise = latest_rise(hits, totals)
    assert rise is not None
    assert (rise.start, rise.hits, rise.of, rise.hits_before) == (44, 48, 160, 44)
    assert rise.low < 6 < rise.high
    assert rise.p < 1e-6


def test_a_theme_that_rises_elsewhere_too_is_no_news_here() -> None:
    totals = np.full(52, 20.0)
    hits = np.full(52, 1.0)
    hits[44:] = 4
    alone = latest_rise(hits, totals)
    among = latest_rise(hits, totals, elsewhere=(hits * 20, totals * 20))
    assert alone is not None
    assert alone.p < 1e-4
    assert among is None or among.p > 0.05


def test_a_share_that_never_rose_gives_nothing() -> None:
    assert latest_rise(np.arange(30)[::-1], np.full(30, 40.0)) is None


def test_a_stop_is_dated_and_what_was_to_come_is_counted() -> None:
    own, others = np.full(60, 8.0), np.full(60, 92.0)
    own[50:] = 0
    stop = latest_stop(own, own + others)
    assert stop is not None
    assert (stop.start, stop.got, stop.before) == (50, 0, 400)
    assert stop.expected == pytest.approx(80.0)
    assert stop.p < 1e-6


def test_a_holiday_of_everybody_is_no_silence() -> None:
    own, others = np.full(60, 8.0), np.full(60, 92.0)
    own[50:], others[50:] = 0, 0
    assert latest_stop(own, own + others) is None


def test_half_as_many_is_no_silence() -> None:
    own = np.full(60, 8.0)
    own[50:] = 4
    assert latest_stop(own, own + 92) is None


def test_best_of_many_alike_tries_is_no_surer_than_bonferroni_and_never_than_one() -> None:
    months = np.arange(24)
    starts = np.array([(months >= start) - (24 - start) / 24 for start in range(2, 23)])
    starts /= np.linalg.norm(starts, axis=1, keepdims=True)
    seen = np.abs(np.random.default_rng(3).normal(size=(100_000, 24)) @ starts.T).max(axis=1)
    for z in (2.5, 3.0, 3.5):
        bound = chance_of_best(z, starts @ starts.T)
        true = float((seen > z).mean())
        assert 0.93 * true < bound < 1.4 * true
    one = chance_of_best(3.0, np.eye(1))
    assert one == pytest.approx(0.0026998, rel=1e-4)
    assert chance_of_best(3.0, np.eye(7)) == pytest.approx(7 * one, rel=3e-3)
    assert chance_of_best(3.0, np.ones((7, 7))) == pytest.approx(one, rel=1e-2)
    with pytest.raises(ShapeMismatch):
        chance_of_best(3.0, np.ones((2, 3)))


def test_few_lopsided_answers_are_judged_by_their_own_tail() -> None:
    from scipy.special import ndtr

    rare = np.array([1.0] * 10 + [0.0] * 90)
    # Six of twelve at a chance of one in ten: 1 in 1,848 (binomial); a normal tail says 1 in 500,000.
    assert 1 / 8_000 < ndtr(-mean_tail_z(rare, 12, 0.4)) < 1 / 1_800
    even = np.random.default_rng(5).normal(size=2_000)
    assert mean_tail_z(even, 9, 1.0 * even.std()) == pytest.approx(3.0, abs=0.15)
    assert mean_tail_z(even, 9, 0.0) == 0.0
    # Beyond the highest value only the highest is left: ten of ten in a hundred, squared.
    assert ndtr(-mean_tail_z(rare, 2, 0.95)) == pytest.approx(0.01, rel=1e-6)
    with pytest.raises(EmptyData):
        mean_tail_z([], 3, 1.0)


def test_what_was_found_in_one_table_is_sized_in_another() -> None:
    means = _noise(seed=8)
    means[3, 11:] -= 12
    means[6] += np.linspace(0, 20, 18)
    found = bends(_grid(means), most_p=0.001)
    by_unit = {bend.unit: bend for bend in found}
    again = sized(_grid(means), list(by_unit.values()))
    for old, new in zip(by_unit.values(), again, strict=True):
        assert new is not None and new.estimate == pytest.approx(old.estimate, rel=0.1)
    # In a table in which nothing happened nothing is read into it.
    flat = sized(_grid(_noise(seed=9)), [by_unit[3]])[0]
    assert flat is not None and flat.low < 0 < flat.high
    # Nobody answered after the start: cannot be told.
    gone = _grid(means)
    gone.sizes[3, by_unit[3].start :] = 0
    assert sized(gone, [by_unit[3]]) == [None]


def test_a_place_that_comes_to_the_level_of_all_or_hears_other_people_has_no_rise() -> None:
    totals = np.full(52, 20.0)
    hits = np.zeros(52)
    hits[::4], hits[44:] = 1, 4
    alone = latest_rise(hits, totals)
    assert alone is not None and alone.p < 1e-4
    # Elsewhere a fifth say so all the time: this place was low, and now is like them.
    level = latest_rise(hits, totals, usual=(2_000.0, 10_000.0))
    assert level is None or level.p > 0.5
    # Rarer elsewhere than here before: the own share stays the measure.
    assert latest_rise(hits, totals, usual=(10.0, 10_000.0)) == alone
    # Those who came lately say it so often anyhow.
    exposure = np.full(52, 0.5)
    exposure[44:] = 8.0
    others = latest_rise(hits, totals, exposure=exposure)
    assert others is None or others.p > 0.05
