"""The rules against an attacker with all published totals and a linear solver."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.disclosure.rules import (
    Span,
    hidden_cells,
    hidden_groups,
    join_small,
    may_show,
)

MINIMUM = 11


@pytest.mark.parametrize(
    ("counts", "spans"),
    [
        ([], ()),
        ([20], (Span(0, 1, 20),)),
        ([20, 30], (Span(0, 1, 20), Span(1, 2, 30))),
        ([5, 7, 30], (Span(0, 2, 12), Span(2, 3, 30))),
        ([30, 5], (Span(0, 2, 35),)),
        ([30, 0, 5], (Span(0, 3, 35),)),
        ([0, 30, 0], (Span(0, 1, 0), Span(1, 2, 30), Span(2, 3, 0))),
        ([5, 0, 6], (Span(0, 3, 11),)),
        ([10, 0], (Span(0, 2, 10),)),
        ([0, 0], (Span(0, 1, 0), Span(1, 2, 0))),
    ],
)
def test_join_small_counts(counts: list[int], spans: tuple[Span, ...]) -> None:
    assert join_small(counts, MINIMUM) == spans


@given(st.lists(st.integers(0, 40), max_size=30))
def test_join_small_any_line_is_covered_and_safe(counts: list[int]) -> None:
    spans = join_small(counts, MINIMUM)
    assert [i for span in spans for i in range(span.start, span.stop)] == list(range(len(counts)))
    assert all(span.total == sum(counts[span.start : span.stop]) for span in spans)
    if sum(counts) == 0 or sum(counts) >= MINIMUM:
        assert all(may_show(span.total, MINIMUM) for span in spans)


def test_hidden_cells_nothing_small_hides_nothing() -> None:
    assert hidden_cells({("a", 1): 40, ("a", 2): 11, ("b", 1): 0, ("b", 2): 60}, MINIMUM) == set()


@pytest.mark.capability("M02")
def test_hidden_cells_one_cell_of_seven_takes_three_others() -> None:
    table = {("north", "en"): 80, ("north", "ar"): 7, ("south", "en"): 60, ("south", "ar"): 30}
    assert hidden_cells(table, MINIMUM) == set(table)


@pytest.mark.capability("M02")
def test_hidden_cells_an_empty_cell_is_hidden_when_it_would_give_a_small_one_away() -> None:
    table = {("a", 1): 0, ("a", 2): 11, ("b", 1): 11, ("b", 2): 1}
    assert hidden_cells(table, MINIMUM) == set(table)


def test_hidden_cells_keeps_what_it_can() -> None:
    table = {(row, column): 100 for row in "abcd" for column in range(4)}
    table["a", 0] = 7
    assert len(hidden_cells(table, MINIMUM)) == 4


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_hidden_cells_attacker_with_all_totals_finds_no_small_cell(data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, 4))
    columns = data.draw(st.integers(2, 5))
    count = st.one_of(st.integers(0, 14), st.integers(11, 90))
    cells = {(r, c): data.draw(count) for r, c in itertools.product(range(rows), range(columns))}
    sums = [sum(cells[r, c] for c in range(columns)) for r in range(rows)]
    sums += [sum(cells[r, c] for r in range(rows)) for c in range(columns)]
    if not all(may_show(people, MINIMUM) for people in sums):
        return
    hidden = hidden_cells(cells, MINIMUM)
    known = _published(cells, hidden, rows, columns)
    for cell, people in cells.items():
        if not may_show(people, MINIMUM):
            assert not _derivable(known, _one(cell, columns, rows))


def _published(
    cells: dict[tuple[int, int], int], hidden: frozenset[object], rows: int, columns: int
) -> np.ndarray:
    """Every sum the attacker knows, as rows of 0/1 over the cells; empty cells are known too."""
    known = [_one(cell, columns, rows) for cell in cells if cell not in hidden]
    known += [sum(_one((r, c), columns, rows) for c in range(columns)) for r in range(rows)]
    known += [sum(_one((r, c), columns, rows) for r in range(rows)) for c in range(columns)]
    return np.array(known)


def _one(cell: tuple[int, int], columns: int, rows: int) -> np.ndarray:
    unit = np.zeros(rows * columns)
    unit[cell[0] * columns + cell[1]] = 1
    return unit


def _derivable(known: np.ndarray, target: np.ndarray) -> bool:
    solution, *_ = np.linalg.lstsq(known.T, target, rcond=None)
    return bool(np.allclose(known.T @ solution, target))


def test_policy_in_force_says_where_it_comes_from() -> None:
    policy = load_policy()
    assert (policy.minimum_group, policy.low_below) == (11, 30)
    assert "ResDAC" in policy.source


@pytest.mark.capability("M02")
def test_hidden_group_cannot_be_had_by_taking_the_others_from_the_total() -> None:
    assert hidden_groups({"a": 40, "b": 30, "c": 0}, 11) == frozenset()
    assert hidden_groups({"a": 40, "b": 5}, 11) == {"a", "b"}
    assert hidden_groups({"a": 40, "b": 20, "c": 5}, 11) == {"b", "c"}
    assert hidden_groups({"a": 40, "b": 20, "c": 5, "d": 4}, 11) == {"b", "c", "d"}
    assert hidden_groups({"a": 40, "b": 9, "c": 8}, 11) == {"b", "c"}
