import numpy as np
import pytest
from scipy import stats

from wellheard.measures.association import association
from wellheard.measures.errors import OutOfRange, ShapeMismatch, TooFewPoints

pytestmark = pytest.mark.capability("G06")


def places(count=20, months=6, seed=2, slope=0.8):
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(count), months)
    x = np.repeat(random.normal(size=count), months) + random.normal(0, 0.3, count * months)
    return x, slope * x + random.normal(size=count * months), labels


@pytest.mark.parametrize(
    ("kind", "theirs"), [("spearman", stats.spearmanr), ("pearson", stats.pearsonr)]
)
def test_estimate_is_the_correlation(kind, theirs):
    x, y, labels = places()
    found = association(x, y, labels, kind=kind, draws=100)
    assert found.estimate == pytest.approx(theirs(x, y).statistic)
    assert (found.n, found.clusters, found.adjusted_for) == (120, 20, 0)


def test_partial_correlation_is_that_of_the_residuals():
    x, y, labels = places()
    z = x + np.random.default_rng(0).normal(size=x.size)
    found = association(x, y, labels, covariates=z[:, None], kind="pearson", draws=100)
    r = np.corrcoef([x, y, z])
    by_hand = (r[0, 1] - r[0, 2] * r[1, 2]) / np.sqrt((1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2))
    assert found.estimate == pytest.approx(by_hand)


def test_what_case_mix_alone_explains_is_gone_once_it_is_taken_out():
    random = np.random.default_rng(8)
    mix = random.normal(size=60)
    x, y = mix + random.normal(0, 0.5, 60), -mix + random.normal(0, 0.5, 60)
    labels = np.repeat(np.arange(20), 3)
    assert association(x, y, labels, draws=200).is_clear
    assert not association(x, y, labels, covariates=mix[:, None], draws=200).is_clear


def test_months_of_one_place_do_not_count_as_so_many_places():
    """Every place the same twelve times: the interval is as wide as that of the places once."""
    random = np.random.default_rng(4)
    x, y = random.normal(size=12), random.normal(size=12)
    once = association(x, y, np.arange(12), draws=400)
    often = association(np.repeat(x, 12), np.repeat(y, 12), np.repeat(np.arange(12), 12), draws=400)
    assert often.high - often.low == pytest.approx(once.high - once.low, rel=0.15)


def test_interval_holds_no_association_nearly_always():
    random = np.random.default_rng(6)
    labels = np.repeat(np.arange(16), 3)
    clear = 0
    for seed in range(60):
        x, y = np.repeat(random.normal(size=(2, 16)), 3, axis=1) + random.normal(0, 0.5, (2, 48))
        clear += association(x, y, labels, kind="pearson", draws=100, seed=seed).is_clear
    assert clear <= 8


def test_what_cannot_be_told_is_refused():
    x, y, labels = places(count=7)
    with pytest.raises(TooFewPoints, match="8 places"):
        association(x, y, labels)
    x, y, labels = places()
    with pytest.raises(OutOfRange, match="vary"):
        association(np.ones_like(x), y, labels)
    with pytest.raises(OutOfRange, match="vary"):
        association(x, y, labels, covariates=x[:, None], kind="pearson")
    with pytest.raises(ShapeMismatch, match="covariates"):
        association(x, y, labels, covariates=x)
