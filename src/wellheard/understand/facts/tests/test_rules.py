from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.understand.facts.rules import (
    Atom,
    answered,
    atoms_of,
    by_single_month,
    card_mode,
    device_of,
    people,
    visible_segments,
    visible_spots,
    weeks_of,
)
from wellheard.understand.facts.slices import Month, Period

JAN, FEB, MAR, APR = (Month(2026, n) for n in (1, 2, 3, 4))
QUARTER = Period(JAN, APR)


@pytest.mark.parametrize(
    ("answers", "facts"),
    [
        ({"quiet": 4, "comment": "words", "yes": True}, [("quiet", 4)]),
        ({"rating": 9.0, "half": 2.5, "none": None}, [("rating", 9)]),
        ({}, []),
    ],
)
def test_answered_keeps_whole_numbers(
    answers: dict[str, object], facts: list[tuple[str, int]]
) -> None:
    assert list(answered(answers)) == facts


@pytest.mark.parametrize(
    ("sizes", "spans"),
    [
        ((20, 20, 20), [(JAN, FEB, 20), (FEB, MAR, 20), (MAR, APR, 20)]),
        ((5, 7, 20), [(JAN, MAR, 12), (MAR, APR, 20)]),
        ((20, 20, 5), [(JAN, FEB, 20), (FEB, APR, 25)]),
        ((3, 4, 3), []),
    ],
)
def test_atoms_of_small_months_are_joined_in_their_quarter(
    sizes: tuple[int, ...], spans: list[tuple[Month, Month, int]]
) -> None:
    by_month = {month: Counter({4: n}) for month, n in zip((JAN, FEB, MAR), sizes, strict=True)}
    atoms = atoms_of(1, by_month, QUARTER, 11)
    assert [(a.start, a.stop, people(a.counts)) for a in atoms] == spans


def _joined(place: int, *sizes: int) -> Atom:
    months = zip((JAN, FEB, MAR), sizes, strict=True)
    return Atom(place, JAN, APR, {month: Counter({4: n}) for month, n in months})


def test_by_single_month_small_places_together_give_a_monthly_total() -> None:
    monthly = by_single_month([_joined(1, 6, 6, 6), _joined(2, 6, 6, 6)], 11)
    assert {month: people(counts) for month, counts in monthly.items()} == {
        JAN: 12, FEB: 12, MAR: 12,
    }  # fmt: skip


def test_by_single_month_one_small_place_alone_stays_out() -> None:
    assert not by_single_month([_joined(1, 6, 6, 6)], 11)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=90, max_size=90))
def test_weeks_of_no_week_less_months_is_small(daily: list[int]) -> None:
    days = {date(2026, 1, 1) + timedelta(days=i): Counter({4: n}) for i, n in enumerate(daily)}
    by_month: dict[Month, Counter[int]] = {}
    for day, counts in days.items():
        by_month.setdefault(Month.containing(day), Counter()).update(counts)
    atoms = atoms_of(1, by_month, QUARTER, 11)
    edges = {a.start.first_day for a in atoms} | {a.stop.first_day for a in atoms}
    weeks = weeks_of(atoms, days, 11)
    assert all(w.start.weekday() == 0 == w.stop.weekday() for w in weeks)
    edges |= {w.start for w in weeks} | {w.stop for w in weeks}
    ordered = sorted(edges)
    for start, stop in pairwise(ordered):
        size = sum(people(days.get(start + timedelta(i), {})) for i in range((stop - start).days))
        published = any(w.start <= start and stop <= w.stop for w in weeks) or any(
            a.start.first_day <= start and stop <= a.stop.first_day for a in atoms
        )
        assert not published or size == 0 or size >= 11


@pytest.mark.parametrize(
    ("source", "mode", "told"),
    [
        ("paper", "", ("paper", "")),
        ("card", "", ("web", "")),
        ("card", "kiosk", ("kiosk", "")),
        ("card", "assisted", ("kiosk", "staff")),
    ],
)
def test_card_says_on_which_device_and_whether_staff_helped(
    source: str, mode: str, told: tuple[str, str]
) -> None:
    assert device_of(card_mode(source, mode)) == told


@pytest.mark.capability("M02")
def test_touchpoint_is_never_the_small_rest_of_its_place() -> None:
    spots = {
        (1, 0): Counter({4: 7}), (1, 31): Counter({4: 40}), (1, 32): Counter({4: 30}),
        (2, 0): Counter({4: 60}), (2, 41): Counter({4: 25}),
    }  # fmt: skip
    shown = visible_spots(spots, JAN, 11)
    # Of place 1 the seven and their smallest neighbour are hidden: 77 less 40 is 37 people.
    assert shown == {(1, 31): {4: 40}, (2, 0): {4: 60}, (2, 41): {4: 25}}


@pytest.mark.capability("M02")
def test_visible_segments_small_group_takes_a_neighbour_with_it() -> None:
    sites = {
        (1, "en"): Counter({4: 80}), (1, "es"): Counter({4: 30}), (1, "ar"): Counter({4: 7}),
        (2, "en"): Counter({4: 60}), (2, "es"): Counter({4: 25}), (2, "ar"): Counter({4: 40}),
    }  # fmt: skip
    shown = {(cell.level, cell.segment) for cell in visible_segments(sites, JAN, 11)}
    assert (1, "ar") not in shown
    assert (1, "es") not in shown
    assert (1, "en") in shown
