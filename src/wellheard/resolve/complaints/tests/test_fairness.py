"""A planted bias in how people are answered is found; few people are never shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from wellheard.resolve.complaints.queries import fairness

Row = tuple[int, str, datetime, datetime | None]
RECEIVED = datetime(2026, 2, 3, 12, tzinfo=UTC)


def cases(language: str, quick: int, slow: int, never: int = 0) -> list[Row]:
    days = [2] * quick + [20] * slow
    rows: list[Row] = [(1, language, RECEIVED, RECEIVED + timedelta(days=n)) for n in days]
    return rows + [(1, language, RECEIVED, None)] * never


def judged(rows: list[Row]) -> Any:
    from wellheard.understand.equity.rules import gaps_of, judged

    counts, withheld = fairness._counted(rows, timedelta(days=3))
    measure = fairness._measure("acknowledged", 3)
    page = gaps_of(measure, "language", counts, withheld=withheld, low_below=30)
    return judged([page], higher_is_better=True, false_discovery_rate=0.05)[0]


@pytest.mark.capability("M01")
def test_planted_slowness_in_one_language_is_found() -> None:
    page = judged([*cases("en", 90, 10), *cases("es", 20, 15, 5), *cases("ar", 27, 3)])
    verdicts = {gap.group: gap.verdict for gap in page.gaps}
    assert verdicts == {"en": "reference", "es": "worse", "ar": "no_difference_shown"}
    spanish = next(gap for gap in page.gaps if gap.group == "es")
    assert spanish.difference == pytest.approx(50 - 90) and spanish.n == 40


@pytest.mark.capability("M02")
def test_seven_cases_of_a_language_hide_themselves_and_a_neighbour() -> None:
    page = judged([*cases("en", 90, 10), *cases("es", 20, 20), *cases("ar", 7, 0)])
    assert page.withheld and {gap.group for gap in page.gaps} == {"en"}
    nothing = judged(cases("en", 5, 0))
    assert nothing.gaps == () and nothing.withheld


def test_no_case_is_no_gap(organisation: Any) -> None:
    found = fairness.process_gaps(organisation.pk, until=date(2026, 9, 1))
    assert [each.gaps.gaps for each in found] == [(), ()]
    assert [each.measure.code for each in found] == ["acknowledged", "closed"]
