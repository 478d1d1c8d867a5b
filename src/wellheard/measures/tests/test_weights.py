"""Sampling and weighting: repeatable draws, allocation, raking, trimming, Kish."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.errors import (
    EmptyData,
    MeasureError,
    OutOfRange,
    ShapeMismatch,
    TooFewPoints,
    UnknownName,
)
from wellheard.measures.sampling import (
    allocate,
    monthly_target,
    one_per_household,
    simple_random_sample,
    stratified_sample,
)
from wellheard.measures.weights import design_weights, kish, rake, trim, weighted_mean

FRAME = [f"p{i:03}" for i in range(200)]


@given(st.randoms(), st.integers(0, 200))
def test_a_draw_does_not_depend_on_the_order_of_the_frame(random, size):
    shuffled = list(FRAME)
    random.shuffle(shuffled)
    one, other = (simple_random_sample(frame, size, seed="2026-01") for frame in (FRAME, shuffled))
    assert one == other
    assert len(one.chosen) == size


def test_late_arrivals_push_nobody_new_in_front():
    early = simple_random_sample(FRAME, 20, seed="s").chosen
    late = simple_random_sample([*FRAME, "late1", "late2"], 20, seed="s").chosen
    assert set(late) - {"late1", "late2"} <= set(early)


def test_every_person_has_the_same_chance_over_many_months():
    drawn = np.zeros(200)
    for month in range(300):
        chosen = simple_random_sample(FRAME, 50, seed=f"month {month}").chosen
        drawn[[int(each[1:]) for each in chosen]] += 1
    assert drawn.sum() == 300 * 50
    chi = ((drawn - 75) ** 2 / (75 * 0.75)).sum()
    assert 130 < chi < 280


def test_strata_get_their_sizes_and_chances():
    strata = {each: "a" if int(each[1:]) < 150 else "b" for each in FRAME}
    drawn = stratified_sample(strata, {"a": 30, "b": 25}, seed="x")
    counts = [sum(strata[each] == name for each in drawn.chosen) for name in "ab"]
    assert counts == [30, 25]
    assert drawn.probability[drawn.chosen[0]] == pytest.approx(0.2)
    weights = design_weights(list(drawn.probability.values()))
    assert weights.weights.sum() == pytest.approx(200)


def test_one_survey_per_household():
    households = {"a": "h1", "b": "h1", "c": "h2"}
    chosen = one_per_household(households, seed="s")
    assert len(chosen) == 2
    assert "c" in chosen


def test_monthly_target_catches_up():
    assert monthly_target(300, 0.25) == 100
    assert monthly_target(300, 0.25, completes_so_far=290, months_left=1) == 40
    assert monthly_target(300, 0.25, completes_so_far=400, months_left=1) == 0


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 300), min_size=1),
    st.integers(0, 800),
)
def test_allocation_adds_up_and_never_exceeds_a_stratum(populations, size):
    given_sizes = allocate(populations, size)
    assert sum(given_sizes.values()) == min(size, sum(populations.values()))
    assert all(0 <= given_sizes[each] <= populations[each] for each in populations)


def test_allocation_by_spread_and_with_a_floor():
    assert allocate({"a": 100, "b": 100}, 30, spreads={"a": 2, "b": 1}) == {"a": 20, "b": 10}
    assert allocate({"a": 990, "b": 10}, 100, least=8) == {"a": 92, "b": 8}


def raked(seed=0, n=400):
    random = np.random.default_rng(seed)
    margins = {
        "age": random.choice(["young", "old"], n, p=[0.3, 0.7]),
        "language": random.choice(["en", "es", "ar"], n, p=[0.7, 0.2, 0.1]),
    }
    targets = {"age": {"young": 0.5, "old": 0.5}, "language": {"en": 60, "es": 30, "ar": 10}}
    return margins, targets


@settings(max_examples=20)
@given(st.integers(0, 999))
def test_raking_hits_every_margin_and_keeps_the_sum(seed):
    margins, targets = raked(seed)
    result = rake(np.ones(400), margins, targets)
    assert result.weights.sum() == pytest.approx(400)
    for name, labels in margins.items():
        total = sum(targets[name].values())
        for label, target in targets[name].items():
            assert result.weights[labels == label].sum() / 400 == pytest.approx(target / total)
    assert result.design_effect >= 1
    assert result.effective_n == pytest.approx(400 / result.design_effect)


def test_contradicting_margins_are_refused():
    margins = {"a": ["x", "x", "y"], "b": ["u", "u", "v"]}
    targets = {"a": {"x": 0.5, "y": 0.5}, "b": {"u": 0.9, "v": 0.1}}
    with pytest.raises(MeasureError, match="do not fit together"):
        rake([1, 1, 1], margins, targets, most_rounds=50)


@given(st.lists(st.floats(0.1, 50), min_size=3, max_size=60), st.floats(2, 6))
def test_trimming_caps_weights_and_keeps_their_sum(weights, largest):
    cap = largest * float(np.median(weights))
    if cap * len(weights) < sum(weights):
        with pytest.raises(OutOfRange):
            trim(weights, largest=largest)
        return
    result = trim(weights, largest=largest)
    assert result.weights.max() <= cap * (1 + 1e-9)
    assert result.weights.sum() == pytest.approx(sum(weights))
    assert result.design_effect <= kish(weights)[0] + 1e-9


def test_kish_is_one_plus_the_squared_variation():
    weights = np.array([1, 1, 2, 4])
    effect, effective = kish(weights)
    assert effect == pytest.approx(1 + (weights.std() / weights.mean()) ** 2)
    assert effective == pytest.approx(4 / effect)


def test_weighted_mean_with_equal_weights_is_the_plain_mean():
    values = np.random.default_rng(0).normal(size=50)
    ours = weighted_mean(values, np.full(50, 3.0))
    assert ours.estimate == pytest.approx(values.mean())
    assert ours.se == pytest.approx(values.std(ddof=1) / np.sqrt(50))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: simple_random_sample([], 1, seed="s"), EmptyData),
        (lambda: simple_random_sample(["a", "a"], 1, seed="s"), MeasureError),
        (lambda: simple_random_sample(["a"], -1, seed="s"), OutOfRange),
        (lambda: stratified_sample({"a": "x"}, {}, seed="s"), UnknownName),
        (lambda: monthly_target(300, 0), OutOfRange),
        (lambda: monthly_target(300, 0.5, months_left=0), OutOfRange),
        (lambda: allocate({}, 5), EmptyData),
        (lambda: allocate({"a": -1}, 5), OutOfRange),
        (lambda: allocate({"a": 9, "b": 9}, 3, least=2), OutOfRange),
        (lambda: allocate({"a": 9}, 3, spreads={}), UnknownName),
        (lambda: design_weights([0.5, 0]), OutOfRange),
        (lambda: design_weights([1.5]), OutOfRange),
        (lambda: rake([1, -1], {"a": ["x", "y"]}, {"a": {"x": 1, "y": 1}}), OutOfRange),
        (lambda: rake([1, 1], {"a": ["x", "y"]}, {"a": {"x": 1}}), UnknownName),
        (lambda: rake([1, 1], {"a": ["x", "x"]}, {"a": {"x": 1, "y": 1}}), UnknownName),
        (lambda: rake([1, 1], {"a": ["x"]}, {"a": {"x": 1}}), ShapeMismatch),
        (lambda: rake([1, 1], {}, {}), EmptyData),
        (lambda: trim([1, 2], largest=1), OutOfRange),
        (lambda: weighted_mean([1], [1]), TooFewPoints),
    ],
)
def test_bad_input_is_named(call, error):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, MeasureError)
