import numpy as np
import pytest
from scipy import stats

from wellheard.measures.effects import mean_difference, paired_change, stratified_difference
from wellheard.measures.errors import OutOfRange, ShapeMismatch, TooFewPoints


def drawn(seed=5):
    random = np.random.default_rng(seed)
    return random.normal(70, 12, 80), random.normal(66, 20, 50)


def test_difference_of_means_is_welchs():
    first, second = drawn()
    found = mean_difference(first, second)
    theirs = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert (found.n, found.n_other) == (80, 50)


def test_paired_change_is_the_t_interval_of_the_differences():
    before = drawn()[0][:40]
    after = before + np.random.default_rng(1).normal(3, 5, 40)
    found = paired_change(before, after)
    theirs = stats.ttest_rel(after, before).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert found.mean - found.mean_other == pytest.approx(found.estimate)


def test_one_stratum_gives_welchs_difference():
    first, second = drawn()
    flags = [True] * len(first) + [False] * len(second)
    found = stratified_difference(np.concatenate([first, second]), flags, ["a"] * len(flags))
    plain = mean_difference(first, second)
    assert (found.estimate, found.low) == pytest.approx((plain.estimate, plain.low))


@pytest.mark.capability("G07")
def test_known_effect_is_recovered_where_the_plain_difference_is_confounded():
    """Older people take their medicine better and are reminded more often; the effect is 6."""
    random = np.random.default_rng(20261)
    old = random.random(4000) < 0.5
    reminded = random.random(4000) < np.where(old, 0.8, 0.2)
    values = 60 + 15 * old + 6 * reminded + random.normal(0, 10, 4000)
    plain = mean_difference(values[reminded], values[~reminded])
    found = stratified_difference(values, list(reminded), list(np.where(old, "old", "young")))
    assert plain.low > 10
    assert found.low < 6 < found.high and found.high - found.low < 2
    assert (found.strata, found.left_out) == (2, 0)


@pytest.mark.capability("G07")
def test_interval_of_the_stratified_difference_covers_the_truth():
    random = np.random.default_rng(3)
    inside = 0
    for _ in range(300):
        strata = random.integers(0, 3, 120)
        flags = random.random(120) < 0.3 + 0.2 * strata
        values = 5 * strata + 2 * flags + random.normal(0, 4 + strata, 120)
        found = stratified_difference(values, list(flags), list(strata.astype(str)))
        inside += found.low <= 2 <= found.high
    assert 0.92 <= inside / 300 <= 0.98


def test_stratum_without_both_groups_is_left_out_and_counted():
    values = [1.0, 2, 3, 4, 9, 9]
    flags = [True, True, False, False, True, True]
    found = stratified_difference(values, flags, ["a", "a", "a", "a", "b", "b"])
    assert (found.strata, found.left_out, found.n) == (1, 2, 2)
    with pytest.raises(TooFewPoints, match="strata"):
        stratified_difference(values, flags, list("abcdef"))


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(TooFewPoints, match="others"):
        mean_difference([1, 2, 3], [1])
    with pytest.raises(ShapeMismatch, match="after"):
        paired_change([1, 2], [1, 2, 3])
    with pytest.raises(OutOfRange, match="vary"):
        mean_difference([1, 1], [2, 2])
