"""The CAHPS analysis against the published SAS output, the manual, statsmodels and its logic."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.cahps import (
    StarRule,
    analyse_items,
    boxes,
    cahps_analysis,
    centred_composite,
    combine_strata,
    scarce_item_weights,
    smoothed_variances,
)
from wellheard.measures.errors import (
    CollinearColumns,
    ConstantOutcome,
    EmptyData,
    MeasureError,
    NotFinite,
    NotNumeric,
    OutOfRange,
    ShapeMismatch,
    TooFewPoints,
    UnknownName,
)

DATA = Path(__file__).parent / "data" / "ahrq_cahps"
PLANS = {
    "1": "HMO_A_URBAN",
    "2": "HMO_B_URBAN",
    "7": "HMO_C_URBAN",
    "4": "HMO_B_RURAL",
    "5": "HMO_C_RURAL",
}
NEED = ("q06", "q10", "q22", "q23")
EXPECTED = json.loads((DATA / "expected_v41_q38_need.json").read_text())


def read(name):
    with (DATA / name).open() as file:
        return list(csv.DictReader(file))


def column(rows, name, low=-np.inf, high=np.inf):
    values = np.array([float(row[name]) if row[name] else np.nan for row in rows])
    return np.where((values >= low) & (values <= high), values, np.nan)


@pytest.fixture(scope="module")
def plans():
    rows = [row for row in read("test_dataset.csv") if row["planid"] in PLANS]
    return {
        "rows": rows,
        "entity": [PLANS[row["planid"]] for row in rows],
        "adjusters": {"ghr": column(rows, "q39", 1, 5), "age": column(rows, "q40", 1, 7)},
    }


def analysed(plans, items, low, high, **options):
    answers = {item: column(plans["rows"], item) for item in items}
    return cahps_analysis(
        answers, plans["entity"], plans["adjusters"], minimum=low, maximum=high, **options
    )


@pytest.mark.capability("L01")
@pytest.mark.parametrize(
    ("name", "items", "low", "high"), [("q38", ("q38",), 0, 10), ("need", NEED, 1, 3)]
)
def test_sas_output_is_reproduced_to_nine_digits(plans, name, items, low, high):
    result, expected = analysed(plans, items, low, high), EXPECTED[name]
    close = {"rel": 1e-9, "abs": 0}
    for ours, theirs in zip(result.entities, expected["plan_results"], strict=True):
        assert ours.entity == theirs["PLANNAME"]
        assert (ours.n, ours.n_all, ours.stars) == (
            theirs["USEN"],
            theirs["ALLN"],
            theirs["MEANING"],
        )
        for value, key in (
            (ours.adjusted, "ADJ_MEAN"),
            (ours.raw, "UNA_MEAN"),
            (ours.delta, "DELTA"),
            (ours.se, "SE"),
            (ours.variance, "VP"),
        ):
            assert value == pytest.approx(theirs[key], **close)
    overall = expected["overall"][0]
    assert (result.n, result.df1, result.df2) == (overall["NTOT"], overall["DFR"], overall["DFE"])
    for value, key in (
        (result.overall_mean, "OV_MEAN"),
        (result.grand_mean, "GM"),
        (result.f, "OVERALLF"),
        (result.p, "OVERALLP"),
    ):
        assert value == pytest.approx(overall[key], **close)
    for row in expected["coefficients"]:
        for item in items:
            ours = result.coefficients[item][row["_NAME_"].lower()]
            assert ours == pytest.approx(row[item.upper()], **close)
    for row in expected["r_squared"]:
        item = row["_DEPVAR_"].lower()
        assert result.r2[item] == pytest.approx(row["_RSQ_"], **close)
        assert result.adjusted_r2[item] == pytest.approx(row["_ADJRSQ_"], **close)


def test_adjusted_boxes_equal_the_sas_output(plans):
    rating = column(plans["rows"], "q38", 0, 10)
    for number, box in enumerate(boxes(rating, [(0, 6), (7, 8), (9, 10)]), start=1):
        result = cahps_analysis({"box": box}, plans["entity"], plans["adjusters"])
        for ours, theirs in zip(result.entities, EXPECTED["q38"]["response_percent"], strict=True):
            assert ours.adjusted == pytest.approx(theirs[f"ADJ_{number}"], rel=1e-9)
            assert ours.raw == pytest.approx(theirs[f"PTRES{number}"], rel=1e-9)


@pytest.mark.parametrize(
    ("adjusters", "impute", "means", "variances", "used"),
    [
        ((), True, (3.1, 2.583333), (0.009250 * 5 / 4, 0.048032 * 4 / 3), (5, 4)),
        (("adj1", "adj2"), False, (2.837102, 2.829564), (0.017462, 0.027047), (3, 4)),
    ],
)
def test_small_example_of_the_manual(adjusters, impute, means, variances, used):
    rows = read("small_example.csv")
    result = cahps_analysis(
        {"q1": column(rows, "q1"), "q2": column(rows, "q2")},
        [row["plan"] for row in rows],
        {name: column(rows, name) for name in adjusters},
        minimum=1,
        maximum=4,
        impute=impute,
        variance="manual",
    )
    assert [row.adjusted for row in result.entities] == pytest.approx(means, abs=1e-6)
    assert [row.variance for row in result.entities] == pytest.approx(variances, abs=1e-6)
    assert tuple(row.n for row in result.entities) == used


def test_coefficients_equal_statsmodels_with_entity_dummies():
    import statsmodels.api as sm

    y, code, x, weights = simulated(300, 6, seed=3)
    result = cahps_analysis(
        {"y": y}, code, {"a": x[:, 0], "b": x[:, 1]}, weights=weights, variance="macro"
    )
    design = np.column_stack([x, np.eye(6)[code]])
    fitted = sm.WLS(y, design, weights=weights).fit()
    assert list(result.coefficients["y"].values()) == pytest.approx(fitted.params[:2])
    levels = fitted.params[2:]
    raw = np.array([np.average(y[code == i], weights=weights[code == i]) for i in range(6)])
    expected = levels + (raw - levels).mean()
    assert [row.adjusted for row in result.entities] == pytest.approx(expected)


def simulated(n, entities, seed=0):
    random = np.random.default_rng(seed)
    code = np.concatenate([np.arange(entities).repeat(3), random.integers(0, entities, n)])
    x = random.normal(size=(len(code), 2)) + code[:, None] / 4
    y = x @ [0.5, -1] + code / 3 + random.normal(size=len(code))
    return y, code, x, random.uniform(0.5, 2, len(code))


def numbers(result):
    return np.array([[row.adjusted, row.variance, row.delta, row.p] for row in result.entities])


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_shuffled_rows_change_nothing(seed):
    y, code, x, weights = simulated(60, 4, seed)
    order = np.random.default_rng(seed + 1).permutation(len(y))
    one = cahps_analysis({"y": y}, code, {"a": x[:, 0]}, weights=weights)
    other = cahps_analysis({"y": y[order]}, code[order], {"a": x[order, 0]}, weights=weights[order])
    assert np.allclose(numbers(one), numbers(other), rtol=1e-9, atol=1e-12)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.floats(-100, 100))
def test_adding_a_constant_moves_means_only(seed, constant):
    y, code, x, _ = simulated(60, 4, seed)
    one = cahps_analysis({"y": y}, code, {"a": x[:, 0]})
    moved = cahps_analysis({"y": y + constant}, code, {"a": x[:, 0] + 7})
    expected = numbers(one) + np.array([constant, 0, 0, 0])
    assert np.allclose(numbers(moved), expected, rtol=1e-7, atol=1e-9)
    assert moved.f == pytest.approx(one.f, rel=1e-6)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_many_items_at_once_equal_each_alone(seed):
    y, code, x, _ = simulated(120, 5, seed)
    second = np.where(np.random.default_rng(seed).random(len(y)) < 0.2, np.nan, y * y)
    many = analyse_items(
        np.column_stack([y, second]), code, x, items=["y", "y2"], adjuster_names=["a", "b"]
    )
    for item, values in enumerate((y, second)):
        alone = cahps_analysis({"y": values}, code, {"a": x[:, 0], "b": x[:, 1]})
        expected = numbers(alone)
        assert np.allclose(many.adjusted[:, item], expected[:, 0])
        assert np.allclose(many.variance[:, item], expected[:, 1])
        assert [row.stars for row in alone.entities] == list(many.stars[:, item])
        assert many.tests[item].f == pytest.approx(alone.f)


def test_rows_that_stand_for_many_people_give_what_the_people_give():
    y, code, x, _ = simulated(600, 5)
    y, x = np.round(y), np.round(x)
    cells, times = np.unique(np.column_stack([code, y, x]), axis=0, return_counts=True)
    given = {"items": ["y"], "adjuster_names": ["a", "b"]}
    alone = analyse_items(y[:, None], code, x, **given)
    many = analyse_items(cells[:, 1:2], cells[:, 0].astype(int), cells[:, 2:], times=times, **given)
    assert times.max() > 1 and np.array_equal(many.n, alone.n)
    for name in ("adjusted", "low", "high", "p", "se"):
        assert np.allclose(getattr(many, name), getattr(alone, name)), name
    expected = numbers(cahps_analysis({"y": y}, code, {"a": x[:, 0], "b": x[:, 1]}))
    assert np.allclose(many.adjusted[:, 0], expected[:, 0])
    with pytest.raises(ShapeMismatch, match="times"):
        analyse_items(y[:, None], code, x, times=[1.0], **given)


def test_two_workers_give_the_same_numbers():
    y, code, x, _ = simulated(6000, 700)
    both = [
        analyse_items(y[:, None], code, x, items=["y"], adjuster_names=["a", "b"], workers=workers)
        for workers in (1, 2)
    ]
    assert np.array_equal(both[0].adjusted, both[1].adjusted)


def test_entities_with_few_cases_are_left_out_and_shown_as_missing():
    y, code, x, _ = simulated(200, 3)
    code, y, x = np.append(code, 3), np.append(y, 50.0), np.vstack([x, [0, 0]])
    many = analyse_items(y[:, None], code, x, items=["y"], adjuster_names=["a", "b"])
    assert np.isnan(many.adjusted[3, 0])
    assert (many.n[3, 0], many.stars[3, 0]) == (1, 0)


def test_tiny_case_weights_keep_an_entity_out_of_the_model_but_adjust_it():
    y, code, x, _ = simulated(400, 4, seed=9)
    odd = code == 3
    y = np.where(odd, 5 * x[:, 0], y)
    weights = np.where(odd, 1e-7, 1.0)
    result = cahps_analysis({"y": y}, code, {"a": x[:, 0]}, weights=weights)
    others = cahps_analysis({"y": y[~odd]}, code[~odd], {"a": x[~odd, 0]})
    assert result.coefficients["y"]["a"] == pytest.approx(others.coefficients["y"]["a"], rel=1e-4)
    assert np.isfinite(result.entities[3].adjusted)


def test_star_thresholds():
    y, code, *_ = simulated(4000, 3, seed=5)
    plain = cahps_analysis({"y": y}, code, {})
    strict = cahps_analysis({"y": y}, code, {}, mean_difference=5)
    scaled = cahps_analysis({"y": y}, code, {}, change=0.9, minimum=-20, maximum=20)
    assert {1, 3} <= {row.stars for row in plain.entities}
    assert {row.stars for row in strict.entities} == {2} == {row.stars for row in scaled.entities}
    with pytest.raises(OutOfRange, match="minimum and maximum"):
        StarRule(change=0.1)


def test_uneven_item_weights_follow_the_number_of_answers(plans):
    result = analysed(plans, NEED, 1, 3, even_weights=False)
    counts = [np.isfinite(column(plans["rows"], item, 1, 3)).sum() for item in NEED]
    assert list(result.item_weights.values()) == pytest.approx(np.array(counts) / sum(counts))


def test_strata_combine_by_population(plans):
    parents = {label: label.rsplit("_", 1)[0] for label in PLANS.values()}
    sizes = {"HMO_B_RURAL": 100, "HMO_B_URBAN": 300, "HMO_C_RURAL": 1, "HMO_C_URBAN": 1,
             "HMO_A_URBAN": 5}  # fmt: skip
    result = analysed(plans, ("q38",), 0, 10)
    combined = combine_strata(result, parents, sizes)
    rows = {row.entity: row for row in result.entities}
    rural, urban = rows["HMO_B_RURAL"], rows["HMO_B_URBAN"]
    assert combined.entities == ("HMO_A", "HMO_B", "HMO_C")
    assert combined.adjusted[1] == pytest.approx(0.25 * rural.adjusted + 0.75 * urban.adjusted)
    assert combined.variance[1] == pytest.approx(
        0.25**2 * rural.variance + 0.75**2 * urban.variance
    )
    with pytest.raises(UnknownName, match="HMO_A_URBAN"):
        combine_strata(result, {}, sizes)


def test_scarce_items_as_in_the_manual():
    assert list(scarce_item_weights([60, 70, 80], enough=20)) == pytest.approx([1 / 3] * 3)
    assert list(scarce_item_weights([0, 22, 24], enough=20)) == pytest.approx([0, 0.5, 0.5])
    assert list(scarce_item_weights([2, 3, 5], enough=20)) == pytest.approx([0.2, 0.3, 0.5])
    value = centred_composite([3.55, 2.80, 2.75], [3.45, 2.75, 2.65], [10, 22, 34], enough=20)
    assert value == pytest.approx(3.03)


def test_smoothing_draws_variances_together_and_zero_leaves_them():
    plain = np.array([0.01, 0.04, 0.02])
    n = np.array([100, 50, 80])
    assert np.allclose(smoothed_variances(plain, n, prior=0), plain)
    smooth = smoothed_variances(plain, n, prior=25)
    assert np.ptp(smooth * n) < np.ptp(plain * n)


def bad(**changes):
    y, code, x, _ = simulated(60, 4)
    given = {"answers": {"y": y}, "entity": code, "adjusters": {"a": x[:, 0], "b": x[:, 1]}}
    return lambda: cahps_analysis(**{**given, **changes})


Y, CODE, X, W = simulated(60, 4)
BAD = [
    ("entity", EmptyData, bad(entity=[], answers={"y": []}, adjusters={})),
    ("items", EmptyData, bad(answers={})),
    ("entity", TooFewPoints, bad(entity=np.zeros(len(Y), int))),
    ("entity", NotFinite, bad(entity=["", *["a"] * (len(Y) - 1)])),
    ("a", CollinearColumns, bad(adjusters={"a": np.ones(len(Y))})),
    ("a", CollinearColumns, bad(adjusters={"a": CODE * 2.5})),
    ("c", CollinearColumns, bad(adjusters={"a": X[:, 0], "b": X[:, 1], "c": X.sum(axis=1)})),
    ("y", ConstantOutcome, bad(answers={"y": np.full(len(Y), 3.0)})),
    ("items", EmptyData, bad(answers={"y": np.full(len(Y), np.nan)})),
    ("y", EmptyData, bad(answers={"y": np.where(CODE == 2, np.nan, Y), "z": Y})),
    ("y", NotFinite, bad(answers={"y": np.where(CODE == 2, np.inf, Y)})),
    ("y", NotNumeric, bad(answers={"y": ["much"] * len(Y)})),
    ("y", ShapeMismatch, bad(answers={"y": Y[:-1]})),
    ("a", EmptyData, bad(adjusters={"a": np.where(CODE == 1, np.nan, X[:, 0])})),
    ("weights", OutOfRange, bad(weights=-W)),
    ("weights", EmptyData, bad(weights=W * 0)),
    ("weights", ShapeMismatch, bad(weights=W[1:])),
    ("weights", NotFinite, bad(weights=np.where(CODE == 1, np.nan, W))),
    ("alpha", OutOfRange, bad(alpha=1.5)),
]


@pytest.mark.parametrize(("argument", "error", "call"), BAD)
def test_bad_input_names_column_and_reason(argument, error, call):
    with pytest.raises(error) as caught:
        call()
    assert caught.value.argument == argument
    assert isinstance(caught.value, MeasureError)


def test_an_entity_without_variation_is_named():
    y, code, *_ = simulated(60, 4)
    with pytest.raises(TooFewPoints, match="'9'"):
        cahps_analysis({"y": [*y, 1.0]}, [*code, 9], {})


@pytest.mark.parametrize(
    ("argument", "error", "changes"),
    [
        ("entity", EmptyData, {"entity": [], "answers": np.empty((0, 1)), "adjusters": np.empty((0, 2))}),
        ("entity", UnknownName, {"entity": CODE - 1}),
        ("entity", UnknownName, {"entity": CODE * 1.0}),
        ("answers", ShapeMismatch, {"answers": Y}),
        ("answers", NotFinite, {"answers": np.full((len(Y), 1), np.inf)}),
        ("adjusters", NotFinite, {"adjusters": np.full((len(Y), 2), np.nan)}),
        ("y", ConstantOutcome, {"answers": np.full((len(Y), 1), 0.1)}),
        ("y", TooFewPoints, {"answers": np.full((len(Y), 1), np.nan)}),
    ],
)  # fmt: skip
def test_many_items_bad_input_named(argument, error, changes):
    given = {"answers": Y[:, None], "entity": CODE, "adjusters": X}
    with pytest.raises(error) as caught:
        analyse_items(**{**given, **changes}, items=["y"], adjuster_names=["a", "b"])
    assert caught.value.argument == argument
