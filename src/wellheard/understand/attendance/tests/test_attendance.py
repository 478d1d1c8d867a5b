"""Missed appointments from planted visits: the right ones in the denominator, and no others."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from wellheard.measures.spc import p_chart
from wellheard.people.places.models import Place
from wellheard.people.visits.models import Visit
from wellheard.understand.attendance.presenters import measure
from wellheard.understand.attendance.queries import Attendance, attendance, by_month, by_place
from wellheard.understand.attendance.tests.visits import keep, seen
from wellheard.understand.facts.slices import Month, Period

pytestmark = pytest.mark.django_db
PERIOD = Period(Month(2025, 10), Month(2026, 4))
NOW = datetime(2026, 4, 2, 15, tzinfo=UTC)


def booked(place: Any, month: str, status: str, n: int, **more: Any) -> list[Visit]:
    """Appointments booked ten days ahead."""
    return seen(place, month, 5, n, status=status, seen_at=None, roomed_at=None, **more)


def called_off(place: Any, month: str, n: int, *, hours_before: float, **more: Any) -> list[Visit]:
    rows = booked(place, month, "cancelled", n, **more)
    for row in rows:
        assert row.scheduled_at is not None
        row.cancelled_at = row.scheduled_at - timedelta(hours=hours_before)
    return rows


def found_at(place: Any) -> Attendance:
    places = Place.objects.filter(pk=place.pk).select_related("site")
    return attendance(place.organisation, PERIOD, places, now=NOW)


@pytest.mark.capability("G02")
def test_denominator_is_what_was_due_and_what_does_not_count_is_told(place: Any) -> None:
    keep(
        booked(place, "2026-01", "finished", 70),
        booked(place, "2026-01", "arrived", 5),
        booked(place, "2026-01", "no_show", 15),
        called_off(place, "2026-01", 10, hours_before=23.9),
        called_off(place, "2026-01", 20, hours_before=24),
        called_off(place, "2026-01", 7, hours_before=2, reason="clinic"),
        booked(place, "2026-01", "cancelled", 3),
        booked(place, "2026-01", "planned", 4),
        booked(place, "2026-01", "finished", 30, scheduled_at=None),
        booked(place, "2026-01", "finished", 9, kind="emergency"),
        booked(place, "2026-01", "planned", 9, scheduled_at=NOW + timedelta(days=1)),
    )
    found = found_at(place)
    (counts,) = by_place(found).values()
    assert dict(counts) == {0: 75, 1: 15, 2: 10}
    assert found.left_out == {"in_good_time": 20, "by_us": 7, "when_unknown": 3, "not_told": 4}


@pytest.mark.capability("G02")
def test_p_chart_has_the_limits_of_each_month_s_own_denominator(place: Any) -> None:
    missed, sizes = [6, 8, 5, 30], [60, 40, 50, 100]
    months = ("2025-11", "2025-12", "2026-01", "2026-02")
    for month, bad, n in zip(months, missed, sizes, strict=True):
        keep(booked(place, month, "no_show", bad), booked(place, month, "finished", n - bad))
        keep(called_off(place, month, 25, hours_before=72))
    line = by_month(found_at(place), measure(), place.pk)
    charted = [(r.counts.among(measure().best), r.counts.n) for r in line.rates]
    assert charted == list(zip(missed, sizes, strict=True))
    chart = p_chart(missed, sizes, direction="decrease")
    # 49 of 250; three standard errors of 100: 3 sqrt(.196 x .804 / 100) = .1191.
    assert (round(chart.centre[3], 3), round(chart.upper[3], 4)) == (0.196, 0.3151)


def page(client: Any, route: str, *args: Any) -> str:
    response = client.get(reverse(route, args=args))
    assert response.status_code == 200
    return re.sub("[\u2066\u2069]", "", response.content.decode()).replace("\u202f", " ")


@pytest.fixture
def today(monkeypatch: Any) -> None:
    monkeypatch.setattr("wellheard.understand.attendance.views.timezone.now", lambda: NOW)


@pytest.fixture
def planted(place: Any) -> Any:
    for month in ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"):
        keep(
            booked(place, month, "finished", 30, reminder="seen"),
            booked(place, month, "finished", 20, reminder="none"),
            booked(place, month, "no_show", 10, reminder="none", reason="forgot"),
        )
    return place


@pytest.mark.capability("G02")
def test_pages_show_the_chart_reminders_and_reasons(
    planted: Any, other_place: Any, today: None, staff: Any, signed_in: Any
) -> None:
    keep(
        booked(other_place, "2026-01", "no_show", 8), booked(other_place, "2026-01", "finished", 2)
    )
    client = signed_in(staff("executive"))
    shown = page(client, "attendance:attendance")
    assert "17 % (n 420, 13–21)" in shown and "p-chart" in shown
    assert "−33.3 points" in shown and "fewer missed" in shown
    assert "Clinic 4" not in shown.split("<main")[1], "ten people are too few"
    one = page(client, "attendance:place", planted.pk)
    assert "p-chart, binomial limits" in one and "Forgot" in one


def test_nobody_sees_missed_appointments_of_places_that_are_not_theirs(
    planted: Any, other_place: Any, today: None, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("nurse_manager", places=[other_place]))
    listed = page(client, "attendance:attendance")
    assert "Ward 7" not in listed and "data-chart" not in listed
    assert client.get(reverse("attendance:place", args=[planted.pk])).status_code == 403
    assert "are known here yet" in page(client, "attendance:place", other_place.pk)
