"""The sieve, and the series that are searched."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from wellheard.understand.findings.leads import Lead, Search, joint, passed, spent, told
from wellheard.understand.findings.renames import joined
from wellheard.understand.findings.rules import Finding, finding_policy
from wellheard.understand.findings.scored import scored_measures
from wellheard.understand.findings.searches import find_among
from wellheard.understand.findings.sharpened import TOGETHER, sharpened
from wellheard.understand.findings.tests.hospitals import Plan, Truth, draw
from wellheard.understand.scores.queries import shipped_measures


def _lead(p: float, *, shown: bool = True) -> Lead:
    def tell(sure: bool) -> Finding | None:
        found = Finding("gap", None, "rating", str(p), "worse", date(2025, 1, 1), -5, -8, -2, 90,
                        "test", "worse", "A sentence.", p=p, sure=sure)  # fmt: skip
        return found if shown else None

    return Lead(p, tell)


def test_shares_of_the_chance_to_err_are_all_of_it() -> None:
    assert sum(finding_policy().shares.values()) == pytest.approx(1)
    assert 0 < finding_policy().sure < finding_policy().false_discovery <= 0.05


def test_lone_lead_must_pay_for_every_test_of_its_kind() -> None:
    tests = 20
    at_most = finding_policy().false_discovery * finding_policy().shares["gap"] / tests
    assert len(list(told([Search("gap", tests, [_lead(at_most * 0.99)])]))) == 1
    assert list(told([Search("gap", tests, [_lead(at_most * 1.01)])])) == []
    assert list(told([Search("gap", tests, [_lead(1e-9, shown=False)])])) == []


def test_what_is_certain_lets_through_what_is_possible_and_says_which() -> None:
    weak = 0.05 * finding_policy().shares["level"] / 20 * 1.5
    searches = [Search("level", 20, [_lead(weak)]), Search("gap", 20, [_lead(1e-8)])]
    found = list(told(searches))
    assert [(each.p, each.sure) for each in found] == [(1e-8, True), (weak, False)]


def test_rank_decides_how_many_pass() -> None:
    assert passed([0.04, 0.09, 0.16], 0.05) == 2
    assert passed([0.06, 0.07], 0.05) == 2
    assert passed([0.06, 0.2], 0.05) == passed([], 0.05) == 0
    assert spent(0.001, 10, 0.5) == pytest.approx(0.02)
    assert joint({"": (0.01, 0.5), "quiet": (0.001, 0.05)}) == pytest.approx(0.02)


def test_series_share_all_of_a_story_and_point_upwards() -> None:
    answers, _ = joined(draw(Plan(seed=3, responses=900)))
    sharp = sharpened(list(scored_measures(answers, shipped_measures())))
    assert sum(map(sharp.share, sharp.series)) == pytest.approx(1)
    first, *alone = sharp.series
    assert first.measure.code == TOGETHER and all(each.up_is_better for each in sharp.series)
    assert [each.measure.code for each in alone] == list(sharp.plain)
    assert len(sharp.told_by(first)) == len(alone) and len(sharp.told_by(alone[0])) == 1
    # What is left of a question tells nothing any more of how the person marks everything.
    others = np.zeros(answers.n)
    others[first.rows] = first.score
    assert abs(np.corrcoef(alone[1].score, others[alone[1].rows])[0, 1]) < 0.5
    lone = sharpened(list(sharp.plain.values())[:1])
    assert [each.measure.code for each in lone.series] == ["rating"]
    assert lone.share(lone.series[0]) == 1 and sharpened([]).series == ()


@pytest.mark.capability("G09")
def test_small_change_of_all_questions_is_found_that_few_show_by_themselves() -> None:
    plan = Plan(seed=40, places=8, months=14, responses=2_500, even=True,
                truths=(Truth("shift", place=3, month=7, size=-0.6),))  # fmt: skip
    answers, _ = joined(draw(plan))
    scored = [
        each
        for each in scored_measures(answers, shipped_measures())
        if each.measure.code != "rating"
    ]
    found = list(find_among(scored))
    assert [(each.kind, each.place, each.direction) for each in found] == [
        ("shift", "Unit 4", "worse")
    ]
    assert found[0].high < 0 and found[0].p < 1e-4 and len(found[0].also) >= 4
    alone = [len(list(find_among([each]))) for each in scored]
    assert len(alone) == 9 and sum(alone) <= 2


def test_what_is_only_possible_says_so_in_its_sentence() -> None:
    from wellheard.understand.findings.sentences import _how_sure

    assert _how_sure(True) == ""
    assert "chance" in _how_sure(False)
