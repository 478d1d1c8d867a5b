"""Risk: published scores, additive models, quality and drift, against other programs."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.errors import (
    ConstantOutcome,
    EmptyData,
    MeasureError,
    NotFinite,
    OutOfRange,
    ShapeMismatch,
    TooFewPoints,
    UnknownName,
)
from wellheard.measures.risk.additive import (
    RiskModelError,
    fit_additive,
    model_of,
    read_model,
)
from wellheard.measures.risk.drift import (
    counts_within,
    edges_of,
    level_drift,
    outcome_drift,
    psi,
    score_drift,
)
from wellheard.measures.risk.examples import binned
from wellheard.measures.risk.logistic import (
    fit_logistic,
    log_odds,
    probability,
    recalibrated_intercept,
)
from wellheard.measures.risk.points import hospital, lace
from wellheard.measures.risk.quality import assess, auc, brier, by_group, calibration

HEALTHY = {
    "haemoglobin": 13.5, "oncology": False, "sodium": 140, "procedure": False, "urgent": False,
    "admissions": 0, "length_of_stay": 2,
}  # fmt: skip


def drawn(n=4000, seed=3):
    random = np.random.default_rng(seed)
    design = random.normal(size=(n, 3))
    p = probability(design @ [0.8, -0.5, 0.0] - 1.5)
    return design, (random.random(n) < p).astype(float), p


@pytest.mark.capability("F05")
@pytest.mark.parametrize(
    ("given", "points", "band"),
    [
        ((5, True, 5, 2), 14, "high"),
        ((2, False, 0, 0), 2, "low"),
        ((0.5, False, 0, 0), 0, "low"),
        ((14, True, 9, 7), 19, "high"),
        ((3, False, 1, 1), 5, "moderate"),
        ((13, False, 4, 0), 10, "high"),
    ],
)
def test_lace_gives_the_published_points(given, points, band):
    stay, acute, comorbidity, visits = given
    score = lace(length_of_stay=stay, acute=acute, comorbidity=comorbidity, emergency_visits=visits)
    assert (score.points, score.band, sum(score.parts.values())) == (points, band, points)


@pytest.mark.capability("F05")
@pytest.mark.parametrize(
    ("changes", "coding", "points", "band", "expected"),
    [
        ({}, "2016", 0, "low", 0.058),
        ({"admissions": 1}, "2016", 0, "low", 0.058),
        ({"admissions": 1}, "2013", 2, "low", 0.058),
        ({"admissions": 6}, "2016", 5, "intermediate", 0.119),
        ({"haemoglobin": 11.9, "sodium": 134.9, "length_of_stay": 5, "urgent": True,
          "procedure": True, "admissions": 2}, "2016", 8, "high", 0.228),
        ({"haemoglobin": 9, "oncology": True, "sodium": 130, "procedure": True, "urgent": True,
          "admissions": 9, "length_of_stay": 20}, "2016", 13, "high", 0.228),
    ],
)  # fmt: skip
def test_hospital_gives_the_published_points(changes, coding, points, band, expected):
    score = hospital(**{**HEALTHY, **changes}, coding=coding)
    assert (score.points, score.band, score.expected) == (points, band, expected)
    assert coding in score.variant


@pytest.mark.parametrize(
    ("changes", "error", "argument"),
    [
        ({"haemoglobin": math.nan}, NotFinite, "haemoglobin"),
        ({"haemoglobin": 120}, OutOfRange, "haemoglobin"),
        ({"admissions": -1}, OutOfRange, "admissions"),
        ({"coding": "2020"}, UnknownName, "coding"),
    ],
)
def test_score_of_implausible_values_is_refused(changes, error, argument):
    with pytest.raises(error) as caught:
        hospital(**{**HEALTHY, **changes})
    assert caught.value.argument == argument


@pytest.mark.parametrize("penalty", [1e-9, 20.0])
def test_logistic_equals_scikit_learn(penalty):
    from sklearn.linear_model import LogisticRegression

    design, y, _ = drawn(800)
    ours = fit_logistic(design, y, penalty=penalty)
    theirs = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=1000).fit(design, y)
    assert np.allclose(ours.coefficients, theirs.coef_[0], atol=1e-4)
    assert ours.intercept == pytest.approx(theirs.intercept_[0], abs=1e-4)


def test_logistic_with_perfect_separation_stays_finite():
    ours = fit_logistic([[0.0], [0.0], [1.0], [1.0]], [0, 0, 1, 1], penalty=0.5)
    assert np.isfinite(ours.coefficients).all() and ours.coefficients[0] > 0


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=60))
@settings(max_examples=60)
def test_auc_equals_scikit_learn_with_ties(pairs):
    from sklearn.metrics import roc_auc_score

    p = [each / 5 for each, _ in pairs]
    y = [float(event) for _, event in pairs]
    if len(set(y)) == 2:
        assert auc(p, y) == pytest.approx(roc_auc_score(y, p))
    else:
        with pytest.raises(ConstantOutcome):
            auc(p, y)


@pytest.mark.capability("F05")
def test_true_probabilities_have_slope_one_and_intercept_zero_inside_their_intervals():
    _, y, p = drawn()
    quality = assess(p, y, np.arange(len(y)), draws=100)
    assert quality.slope.low < 1 < quality.slope.high
    assert quality.intercept.low < 0 < quality.intercept.high
    assert quality.brier.estimate == pytest.approx(brier(p, y)) and quality.ece < 0.03
    assert sum(each.n for each in quality.bins) == quality.n == 4000


@given(st.floats(0.3, 2), st.floats(-2, 2))
@settings(max_examples=15)
def test_calibration_finds_the_slope_and_shift_that_undo_a_distortion(stretch, shift):
    _, y, p = drawn(800)
    slope = calibration(p, y)[1]
    assert slope == pytest.approx(
        fit_logistic(log_odds(p)[:, None], y, penalty=0).coefficients[0], abs=1e-5
    )
    distorted = probability(stretch * log_odds(p) + shift)
    assert calibration(distorted, y)[1] == pytest.approx(slope / stretch, rel=1e-3)


def test_interval_over_patients_is_wider_than_over_rows():
    random = np.random.default_rng(5)
    people = np.repeat(np.arange(120), 20)
    p = np.repeat(probability(random.normal(size=120)), 20)
    y = np.repeat((random.random(120) < 0.4).astype(float), 20)
    rows = assess(p, y, np.arange(len(y)), draws=100)
    patients = assess(p, y, people, draws=100)
    assert (patients.auc.high - patients.auc.low) > 2 * (rows.auc.high - rows.auc.low)


@pytest.mark.capability("F05")
def test_group_that_is_predicted_wrongly_is_found_and_a_small_one_is_not_judged():
    _, y, p = drawn()
    groups = ["a" if i % 2 else "b" for i in range(len(y))]
    groups[:40] = ["few"] * 40
    wrong = np.where(np.asarray(groups) == "a", np.minimum(p * 1.8, 1), p)
    verdicts = {each.group: each for each in by_group(wrong, y, groups, threshold=0.3)}
    assert (verdicts["a"].verdict, verdicts["b"].verdict) == ("over", "fits")
    assert verdicts["few"].verdict == "too_few" and verdicts["few"].observed is None


def test_recalibration_brings_the_mean_to_the_rate_and_keeps_the_order():
    _, y, p = drawn()
    shifted = probability(log_odds(p) + 0.7)
    back = probability(log_odds(shifted) + recalibrated_intercept(shifted, y))
    assert back.mean() == pytest.approx(y.mean(), abs=1e-8)
    assert auc(back, y) == pytest.approx(auc(p, y))


def test_additive_model_finds_what_was_planted_and_says_why():
    random = np.random.default_rng(1)
    examples = [
        {"lead": str(random.integers(3)), "day": str(random.integers(5))} for _ in range(3000)
    ]
    risk = np.asarray([0.1 + 0.25 * int(each["lead"]) for each in examples])
    y = (random.random(3000) < risk).astype(float)
    model = fit_additive(examples, y, ("lead", "day"), version="x", penalty=1, rarest=20)
    told = model.predict({"lead": "2", "day": "1"})
    assert told.probability == pytest.approx(0.6, abs=0.06)
    assert told.reasons[0].feature == "lead" and told.reasons[0].effect > 0
    assert model.predict({"lead": "9", "day": "1"}).unknown == ("lead",)
    again = model_of(model.as_page())
    assert again.probabilities(examples[:50]) == pytest.approx(
        model.probabilities(examples[:50]), abs=1e-4
    )


@pytest.mark.parametrize(
    ("value", "level"), [(0, "below 1"), (1, "1"), (2, "2-4"), (4, "2-4"), (5, "5 or more")]
)
def test_number_falls_into_a_level_that_can_be_read(value, level):
    assert binned(value, [1, 2, 5]) == level


@pytest.mark.parametrize(
    "page",
    [
        {},
        {"format": "wellheard-risk-1"},
        {"format": "wellheard-risk-1", "version": "1", "features": ["a"], "weights": {},
         "averages": {}, "intercept": 0},
        {"format": "wellheard-risk-1", "version": "1", "features": ["a"],
         "weights": {"a": {"x": float("nan")}}, "averages": {"a": 0}, "intercept": 0},
    ],
)  # fmt: skip
def test_damaged_model_is_refused(page, tmp_path):
    with pytest.raises(MeasureError):
        model_of(page)
    with pytest.raises(RiskModelError):
        read_model(tmp_path / "none.json")


@pytest.mark.capability("F05")
def test_drift_of_the_people_scored_raises_an_alarm_and_chance_does_not():
    random = np.random.default_rng(2)
    then = random.beta(2, 8, 3000)
    edges = edges_of(then)
    before = counts_within(then, edges)
    assert score_drift(before, counts_within(random.beta(2, 8, 900), edges)).verdict == "steady"
    assert score_drift(before, counts_within(random.beta(4, 6, 900), edges)).verdict == "alarm"
    assert score_drift(before, counts_within(then[:50], edges)).verdict == "too_few"
    assert level_drift({"web": 90, "phone": 10}, {"kiosk": 100}).verdict == "alarm"


def test_stability_index_by_hand():
    assert psi([50, 50], [50, 50]) == pytest.approx(0)
    assert psi([50, 50], [80, 20]) == pytest.approx(
        0.3 * math.log(0.8 / 0.5) - 0.3 * math.log(0.2 / 0.5)
    )


@pytest.mark.capability("F05")
def test_drift_of_outcomes_raises_an_alarm_when_a_base_rate_moves():
    _, y, p = drawn()
    assert outcome_drift(p, y).verdict == "steady"
    moved = outcome_drift(probability(log_odds(p) + 0.5), y)
    assert moved.verdict == "alarm" and moved.z < -3
    assert outcome_drift(p[:60], y[:60]).verdict == "too_few"


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: fit_logistic([[1.0], [2.0]], [1, 1]), ConstantOutcome),
        (lambda: fit_logistic([[1.0], [2.0]], [1, 0, 1]), ShapeMismatch),
        (lambda: fit_logistic([[1.0], [math.nan]], [1, 0]), NotFinite),
        (lambda: fit_logistic([[1.0], [2.0]], [1, 0.5]), OutOfRange),
        (lambda: fit_logistic([[1.0], [2.0]], [1, 0], penalty=-1), OutOfRange),
        (lambda: assess([0.2, 0.4], [0, 1], ["a", "a"]), TooFewPoints),
        (lambda: assess([0.2, 1.4], [0, 1], ["a", "b"]), OutOfRange),
        (lambda: brier([0.2], [2]), OutOfRange),
        (lambda: psi([1, 2], [1, 2, 3]), ShapeMismatch),
        (lambda: psi([0, 0], [1, 2]), EmptyData),
        (lambda: fit_additive([], [], ("a",), version="", penalty=1, rarest=1), EmptyData),
    ],
)
def test_bad_input_is_a_named_error(call, error):
    with pytest.raises(error):
        call()
