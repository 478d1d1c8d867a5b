from __future__ import annotations

import pytest
from scipy.stats import fisher_exact

from wellheard.understand.themes.rules import (
    Change,
    Counted,
    Label,
    fisher_above,
    labels_after,
    rising,
)

POLICY = {"at_least": 5, "most_chance": 0.005, "false_discovery": 0.1}
MACHINE = {"call_bell": 0.8, "discharge": 0.4}


@pytest.mark.parametrize(
    ("changes", "holding"),
    [
        ([], {"call_bell", "discharge"}),
        ([Change("discharge", "")], {"call_bell"}),
        ([Change("", "parking")], {"call_bell", "discharge", "parking"}),
        ([Change("discharge", "parking")], {"call_bell", "parking"}),
        ([Change("discharge", ""), Change("", "discharge")], {"call_bell", "discharge"}),
        ([Change("", "parking"), Change("parking", "")], {"call_bell", "discharge"}),
    ],
)
def test_labels_after_changes(changes: list[Change], holding: set[str]) -> None:
    labels = labels_after(MACHINE, changes)
    assert {label.theme for label in labels if label.holds} == holding


def test_labels_after_what_a_person_took_away_is_kept_not_holding() -> None:
    assert Label("discharge", "machine", 0.4, False) in labels_after(
        MACHINE, [Change("discharge", "")]
    )


@pytest.mark.parametrize("table", [(5, 20, 3, 80), (0, 10, 5, 10), (9, 9, 1, 50), (3, 40, 30, 400)])
def test_fisher_above_agrees_with_scipy(table: tuple[int, int, int, int]) -> None:
    first, first_of, second, second_of = table
    rows = [[first, first_of - first], [second, second_of - second]]
    assert fisher_above(*table) == pytest.approx(fisher_exact(rows, "greater").pvalue)


def test_rising_finds_the_planted_rise_and_stays_silent_elsewhere() -> None:
    steady = [Counted((i, "steady"), 5, 50, 15, 150) for i in range(20)]
    planted = Counted((99, "call_bell"), 14, 50, 6, 150)
    found = rising([*steady, planted], **POLICY)
    assert [rise.counted.key for rise in found] == [(99, "call_bell")]
    assert found[0].times == pytest.approx(7.0)


def test_rising_four_comments_are_not_enough() -> None:
    assert rising([Counted((1, "x"), 4, 4, 0, 400)], **POLICY) == ()
