"""Clusters, forecasts and decisions, without a database."""

from __future__ import annotations

import numpy as np
import pytest

from wellheard.understand.segments import clusters
from wellheard.understand.segments.forecast import METHODS, forecast
from wellheard.understand.segments.policy import segment_policy
from wellheard.understand.segments.rules import (
    SegmentError,
    check_clusters,
    check_decision,
    ranked,
    read_plan,
    read_rules,
)


@pytest.fixture(scope="module")
def clouds() -> np.ndarray:
    rng = np.random.default_rng(5)
    return np.vstack([rng.normal(centre, 6, (80, 3)) for centre in (90, 55, 20)])


@pytest.mark.capability("K07")
def test_planted_clusters_are_found_stable_and_the_same_again(clouds: np.ndarray) -> None:
    found = clusters.fit(clouds, 3, seed=7, starts=4)
    planted = np.repeat([0, 1, 2], 80)
    assert clusters.adjusted_rand(found.labels, planted) == pytest.approx(1.0)
    assert found.centres[:, 0].tolist() == sorted(found.centres[:, 0], reverse=True)
    again = clusters.fit(clouds, 3, seed=7, starts=4)
    ids = np.arange(len(clouds))
    assert clusters.fingerprint(ids, again.labels) == clusters.fingerprint(ids, found.labels)
    steady = clusters.stability(clouds, found, seed=1, samples=10)
    assert min(steady.jaccard) > 0.9 and steady.rand > 0.9


@pytest.mark.capability("K07")
def test_clusters_that_are_not_there_do_not_come_back() -> None:
    points = np.random.default_rng(2).uniform(0, 100, (300, 3))
    found = clusters.fit(points, 5, seed=7, starts=4)
    steady = clusters.stability(points, found, seed=1, samples=10)
    assert min(steady.jaccard) < segment_policy().stable_from


def test_too_few_different_answers_make_no_clusters() -> None:
    with pytest.raises(clusters.ClusterError):
        clusters.fit(np.ones((50, 2)), 2, seed=1, starts=2)


def test_adjusted_rand_and_cramer_of_known_tables() -> None:
    a = np.array([0, 0, 0, 1, 1, 1])
    assert clusters.adjusted_rand(a, a[::-1]) == pytest.approx(1.0)
    # scikit-learn: adjusted_rand_score([0,0,0,1,1,1], [0,0,1,1,2,2]) = 0.24242424...
    assert clusters.adjusted_rand(a, np.array([0, 0, 1, 1, 2, 2])) == pytest.approx(8 / 33)
    many = np.repeat([0, 1], 500)
    assert clusters.cramers_v(many, many) == pytest.approx(1.0, abs=0.01)
    assert clusters.cramers_v(many, np.tile([0, 1], 500)) == 0.0


@pytest.mark.capability("K07")
def test_ethics_check_finds_small_unstable_and_standing_in() -> None:
    checks = check_clusters(
        [200, 12], [0.9, 0.5], {"ethnicity": 0.45, "sex": 0.02}, segment_policy()
    )
    said = {(each.code, each.about): each.severity for each in checks}
    assert said == {
        ("small", "B"): "stop",
        ("stable", "A"): "good",
        ("stable", "B"): "stop",
        ("proxy", "ethnicity"): "attention",
        ("proxy", "sex"): "good",
    }


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"attribute": "zodiac"}, "attribute"),
        ({"attribute": "language", "segments": []}, "at least one"),
        ({"attribute": "language", "segments": [{"name": "A", "groups": []}]}, "needs a name"),
        (
            {
                "attribute": "language",
                "segments": [{"name": "A", "groups": ["es"]}, {"name": "B", "groups": ["es"]}],
            },
            "two segments",
        ),
        ({"attribute": "language", "segments": [{"name": "rest", "groups": ["es"]}]}, "rest"),
    ],
)
def test_rules_that_make_no_sense_are_refused(data: dict[str, object], words: str) -> None:
    with pytest.raises(SegmentError, match=words):
        read_rules(data, segment_policy())


@pytest.mark.parametrize("data", [{"items": ["a"], "k": 3}, {"items": ["a", "b"], "k": 9}])
def test_cluster_plans_that_make_no_sense_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(SegmentError):
        read_plan(data, segment_policy())


@pytest.mark.capability("K08")
def test_forecast_follows_what_the_past_does_and_says_its_error() -> None:
    rising = [100.0 + 10 * quarter for quarter in range(12)]
    found = forecast(rising, 4)
    assert found.method == "damped trend" and found.beats_naive and found.tests == 8
    assert found.ahead[0].low <= 220 <= found.ahead[0].high + 10
    yearly = [100.0, 200.0, 150.0, 50.0] * 3
    seasonal = forecast(yearly, 4)
    assert seasonal.method == "same quarter of last year" and seasonal.error == 0
    assert [ahead.estimate for ahead in seasonal.ahead] == yearly[:4]
    flat = forecast([80.0] * 8, 2)
    assert flat.method == next(iter(METHODS)) and flat.ahead[1].estimate == 80
    with pytest.raises(ValueError, match="needs 6"):
        forecast([1.0] * 5, 4)


@pytest.mark.capability("K10")
def test_decision_ranks_by_declared_weights_and_protects_who_is_left_out() -> None:
    criteria = segment_policy().criteria
    assert sum(each.weight for each in criteria) == pytest.approx(1)
    scores = {
        "A": {each.code: 5.0 for each in criteria},
        "B": {each.code: 1.0 for each in criteria},
    }
    best, other = ranked(scores, criteria, chosen=["A"], under_served=["B"])
    assert (best.segment, best.score, other.under_served) == ("A", pytest.approx(5), True)
    with pytest.raises(SegmentError, match="safeguard: B"):
        check_decision(["A", "B"], ["A"], ["B"], "")
    check_decision(["A", "B"], ["A"], ["B"], "Interpreters stay as they are for B.")
    check_decision(["A", "B"], ["B"], ["B"], "")
    with pytest.raises(SegmentError, match="chosen"):
        check_decision(["A", "B"], [], [], "")
    with pytest.raises(SegmentError, match="score"):
        ranked({"A": {}}, criteria, chosen=[], under_served=[])
