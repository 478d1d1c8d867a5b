"""Longer windows show small groups, and nothing smaller comes out of everything together."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import pytest

from wellheard.understand.disclosure.rules import Cell, hidden_cells
from wellheard.understand.disclosure.windows import (
    WINDOWS,
    QuarterTable,
    Window,
    longer_windows,
)

MINIMUM, WHOLE = 11, "all"
Counts = Mapping[tuple[str, str], int]


def quarter(sites: Counts) -> QuarterTable:
    cells: dict[Cell, int] = {}
    for (site, group), n in sites.items():
        cells[site, group] = cells.get((site, group), 0) + n
        cells[WHOLE, group] = cells.get((WHOLE, group), 0) + n
    return QuarterTable(cells, hidden_cells(cells, MINIMUM))


def shown(*quarters: Counts) -> dict[Window, frozenset[Cell]]:
    return longer_windows([quarter(each) for each in quarters], MINIMUM, WHOLE)


def year(vi: Sequence[int], more: Mapping[str, int] | None = None) -> list[Counts]:
    """Quarters with two large groups at two sites and a small one at the first."""
    large = {("A", "en"): 90, ("A", "es"): 40, ("B", "en"): 80, ("B", "es"): 30}
    more = {("A", group): n for group, n in (more or {}).items()}
    return [{**large, ("A", "vi"): n, **more} for n in vi]


@pytest.mark.capability("M02")
def test_group_is_shown_in_the_shortest_window_that_reaches_the_minimum_and_only_once() -> None:
    half = shown(*year([6, 6, 6, 6]))
    assert (WHOLE, "vi") in half[0, 2] and (WHOLE, "vi") in half[2, 4]
    assert (WHOLE, "vi") not in half[0, 4]
    whole_year = shown(*year([4, 3, 2, 5]))
    assert whole_year[0, 2] == whole_year[2, 4] == frozenset()
    assert (WHOLE, "vi") in whole_year[0, 4]
    two = shown(*year([2, 2, 2, 1, 2, 2, 2, 1]))
    assert [window for window, cells in two.items() if (WHOLE, "vi") in cells] == [(0, 8)]
    never = shown(*year([1, 1, 1, 1, 1, 1, 1, 1]))
    assert not any(never.values())


def test_window_that_is_not_over_holds_nothing() -> None:
    assert set(shown(*year([6]))) == set()
    assert set(shown(*year([6, 6, 6]))) == {(0, 2)}


def test_what_a_quarter_shows_is_in_no_window() -> None:
    # The second quarter shows its 20; with the 6 of the first a half-year would give them away.
    assert (WHOLE, "vi") not in shown(*year([6, 20]))[0, 2]


@pytest.mark.capability("M02")
def test_part_of_a_group_is_not_the_difference_of_two_windows() -> None:
    """12 at one site and 4 at the other: the whole's 16 less the 12 would be the 4."""
    quarters = [{**each, ("B", "vi"): 2} for each in year([6, 6])]
    found = shown(*quarters)[0, 2]
    assert found and not {(WHOLE, "vi"), ("A", "vi")} <= found
    assert not leaks(quarters, {(0, 2): found})


@pytest.mark.capability("M02")
def test_attacker_with_every_figure_finds_nobody_in_random_tables() -> None:
    rng = random.Random(7)
    seen = careless = 0
    for _ in range(40):
        quarters = [dict(_random_quarter(rng)) for _ in range(rng.choice((2, 4, 4, 8)))]
        found = shown(*quarters)
        seen += sum(map(len, found.values()))
        assert not leaks(quarters, found)
        careless += leaks(quarters, _all_that_reach(quarters))
    assert seen > 20, "windows show groups at all"
    assert careless > 5, "the attacker finds them where nobody looks at what figures fix together"


def _random_quarter(rng: random.Random) -> Iterator[tuple[tuple[str, str], int]]:
    for site, group in itertools.product("AB", ("en", "es", "vi", "ar")):
        yield (site, group), rng.randint(40, 90) if group == "en" else rng.choice((2, 4, 7, 8, 15))


def _all_that_reach(quarters: Sequence[Counts]) -> dict[Window, frozenset[Cell]]:
    """Every hidden group that is large enough in a window, as a careless page would show it."""
    tables = [quarter(each) for each in quarters]
    cells = {cell for each in tables for cell in each.hidden}
    return {
        (a, b): frozenset(
            cell
            for cell in cells
            if sum(each.people[cell] for each in tables[a:b] if cell in each.hidden) >= MINIMUM
        )
        for a, b in WINDOWS
        if b <= len(tables)
    }


def leaks(quarters: Sequence[Counts], windows: Mapping[Window, frozenset[Cell]]) -> bool:
    """Whether a group of 1 to 10 in a quarter or window follows from all figures, exactly.

    Written apart from the rule: cells of sites are the unknowns, the whole is their sum, and every
    figure - totals of sites and groups' visible cells, windows - is an equation in fractions.
    """
    tables = [quarter(each) for each in quarters]
    unknown = {(at, cell): i for i, (at, cell) in enumerate(
        (at, cell) for at, each in enumerate(quarters) for cell in each)}  # fmt: skip

    def row(at: int, level: object, group: object) -> set[int]:
        return {
            i
            for (q, (site, name)), i in unknown.items()
            if q == at and name == group and level in (WHOLE, site)
        }

    known = []
    for at, table in enumerate(tables):
        for level in (WHOLE, *sorted({site for site, _ in quarters[at]})):
            known.append(set().union(*(row(at, level, g) for g in {g for _, g in quarters[at]})))
        known += [row(at, *cell) for cell in table.people if cell not in table.hidden]
    for (a, b), cells in windows.items():
        known += [
            set().union(*(row(at, *cell) for at in range(a, b) if cell in tables[at].hidden))
            for cell in cells
        ]
    basis: dict[int, dict[int, Fraction]] = {}
    for each in known:
        _reduce(basis, dict.fromkeys(each, Fraction(1)), keep=True)
    spans = [(at, at + 1) for at in range(len(tables))]
    for a, b in [*spans, *(w for w in WINDOWS if w[1] <= len(tables))]:
        for cell in {cell for table in tables for cell in table.hidden}:
            inside = [at for at in range(a, b) if cell in tables[at].hidden]
            people = sum(tables[at].people[cell] for at in inside)
            wanted = set().union(*(row(at, *cell) for at in inside))
            if 0 < people < MINIMUM and not _reduce(basis, dict.fromkeys(wanted, Fraction(1))):
                return True
    return False


def _reduce(
    basis: dict[int, dict[int, Fraction]], row: dict[int, Fraction], *, keep: bool = False
) -> bool:
    """Whether something is left of a row when the basis is taken out of it; kept if asked."""
    while row:
        first = min(row)
        if first not in basis:
            if keep:
                basis[first] = {at: value / row[first] for at, value in row.items()}
            return True
        factor = row[first]
        for at, value in basis[first].items():
            left = row.get(at, Fraction(0)) - factor * value
            if left:
                row[at] = left
            else:
                row.pop(at, None)
    return False
