"""The market by newest year, areas held alike over the years, rivals; no database."""

from __future__ import annotations

import pytest

from wellheard.understand.share.rules import Cell, Room, market_of

ROOM = Room(0, 10)
US, THEM, OTHER = "990001", "990002", "990003"


def year(ours: dict[str, int | None], theirs: dict[str, int | None]) -> list[Cell]:
    return [
        *(Cell(US, area, cases) for area, cases in ours.items()),
        *(Cell(THEM, area, cases) for area, cases in theirs.items()),
    ]


def market(cells):
    return market_of(cells, {each: {US} for each in cells}, part=0.75, room=ROOM)


@pytest.mark.capability("K11")
def test_trend_follows_the_same_areas_and_needs_bounds_that_do_not_meet():
    found = market(
        {
            2021: year({"A": 100, "B": 40}, {"A": 300, "B": 60}),
            2022: year({"A": 160, "B": 40}, {"A": 300, "B": 60}),
            2023: year({"A": 161, "B": 40, "C": 90}, {"A": 300, "B": None, "C": 10}),
        }
    )
    assert found.year == 2023 and [each.area for each in found.areas] == ["A", "C"]
    # C is in no earlier file, so the years are compared over A alone.
    assert found.followed == 1
    assert [round(each.share.published, 3) for each in found.years] == [0.25, 0.348, 0.349]
    assert [each.change for each in found.years] == ["", "higher", "higher"]


def test_hidden_cells_make_a_small_move_untellable_and_never_a_rival():
    found = market(
        {
            2022: year({"A": 160}, {"A": 300}),
            2023: [*year({"A": 161}, {"A": 300}), Cell(OTHER, "A", None)],
        }
    )
    assert found.years[-1].change == "cannot_tell"
    assert [code for code, _ in found.rivals] == [THEM]
    assert found.whole.low < found.whole.published and found.whole.hidden == 1


def test_no_market_before_a_case_of_ours_is_published():
    assert market({}) is None
    assert market({2023: year({"A": None}, {"A": 30})}) is None
