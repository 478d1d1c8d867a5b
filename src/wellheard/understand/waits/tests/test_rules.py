"""Months of two sources side by side, by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from wellheard.understand.facts.slices import Month
from wellheard.understand.waits.rules import Part, beside, over_all

JAN, FEB, MAR, APR, MAY = (Month(2026, n) for n in range(1, 6))


@pytest.mark.capability("G01")
def test_each_month_is_compared_with_itself_and_the_sum_with_the_sum() -> None:
    reported = [Part(JAN, FEB, Counter({20: 2, 40: 2})), Part(FEB, MAR, Counter({10: 3, 30: 1}))]
    measured = [Part(JAN, FEB, Counter({10: 3, 30: 1})), Part(FEB, MAR, Counter({15: 4}))]
    january, february = beside(reported, measured, longest=90)
    assert (january.difference.estimate, february.difference.estimate) == (15, 0)
    both = over_all([january, february])
    assert both is not None
    assert (both.first_n, both.second_n, both.estimate) == (8, 8, 7.5)


def test_months_that_one_source_joined_are_joined_in_the_other() -> None:
    reported = [Part(JAN, MAR, Counter({30: 12})), Part(MAR, APR, Counter({10: 12}))]
    measured = [Part(month, month.plus(1), Counter({10: 20})) for month in (JAN, FEB, MAR)]
    first, second = beside(reported, measured, longest=90)
    assert (first.start, first.stop, first.measured) == (JAN, MAR, Counter({10: 40}))
    assert (second.start, second.stop) == (MAR, APR)


def test_months_of_one_source_only_are_left_out() -> None:
    reported = [Part(JAN, FEB, Counter({30: 12}))]
    measured = [Part(APR, MAY, Counter({10: 20}))]
    assert beside(reported, measured, longest=90) == []
    assert over_all([]) is None


def test_measured_wait_counts_as_the_longest_answer_at_most() -> None:
    (found,) = beside(
        [Part(JAN, FEB, Counter({90: 12}))], [Part(JAN, FEB, Counter({200: 12}))], longest=90
    )
    assert found.difference.estimate == 0
