"""Planted visits and answers give the figures worked out by hand; few people give none."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from wellheard.understand.attendance.tests.visits import keep, seen
from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.facts.tests import factory
from wellheard.understand.waits.presenters import difference_line, median_line
from wellheard.understand.waits.queries import PlaceWaits, waits_at

pytestmark = pytest.mark.django_db
PERIOD = Period(Month(2025, 10), Month(2026, 4))
NOW = datetime(2026, 4, 2, 15, tzinfo=UTC)


def told(place: Any, month: str, minutes: int, n: int) -> None:
    rows = list(factory.answer(place, month, minutes, n, item="wait"))
    for row in rows:
        row.instrument = "appointment"
    factory.keep(iter(rows))


@pytest.fixture
def planted(place: Any) -> Any:
    """January: told 30 and 20, clocked 10 and 20; February: told 10, clocked 10 and 40."""
    keep(seen(place, "2026-01", 10, 15), seen(place, "2026-01", 20, 15))
    keep(seen(place, "2026-02", 10, 20), seen(place, "2026-02", 40, 10))
    told(place, "2026-01", 30, 8)
    told(place, "2026-01", 20, 8)
    told(place, "2026-02", 10, 12)
    return place


def at(place: Any) -> PlaceWaits:
    return waits_at(place.organisation, PERIOD)[place.pk]


@pytest.mark.capability("G01")
def test_difference_chart_from_planted_events_is_that_worked_out_by_hand(planted: Any) -> None:
    points = difference_line(at(planted)).points
    assert [point.start.month for point in points] == [1, 2]
    january, february = (point.score for point in points)
    # Told 25 on average, clocked 15; told 10, clocked 20.
    assert (january.estimate, february.estimate) == (10, -10)
    # Spreads 26.67 of 16 and 25.86 of 30: standard error 1.590, 30.3 degrees of freedom, t 2.0414.
    assert (round(january.low, 2), round(january.high, 2)) == (6.75, 13.25)
    found = at(planted).difference
    assert found is not None
    # All told: (8 x 30 + 8 x 20 + 12 x 10) / 28; all clocked: (450 + 600) / 60.
    assert found.first_mean == pytest.approx(520 / 28) and found.second_mean == 17.5


@pytest.mark.capability("G01")
def test_measured_chart_holds_the_medians_and_the_parts_of_the_wait(planted: Any) -> None:
    found = at(planted)
    assert [(p.score.estimate, p.score.n) for p in median_line(found).points] == [
        (10, 30),
        (10, 30),
    ]
    assert found.clocked is not None and found.clocked.long.count == 25
    assert found.until_room is not None and found.in_room is not None
    assert (found.until_room.mean, found.in_room.mean) == (8.75, 8.75)


def test_visits_without_times_are_counted_and_in_no_figure(place: Any) -> None:
    keep(seen(place, "2026-01", 10, 20), seen(place, "2026-01", None, 3))
    keep(seen(place, "2026-01", 800, 2), seen(place, "2026-01", 10, 1, arrived_at=None))
    keep(
        seen(place, "2026-01", 10, 9, status="no_show"),
        seen(place, "2026-01", 10, 9, kind="inpatient"),
    )
    found = at(place)
    assert found.clocked is not None and found.clocked.n == 20
    assert found.without == {"not_seen": 3, "too_long": 2, "no_arrival": 1}


def test_month_of_few_is_joined_with_its_neighbour_and_few_in_all_show_nothing(
    place: Any, other_place: Any
) -> None:
    keep(seen(place, "2026-01", 10, 5), seen(place, "2026-02", 30, 40))
    keep(seen(other_place, "2026-01", 10, 10))
    found = waits_at(place.organisation, PERIOD)
    (part,) = found[place.pk].measured
    assert (part.start, part.stop, part.minutes.total()) == (Month(2026, 1), Month(2026, 3), 45)
    hidden = found[other_place.pk]
    assert (hidden.measured, hidden.clocked, hidden.withheld) == ((), None, True)
    assert hidden.until_room is None


def test_many_visits_of_the_same_few_people_show_nothing(place: Any) -> None:
    for month in ("2026-01", "2026-02", "2026-03"):
        for number in range(8):
            keep(seen(place, month, 10, 6, person_key=f"person {number}"))
    found = at(place)
    assert (found.measured, found.clocked, found.until_room) == ((), None, None)


def test_rooms_known_of_nearly_everybody_do_not_give_the_rest_away(place: Any) -> None:
    keep(seen(place, "2026-01", 10, 40), seen(place, "2026-01", 50, 2, roomed_at=None))
    assert at(place).until_room is None


def test_month_is_that_of_the_place_s_own_clock(place: Any) -> None:
    """Half past six in the evening of 31 January in Chicago is February in UTC."""
    late = {"day": 31, "scheduled_at": None, "arrived_at": datetime(2026, 2, 1, 0, 30, tzinfo=UTC)}
    moments = late | {"roomed_at": None, "seen_at": datetime(2026, 2, 1, 0, 50, tzinfo=UTC)}
    keep(seen(place, "2026-01", 10, 12, **moments))
    (part,) = at(place).measured
    assert (part.start, dict(part.minutes)) == (Month(2026, 1), {20: 12})


def page(client: Any, route: str, *args: Any) -> str:
    response = client.get(reverse(route, args=args))
    assert response.status_code == 200
    return re.sub("[\u2066\u2069]", "", response.content.decode()).replace("\u202f", " ")


@pytest.fixture
def today(monkeypatch: Any) -> None:
    monkeypatch.setattr("wellheard.understand.waits.views.timezone.now", lambda: NOW)


@pytest.mark.capability("G01")
def test_pages_show_both_waits_with_n_and_interval(
    planted: Any, other_place: Any, today: None, staff: Any, signed_in: Any
) -> None:
    keep(seen(other_place, "2026-01", 2, 30))
    client = signed_in(staff("nurse_manager", places=[planted, other_place]))
    listed = page(client, "waits:waits")
    assert listed.index("Ward 7") < listed.index("Clinic 4"), "the longest first"
    assert "10 (n 60, 10–20)" in listed
    shown = page(client, "waits:place", planted.pk)
    assert "+1.1 (−3.2 to 5.3; n 28 and 60)" in shown
    assert "do not differ by more than chance explains" in shown
    assert "Measured wait in minutes" in shown and "Told minus measured" in shown


def test_nobody_sees_waits_of_places_that_are_not_theirs(
    planted: Any, other_place: Any, today: None, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("nurse_manager", places=[other_place]))
    assert "Ward 7" not in page(client, "waits:waits")
    assert client.get(reverse("waits:place", args=[planted.pk])).status_code == 403


def test_empty_pages_say_what_to_bring(place: Any, staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("analyst"))
    assert "No waits are known yet" in page(client, "waits:waits")
    assert "No waits are known here yet" in page(client, "waits:place", place.pk)
