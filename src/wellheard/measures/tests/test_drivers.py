"""Key drivers against all orders by hand, statsmodels, and planted truths."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.drivers import (
    explained_by_subsets,
    key_drivers,
    key_drivers_by_group,
    priorities,
    relative_weights,
    shapley_shares,
)
from wellheard.measures.errors import (
    CollinearColumns,
    ConstantOutcome,
    EmptyData,
    NotFinite,
    OutOfRange,
    ShapeMismatch,
    TooFewPoints,
)


def survey(n=600, seed=0, effects=(1.0, 0.5, 0.0), shared=0.5):
    random = np.random.default_rng(seed)
    common = random.normal(size=n)
    x = {f"item{i}": shared * common + random.normal(size=n) for i in range(len(effects))}
    y = sum(effect * column for effect, column in zip(effects, x.values(), strict=True))
    return x, y + random.normal(size=n)


def moments(x, y):
    table = np.column_stack([*x.values(), y])
    return np.corrcoef(table.T)[None]


def r2(columns, y):
    if not columns:
        return 0.0
    design = np.column_stack([np.ones_like(y), *columns])
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return 1 - residual.var() / y.var()


@settings(max_examples=15)
@given(st.integers(0, 999))
def test_shapley_equals_the_average_gain_over_all_orders(seed):
    x, y = survey(80, seed, (1, 0.5, 0, -0.3))
    names = list(x)
    expected = dict.fromkeys(names, 0.0)
    orders = list(itertools.permutations(names))
    for order in orders:
        for i, name in enumerate(order):
            before = [x[each] for each in order[:i]]
            expected[name] += (r2([*before, x[name]], y) - r2(before, y)) / len(orders)
    assert shapley_shares(moments(x, y))[0] == pytest.approx(list(expected.values()), abs=1e-9)


def test_every_subset_has_the_r2_of_its_regression():
    import statsmodels.api as sm

    x, y = survey(90, 3)
    ours = explained_by_subsets(moments(x, y))[0]
    for number in range(8):
        picked = [column for j, column in enumerate(x.values()) if number >> (2 - j) & 1]
        design = sm.add_constant(np.column_stack(picked)) if picked else np.ones(90)
        assert ours[number] == pytest.approx(sm.OLS(y, design).fit().rsquared, abs=1e-9)


@given(st.integers(0, 999))
def test_both_methods_divide_the_whole_r2(seed):
    x, y = survey(120, seed)
    total = r2(list(x.values()), y)
    for divide in (shapley_shares, relative_weights):
        shares = divide(moments(x, y))[0]
        assert shares.sum() == pytest.approx(total, abs=1e-9)
        assert (shares > -1e-9).all()


def test_uncorrelated_drivers_get_their_squared_correlation():
    together = np.array([[1, 0, 0.6], [0, 1, 0.3], [0.6, 0.3, 1]])[None]
    assert shapley_shares(together)[0] == pytest.approx([0.36, 0.09])
    assert relative_weights(together)[0] == pytest.approx([0.36, 0.09])


def test_planted_driver_ranks_first_with_certainty_and_noise_last():
    x, y = survey(1500, 1, (1.5, 0.6, 0.0))
    found = key_drivers(x, y, draws=300)
    assert [driver.name for driver in found.drivers] == ["item0", "item1", "item2"]
    first, _, last = found.drivers
    assert (first.rank_low, first.rank_high) == (1, 1)
    assert first.low < first.share < first.high
    assert abs(last.partial_correlation) < 0.08
    assert "not cause" in found.method


@settings(max_examples=8)
@given(st.integers(0, 99))
def test_shuffling_rows_and_rescaling_answers_change_no_share(seed):
    x, y = survey(200, seed)
    order = np.random.default_rng(seed).permutation(200)
    plain = key_drivers(x, y, draws=100)
    other = key_drivers({name: 3 * column[order] - 7 for name, column in x.items()}, y[order] * 9,
                        draws=100)  # fmt: skip
    assert {d.name: round(d.share, 9) for d in plain.drivers} == {
        d.name: round(d.share, 9) for d in other.drivers
    }


def test_bootstrap_spread_matches_drawing_rows():
    x, y = survey(400, 5)
    found = key_drivers(x, y, draws=800)
    random = np.random.default_rng(1)
    shares = []
    for _ in range(300):
        rows = random.integers(0, 400, 400)
        shares.append(shapley_shares(moments({k: v[rows] for k, v in x.items()}, y[rows]))[0][0])
    driver = next(each for each in found.drivers if each.name == "item0")
    assert driver.high - driver.low == pytest.approx(3.92 * np.std(shares), rel=0.2)


def test_missing_answers_are_left_out_and_counted():
    x, y = survey(300)
    x["item1"][:40] = np.nan
    y[35:50] = np.nan
    found = key_drivers(x, y, draws=100)
    assert (found.n, found.left_out) == (250, 50)


def test_warnings_for_ceiling_and_for_near_twins():
    x, y = survey(400)
    x["top"] = np.where(np.random.default_rng(2).random(400) < 0.9, 4.0, 3.0)
    x["twin"] = x["item0"] + 0.1 * np.random.default_rng(3).normal(size=400)
    found = {d.name: d for d in key_drivers(x, y, draws=100, scales={"top": (1, 4)}).drivers}
    assert "most answers are already at the top of the scale" in found["top"].warnings
    assert "hard to tell apart from other drivers" in found["twin"].warnings
    assert found["top"].performance == pytest.approx(100 * (x["top"].mean() - 1) / 3)


def test_priorities_hidden_in_the_average_show_within_groups():
    x, y = survey(800, 4, (1.0, 0.0, 0.0))
    group = np.repeat(["a", "b"], [600, 200])
    y[600:] = 2 * x["item2"][600:] + np.random.default_rng(5).normal(size=200)
    found = key_drivers_by_group(x, y, [*group[:-60], *["tiny"] * 60], draws=100)
    assert found["a"].drivers[0].name == "item0"
    assert found["b"].drivers[0].name == "item2"
    assert found["tiny"] is None


def test_important_and_low_comes_first():
    x, y = survey(600, 1, (1.5, 1.5, 0.0))
    x["item1"] = x["item1"] + 5
    x["item3"] = np.random.default_rng(0).normal(size=600) + 5
    found = priorities(key_drivers(x, y, draws=100), performance_line=2.0)
    assert found == {"item0": "first", "item1": "keep", "item2": "watch", "item3": "leave"}


X, Y = survey(200)
BAD = [
    ("drivers", EmptyData, {"drivers": {}}),
    ("drivers", TooFewPoints, {"drivers": {k: v[:90] for k, v in X.items()}, "outcome": Y[:90]}),
    ("item0", ConstantOutcome, {"drivers": {**X, "item0": np.ones(200)}}),
    ("outcome", ConstantOutcome, {"outcome": np.ones(200)}),
    ("sum", CollinearColumns, {"drivers": {**X, "sum": X["item0"] + X["item1"]}}),
    ("item1", NotFinite, {"drivers": {**X, "item1": np.full(200, np.inf)}}),
    ("outcome", ShapeMismatch, {"outcome": Y[1:]}),
    ("draws", OutOfRange, {"draws": 5}),
    ("scales", OutOfRange, {"scales": {"item0": (4, 1)}, "draws": 100}),
    ("drivers", OutOfRange, {"drivers": {f"d{i}": np.random.default_rng(i).normal(size=200)
                                         for i in range(17)}}),
]  # fmt: skip


@pytest.mark.parametrize(("argument", "error", "changes"), BAD)
def test_bad_input_names_the_column(argument, error, changes):
    with pytest.raises(error) as caught:
        key_drivers(**{"drivers": X, "outcome": Y, **changes})
    assert caught.value.argument == argument
