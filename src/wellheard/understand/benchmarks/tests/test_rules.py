from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from wellheard.understand.benchmarks.rules import (
    Figure,
    PeriodMismatchError,
    SurveyMismatchError,
    difference,
    standing,
)

OURS = Figure(
    "A", "hcahps", "2024-07", "H_CLEAN_HSP_A_P", 75.0, 400, (), date(2022, 10, 1), date(2023, 9, 30)
)


def test_difference_of_like_figures() -> None:
    assert difference(OURS, replace(OURS, value=73.0)) == 2.0
    assert difference(OURS, replace(OURS, value=None)) is None


@pytest.mark.capability("L07")
@pytest.mark.parametrize(
    "change", [{"period_start": date(2022, 7, 1)}, {"period_end": date(2023, 6, 30)}]
)
def test_difference_of_different_periods_is_refused(change: dict[str, date]) -> None:
    with pytest.raises(PeriodMismatchError):
        difference(OURS, replace(OURS, **change))


@pytest.mark.parametrize("change", [{"survey": "pch-hcahps"}, {"measure": "H_RECMND_DY"}])
def test_difference_of_different_surveys_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(SurveyMismatchError):
        difference(OURS, replace(OURS, **change))


@pytest.mark.capability("L07")
@pytest.mark.parametrize(
    ("value", "published", "percentile", "decile"),
    [
        (5, [1, 2, 3, 4, 5], 90.0, 4.6),
        (3, [1, 2, 3, 4, 5], 50.0, 4.6),
        (3, [3, 3, 3, 3], 50.0, 3.0),
        (1, [1], 50.0, 1.0),
    ],
)
def test_standing_is_the_mid_rank(
    value: float, published: list[float], percentile: float, decile: float
) -> None:
    found = standing(value, published)
    assert (found.percentile, round(found.top_decile, 6)) == (percentile, decile)
