"""Gaps, re-tests and reach, without a database."""

from __future__ import annotations

import pytest

from wellheard.measures.equity import equity_gaps
from wellheard.understand.equity.rules import gaps_of, judged, reach_of, retested
from wellheard.understand.facts.slices import Counts
from wellheard.understand.scores.queries import shipped_measures

QUIET = shipped_measures()["quiet"]
RECOMMEND = shipped_measures()["recommend"]


def shares(**groups: tuple[int, int]) -> dict[str, Counts]:
    return {name: Counts.of({4: best, 1: n - best}) for name, (best, n) in groups.items()}


def compared(groups: dict[str, Counts], measure=QUIET, withheld=False):  # type: ignore[no-untyped-def]
    page = gaps_of(measure, "language", groups, withheld=withheld, low_below=30)
    return judged([page], higher_is_better=True, false_discovery_rate=0.05)[0]


@pytest.mark.capability("M02")
def test_gap_of_a_share_is_what_the_statistics_library_says() -> None:
    page = compared(shares(en=(480, 600), es=(60, 100), ar=(30, 40)))
    library = equity_gaps(
        {"en": (480, 600), "es": (60, 100), "ar": (30, 40)}, reference="en"
    ).groups
    assert page.reference == "en"
    for gap, known in zip(page.compared, library[1:], strict=True):
        assert gap.difference == pytest.approx(100 * known.gap.estimate)
        assert (gap.low, gap.high) == pytest.approx((100 * known.gap.low, 100 * known.gap.high))
        assert gap.ratio == pytest.approx(known.ratio.estimate)
        assert gap.p_adjusted == pytest.approx(known.p_adjusted)
        assert gap.verdict == known.verdict
    assert [gap.verdict for gap in page.compared] == ["worse", "no_difference_shown"]


def test_net_promoter_score_has_a_gap_too_but_no_ratio() -> None:
    groups = {
        "en": Counts.of({10: 300, 8: 50, 3: 50}),
        "es": Counts.of({10: 30, 8: 30, 3: 60}),
    }
    gap = compared(groups, RECOMMEND).compared[0]
    assert gap.difference == pytest.approx(100 * (-30 / 120 - 250 / 400))
    assert gap.low < gap.difference < gap.high < 0  # type: ignore[operator]
    assert gap.ratio is None and gap.verdict == "worse"


def test_people_who_did_not_say_are_never_the_reference() -> None:
    assert compared(shares(**{"": (400, 500)}, es=(60, 100))).reference == "es"
    assert compared(shares(**{"": (400, 500)})).gaps == ()


def test_many_comparisons_are_held_to_one_false_discovery_rate() -> None:
    """A p value of about 0.03 is a gap alone, and none among twenty comparisons."""
    lone = gaps_of(QUIET, "sex", shares(a=(600, 1000), b=(110, 208)), withheld=False, low_below=30)
    assert 0.02 < lone.compared[0].p < 0.06  # type: ignore[operator]
    even = [
        gaps_of(QUIET, "payer", shares(a=(50, 100), b=(50, 100)), withheld=False, low_below=30)
        for _ in range(19)
    ]
    alone = judged([lone], higher_is_better=True, false_discovery_rate=0.06)
    among = judged([lone, *even], higher_is_better=True, false_discovery_rate=0.06)
    assert alone[0].compared[0].verdict == "worse"
    assert among[0].compared[0].verdict == "no_difference_shown"


@pytest.mark.capability("M02")
@pytest.mark.parametrize(
    ("after", "verdict"),
    [((64, 100), "cannot_tell"), ((790, 1000), "narrower"), ((300, 1000), "wider")],
)
def test_gap_is_tested_again(after: tuple[int, int], verdict: str) -> None:
    first = compared(shares(en=(1600, 2000), es=(600, 1000))).compared[0]
    second = compared(shares(en=(1600, 2000), es=after)).compared[0]
    found = retested(QUIET, first, second)
    assert found.verdict == verdict
    assert found.low < found.change < found.high  # type: ignore[operator]


def test_gap_without_quarters_after_waits() -> None:
    first = compared(shares(en=(1600, 2000), es=(600, 1000))).compared[0]
    assert retested(QUIET, first, None).verdict == "waiting"
    assert retested(QUIET, None, first).verdict == "cannot_tell"


@pytest.mark.capability("M05")
@pytest.mark.capability("M03")
def test_group_with_half_its_voice_is_unheard_and_a_small_one_cannot_tell() -> None:
    found = reach_of(
        {"en": 900, "es": 100, "ar": 11}, {"en": 8000, "es": 2000, "ar": 120}, below=0.8
    )
    by_group = {each.group: each for each in found}
    assert found[0].group == "es" and by_group["es"].verdict == "unheard"
    assert by_group["es"].ratio == pytest.approx((100 / 1011) / (2000 / 10120))
    assert by_group["ar"].verdict == "cannot_tell"
    assert by_group["en"].verdict == "heard"
    assert reach_of({"en": 10}, {"en": 10}, below=0.8) == ()
