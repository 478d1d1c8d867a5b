"""The spread between groups: against a second implementation, planted spreads, and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from wellheard.measures.errors import TooFewPoints
from wellheard.measures.spread import spread_between, standings

RNG = np.random.default_rng(2026)


def drawn(centres, size, rng=RNG):
    """Answers on a 0-100 scale of five steps around each centre."""
    groups = {}
    for number, centre in enumerate(centres):
        answers = np.clip(np.round(rng.normal(centre, 22, size) / 25) * 25, 0, 100)
        values, counts = np.unique(answers, return_counts=True)
        groups[f"t{number}"] = {float(v): int(k) for v, k in zip(values, counts, strict=True)}
    return groups


def test_spread_equals_a_second_implementation_with_arrays_and_brentq():
    groups = drawn([60, 70, 50, 66], 80)
    flat = [np.repeat(list(g), list(g.values())) for g in groups.values()]
    pooled = sum(((x - x.mean()) ** 2).sum() for x in flat) / (sum(map(len, flat)) - 4)
    y = np.array([x.mean() for x in flat])
    w = np.array([len(x) / pooled for x in flat])
    q = (w * (y - np.average(y, weights=w)) ** 2).sum()
    found = spread_between(groups)
    assert found.sd == pytest.approx(math.sqrt((q - 3) / w.sum()))
    for bound, share in ((found.low, 0.975), (found.high, 0.025)):
        nc = optimize.brentq(lambda x, s=share: stats.ncx2.cdf(q, 3, x) - s, 1e-9, 1e3)
        assert bound == pytest.approx(math.sqrt(nc / w.sum()), rel=1e-4)
    assert found.p == pytest.approx(stats.chi2.sf(q, 3))


def test_spread_interval_holds_the_true_spread_nineteen_times_in_twenty():
    rng = np.random.default_rng(5)
    true = math.sqrt(np.var([50, 56, 62]))
    inside = 0
    for _ in range(300):
        groups = {
            str(c): {float(v): 1 for v in rng.normal(c, 20, 60)} for c in (50, 56, 62)
        }  # fmt: skip
        found = spread_between(groups)
        inside += found.low <= true <= found.high
    assert 273 <= inside <= 297  # 285 expected, three standard errors each way


@pytest.mark.capability("J02")
def test_spread_rises_with_a_planted_spread_and_is_near_it():
    rng = np.random.default_rng(7)
    mean = {}
    for planted in (0, 4, 8, 12):
        centres = [55 + planted * step for step in (-1.2247, 0, 1.2247)]  # their SD is `planted`
        found = [spread_between(drawn(centres, 150, rng)) for _ in range(40)]
        mean[planted] = float(np.mean([each.sd for each in found]))
    assert mean[0] < 1.6 < mean[4] < mean[8] < mean[12]
    assert mean[12] == pytest.approx(12, rel=0.1)


def test_spread_of_groups_that_are_alike_says_zero_is_possible_nineteen_times_in_twenty():
    rng = np.random.default_rng(3)
    found = [spread_between(drawn([60] * 5, 40, rng)) for _ in range(200)]
    assert sum(each.low > 0 for each in found) <= 12  # 2.5 % expected on this side
    assert sum(each.p <= 0.05 for each in found) <= 20


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.integers(0, 30), min_size=5, max_size=5), min_size=2, max_size=6))
def test_spread_is_ordered_and_does_not_change_when_all_answers_move(counts):
    groups = {str(i): {25.0 * k: n for k, n in enumerate(row)} for i, row in enumerate(counts)}
    try:
        found = spread_between(groups)
    except TooFewPoints:
        return
    assert 0 <= found.low <= found.sd + 1e-9 and found.sd <= found.high + 1e-9
    moved = {g: {v + 7: n for v, n in each.items()} for g, each in groups.items()}
    assert spread_between(moved).sd == pytest.approx(found.sd, abs=1e-6)


def test_standing_of_the_one_group_that_differs_and_of_no_other():
    rng = np.random.default_rng(11)
    found = standings(drawn([62, 62, 62, 40], 120, rng))
    assert [each.group for each in found if each.stands_out and each.difference < 0] == ["t3"]
    assert found[3].difference_low < found[3].difference < found[3].difference_high < 0


@pytest.mark.parametrize(
    "groups", [{}, {"a": {50.0: 9}}, {"a": {50.0: 9}, "b": {}}, {"a": {50.0: 9}, "b": {75.0: 4}}]
)
def test_spread_is_refused_where_chance_has_no_size(groups):
    with pytest.raises(TooFewPoints):
        spread_between(groups)
