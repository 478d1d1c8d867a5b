from __future__ import annotations

import pytest

from wellheard.measures.errors import EmptyData
from wellheard.understand.facts.slices import Counts
from wellheard.understand.scores.queries import shipped_measures
from wellheard.understand.scores.rules import (
    Measure,
    MeasureDefinitionError,
    read_measure,
    score_of,
)

ROW = {
    "code": "x", "title": "X", "item": "pulse.x", "statistic": "top_box", "best": [4],
    "scale": [1, 4], "direction": "increase", "says": "said always", "definition": "", "owner": "",
    "source": "", "version": 1, "effective_from": "2026-11-01",
}  # fmt: skip


def measure(**changes: object) -> Measure:
    return read_measure({**ROW, **changes})


@pytest.mark.capability("L01")
def test_score_top_box_reproduces_the_published_wilson_interval() -> None:
    score = score_of(measure(), Counts.of({4: 80, 2: 20}), low_below=30)
    assert (score.n, score.estimate) == (100, 80.0)
    assert (round(score.low, 2), round(score.high, 2)) == (71.12, 86.66)
    assert score.method == "Wilson score interval"
    assert score.adjustment == "not adjusted for who answered"


@pytest.mark.capability("L01")
def test_score_nps_reproduces_the_published_example() -> None:
    nps = measure(statistic="nps", best=[9, 10], worst=range(7), scale=[0, 10])
    score = score_of(nps, Counts.of({10: 60, 8: 25, 3: 15}), low_below=30)
    assert (round(score.estimate, 3), round(score.low, 3), round(score.high, 3)) == (
        45.0,
        30.498,
        59.502,
    )


def test_score_mean_is_stretched_to_a_hundred() -> None:
    score = score_of(measure(statistic="mean"), Counts.of({1: 50, 4: 50}), low_below=30)
    assert score.estimate == 50.0
    assert score.low == pytest.approx(50 - 1.959964 * (2500 * 100 / 99 / 100) ** 0.5, abs=1e-3)


@pytest.mark.parametrize("statistic", ["top_box", "mean", "nps"])
def test_score_of_nobody_is_refused(statistic: str) -> None:
    with pytest.raises(EmptyData):
        score_of(measure(statistic=statistic), Counts.of({}), low_below=30)


def test_score_below_thirty_is_marked_low() -> None:
    assert score_of(measure(), Counts.of({4: 29}), low_below=30).is_low
    assert not score_of(measure(), Counts.of({4: 30}), low_below=30).is_low


@pytest.mark.parametrize(
    "changes",
    [
        {"best": [5]}, {"best": []}, {"scale": [4, 1]}, {"statistic": "median"},
        {"direction": "sideways"}, {"best": [4], "worst": [4]},
    ],
)  # fmt: skip
def test_measure_that_contradicts_itself_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(MeasureDefinitionError):
        measure(**changes)


@pytest.mark.capability("G05")
def test_shipped_measures_say_what_they_are() -> None:
    assert len(shipped_measures()) == 12
    for each in shipped_measures().values():
        assert all((each.title, each.definition, each.owner, each.source, each.version))
