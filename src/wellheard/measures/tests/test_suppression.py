"""Suppression: what an attacker can work out, checked by trying every possibility."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.measures.errors import EmptyData, NotNumeric, OutOfRange, UnknownName
from wellheard.measures.suppression import (
    attacker_ranges,
    count_table,
    leaks,
    suppress,
    suppress_shares,
)


def line(values):
    cells = {f"c{i}": value for i, value in enumerate(values)}
    return {**cells, "all": sum(values)}, [("all", tuple(cells))]


def grid(rows):
    cells, sums = {}, []
    width = len(rows[0])
    for i, row in enumerate(rows):
        cells.update({f"r{i}c{j}": value for j, value in enumerate(row)})
        cells[f"r{i}"] = sum(row)
        sums.append((f"r{i}", [f"r{i}c{j}" for j in range(width)]))
    for j in range(width):
        cells[f"c{j}"] = sum(row[j] for row in rows)
        sums.append((f"c{j}", [f"r{i}c{j}" for i in range(len(rows))]))
    cells["all"] = sum(map(sum, rows))
    sums.append(("all", [f"r{i}" for i in range(len(rows))]))
    sums.append(("all", [f"c{j}" for j in range(width)]))
    return cells, sums


@pytest.mark.capability("M02")
def test_a_cell_of_seven_hides_a_second_cell_and_cannot_be_subtracted():
    cells, sums = line([7, 40, 25, 60])
    result = suppress(cells, sums)
    assert result.small == {"c0"}
    assert result.complementary == {"c2"}
    assert result.shown["all"] == 132
    low, high = result.ranges["c0"]
    assert (low, high) == (0, 32)


def test_zero_may_be_shown_and_large_tables_stay_whole():
    cells, sums = line([0, 40, 25])
    assert suppress(cells, sums).shown == cells
    assert suppress(cells, sums, zero_is_shown=False).shown["c0"] is None


def test_two_small_cells_that_protect_each_other_need_no_third():
    result = suppress(*line([8, 9, 70]))
    assert result.complementary == frozenset()


def test_two_small_cells_with_a_tiny_sum_do_need_a_third():
    result = suppress(*line([1, 1, 70, 90]))
    assert result.complementary == {"c2"}


def test_rows_and_columns_are_protected_together():
    cells, sums = grid([[3, 30, 40], [50, 60, 70], [80, 90, 100]])
    result = suppress(cells, sums)
    assert len(result.complementary) == 3
    assert not {"r0", "c0", "all"} & result.complementary
    assert all(high - low >= result.width for low, high in result.ranges.values())


def test_a_lone_small_part_takes_its_total_along():
    cells = {"ward": 4, "site": 4, "other": 30, "all": 34}
    result = suppress(cells, [("site", ["ward"]), ("all", ["site", "other"])])
    assert result.small == {"ward", "site"}
    assert result.shown["other"] is None


def possible_values(table, hidden):
    """Every whole-number table that fits, by brute force."""
    names = sorted(hidden)
    limit = int(table.values.max())
    found = {name: set() for name in names}
    for guess in itertools.product(range(limit + 1), repeat=len(names)):
        values = table.values.copy()
        for name, value in zip(names, guess, strict=True):
            values[table.place(name)] = value
        if not (table.relations @ values).any():
            for name, value in zip(names, guess, strict=True):
                found[name].add(value)
    return {name: (min(values), max(values)) for name, values in found.items()}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=2), min_size=2, max_size=2),
    st.sets(st.sampled_from(["r0c0", "r0c1", "r1c0", "r1c1", "r0"]), min_size=1, max_size=4),
)
def test_ranges_are_what_brute_force_finds(rows, hidden):
    cells, sums = grid(rows)
    table = count_table(cells, sums)
    hidden = frozenset(hidden)
    assert attacker_ranges(table, hidden) == possible_values(table, hidden)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=4))
def test_no_small_cell_is_ever_derivable(rows):
    cells, sums = grid(rows)
    result = suppress(cells, sums)
    table = count_table(cells, sums)
    hidden = frozenset(name for name, value in result.shown.items() if value is None)
    assert result.small == {name for name, value in cells.items() if 1 <= value <= 10}
    assert result.small <= hidden
    for name, (low, high) in attacker_ranges(table, hidden).items():
        assert low <= cells[name]
        assert high == -1 or cells[name] <= high
        if name in result.small:
            assert high == -1 or high - low >= result.width


@pytest.mark.slow
def test_thirty_places_by_twelve_months_are_all_protected():
    cells, sums = grid([[(7 * i * j + i) % 40 for j in range(1, 13)] for i in range(1, 31)])
    result = suppress(cells, sums)
    assert len(result.small) > 50
    for name in result.small:
        low, high = result.ranges[name]
        assert high is None or high - low >= result.width


@pytest.mark.capability("M02")
def test_a_share_of_many_people_is_hidden_when_few_of_them_are_behind_it():
    groups = {"ward 1": (3, 90), "ward 2": (40, 80), "ward 3": (50, 85)}
    result = suppress_shares(groups)
    assert result.shown["ward 1"] is None
    assert result.shown["all"] == (93, 255)
    assert sum(shown is None for shown in result.shown.values()) == 2


@settings(max_examples=20)
@given(
    st.lists(
        st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=2,
        max_size=4,
    )
)
def test_shown_shares_never_have_a_small_count_or_rest(pairs):
    groups = {f"ward {i}": pair for i, pair in enumerate(pairs)}
    for shown in suppress_shares(groups).shown.values():
        if shown is not None:
            count, n = shown
            assert not 1 <= count <= 10
            assert not 1 <= n - count <= 10


def test_two_answers_that_differ_by_a_few_people_leak():
    counts = {"ward 1 en": 40, "ward 1 es": 7, "ward 2 en": 50}
    answered = {
        "everyone": frozenset(counts),
        "English": frozenset({"ward 1 en", "ward 2 en"}),
        "ward 2": frozenset({"ward 2 en"}),
    }
    (leak,) = leaks(answered, counts)
    assert (leak.larger, leak.smaller, leak.size) == ("everyone", "English", 7)
    assert leaks(answered, counts, minimum=5) == ()
    with pytest.raises(OutOfRange, match="no count"):
        leaks({"q": frozenset({"x"})}, counts)


@pytest.mark.parametrize(
    ("call", "error", "argument"),
    [
        (lambda: suppress_shares({}), EmptyData, "groups"),
        (lambda: suppress_shares({"a": (5, 4)}), OutOfRange, "a"),
        (lambda: suppress_shares({"all": (4, 5)}), OutOfRange, "total"),
        (lambda: suppress({}), EmptyData, "cells"),
        (lambda: suppress({"a": -1}), OutOfRange, "a"),
        (lambda: suppress({"a": 1.5}), NotNumeric, "a"),
        (lambda: suppress({"a": 5, "all": 6}, [("all", ["a"])]), OutOfRange, "all"),
        (lambda: suppress({"a": 5}, [("all", ["a"])]), UnknownName, "all"),
        (lambda: suppress({"a": 5}, minimum=0), OutOfRange, "minimum"),
        (lambda: suppress({"a": 5}, always_shown=frozenset({"a"})), OutOfRange, "a"),
        (
            lambda: suppress(*line([5, 40]), always_shown=frozenset({"c1", "all"})),
            OutOfRange,
            "c0",
        ),
    ],
)
def test_bad_input_names_the_cell(call, error, argument):
    with pytest.raises(error) as caught:
        call()
    assert caught.value.argument == argument
