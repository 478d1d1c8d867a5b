"""Shares from published counts: exact where all is published, never outside the bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.measures.errors import EmptyData, OutOfRange
from wellheard.measures.market import Counted, bounded_share, moved, primary_area

COUNT = st.integers(0, 400)


def share(ours, others, ours_hidden=0, others_hidden=0):
    return bounded_share(
        Counted(ours, ours_hidden), Counted(others, others_hidden), least=0, most=10
    )


@pytest.mark.capability("K11")
def test_share_of_fully_published_counts_is_the_plain_share_with_no_room():
    found = share(120, 280)
    assert found.published == found.low == found.high == 0.3
    assert (found.ours, found.n, found.hidden) == (120, 400, 0)


@given(st.lists(COUNT, min_size=1, max_size=6), st.lists(COUNT, min_size=1, max_size=6))
def test_share_with_small_cells_hidden_holds_the_true_share_within_its_bounds(ours, others):
    if not sum(ours) + sum(others):
        return

    def published(cells):
        return Counted(sum(c for c in cells if c > 10), sum(c <= 10 for c in cells))

    found = bounded_share(published(ours), published(others), least=0, most=10)
    true = sum(ours) / (sum(ours) + sum(others))
    assert found.low - 1e-12 <= true <= found.high + 1e-12
    if found.published is not None:
        assert found.low <= found.published <= found.high


def test_primary_area_is_the_fewest_areas_that_hold_three_quarters():
    cases = {"00001": 50, "00002": 25, "00003": 25, "00004": 0}
    assert primary_area(cases) == ("00001", "00002")
    assert primary_area(cases, part=1) == ("00001", "00002", "00003")
    assert primary_area({}) == ()
    with pytest.raises(OutOfRange):
        primary_area(cases, part=0)


def test_share_has_moved_only_when_the_bounds_do_not_meet():
    assert moved(share(150, 250), share(120, 280)) == "higher"
    assert moved(share(120, 280), share(150, 250)) == "lower"
    assert moved(share(125, 280, 1, 2), share(120, 280)) == "cannot_tell"


def test_share_of_nothing_is_refused_and_of_hidden_cells_has_bounds_only():
    with pytest.raises(EmptyData):
        share(0, 0)
    with pytest.raises(OutOfRange):
        share(-1, 5)
    found = share(0, 0, 1, 1)
    assert (found.published, found.low, found.high) == (None, 0.0, 1.0)
