from __future__ import annotations

from datetime import date

import pytest

from wellheard.measures.intervals import newcombe
from wellheard.prove.effects.rules import difference, effect_of, effect_policy, windows
from wellheard.understand.facts.slices import Counts, Month, Period
from wellheard.understand.scores.queries import shipped_measures
from wellheard.understand.scores.rules import Score, score_of

POLICY = effect_policy()
QUIET = shipped_measures()["quiet"]


def scored(best: int, n: int) -> Score:
    return score_of(QUIET, Counts.of({4: best, 1: n - best}), low_below=30)


def test_windows_leave_out_the_month_of_the_change() -> None:
    before, after = windows(date(2026, 5, 24), date(2026, 11, 22), POLICY)
    assert before == Period(Month(2025, 5), Month(2026, 5))
    assert after == Period(Month(2026, 6), Month(2026, 11))


def test_windows_right_after_a_change_have_no_after() -> None:
    assert windows(date(2026, 11, 3), date(2026, 11, 22), POLICY)[1] is None


def test_difference_of_shares_is_newcombes() -> None:
    known = newcombe(56, 70, 48, 80)
    gap, low, high = difference(scored(56, 70), scored(48, 80))
    assert (gap, low, high) == pytest.approx(
        (100 * known.estimate, 100 * known.low, 100 * known.high)
    )


@pytest.mark.parametrize(
    ("before", "after", "months", "verdict"),
    [
        ((460, 1000), (570, 1000), 6, "better"),
        ((570, 1000), (460, 1000), 6, "worse"),
        ((500, 1000), (500, 1000), 6, "not_better"),
        ((10, 20), (12, 20), 6, "cannot_tell"),
        ((460, 1000), (570, 1000), 2, "too_early"),
    ],
)
def test_effect_of_a_change(
    before: tuple[int, int], after: tuple[int, int], months: int, verdict: str
) -> None:
    found = effect_of(scored(*before), scored(*after), months_after=months, policy=POLICY)
    assert found.verdict == verdict


def test_effect_without_answers_cannot_be_told() -> None:
    assert effect_of(None, scored(5, 40), months_after=6, policy=POLICY).verdict == "cannot_tell"
