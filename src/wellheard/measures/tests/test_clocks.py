"""Deadlines over weekends, holidays, months and clock changes."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.measures import clocks
from wellheard.measures.clocks import (
    WorkCalendar,
    calendar_days_after,
    hours_after,
    is_working_day,
    months_after,
    next_working_day,
    start_of_day,
    working_days_after,
    working_days_between,
    working_hours_after,
    working_hours_between,
)
from wellheard.measures.errors import (
    DatesOutOfOrder,
    MeasureError,
    NaiveDatetime,
    OutOfRange,
    UnknownName,
)

LONDON = ZoneInfo("Europe/London")
NAIVE = datetime.fromisoformat("2025-01-01T00:00")
MOMENTS = st.datetimes(
    datetime.fromisoformat("2015-01-01"),
    datetime.fromisoformat("2030-01-01"),
    timezones=st.just(UTC),
)
ZONES = st.sampled_from(
    ["Europe/London", "America/New_York", "Africa/Cairo", "Asia/Beirut", "America/Havana", "UTC"]
)


def london(*parts):
    return datetime(*parts, tzinfo=LONDON)


def test_three_working_days_after_monday_end_with_thursday():
    due = working_days_after(london(2025, 6, 2, 10), 3, zone="Europe/London", holidays_in="GB-ENG")
    assert due == london(2025, 6, 6)


def test_three_working_days_over_easter_skip_good_friday_and_easter_monday():
    due = working_days_after(london(2025, 4, 16, 15), 3, zone="Europe/London", holidays_in="GB-ENG")
    # Thursday 17, Tuesday 22, Wednesday 23.
    assert due == london(2025, 4, 24)


def test_scotland_keeps_its_own_second_of_january():
    start = london(2025, 12, 31, 12)
    england = next_working_day(start, zone="Europe/London", holidays_in="GB-ENG")
    scotland = next_working_day(start, zone="Europe/London", holidays_in="GB-SCT")
    assert (england, scotland) == (date(2026, 1, 2), date(2026, 1, 5))


def test_holiday_on_a_sunday_is_kept_on_monday():
    assert not is_working_day(date(2022, 12, 27), holidays_in="GB-ENG")
    assert not is_working_day(date(2021, 7, 5), holidays_in="US")


def test_new_year_on_a_saturday_is_kept_on_the_friday_of_the_old_year():
    assert not is_working_day(date(2021, 12, 31), holidays_in="US")


def test_the_day_is_counted_where_the_hospital_is():
    late_evening_in_new_york = datetime(2025, 6, 3, 2, tzinfo=UTC)
    due = working_days_after(late_evening_in_new_york, 1, zone="America/New_York", holidays_in="US")
    assert due == datetime(2025, 6, 4, tzinfo=ZoneInfo("America/New_York"))


def test_after_the_cutoff_counts_as_the_next_day():
    when = {"zone": "Europe/London", "holidays_in": "GB-ENG"}
    in_time = working_days_after(london(2025, 6, 2, 16, 59), 1, cutoff=time(17), **when)
    too_late = working_days_after(london(2025, 6, 2, 17), 1, cutoff=time(17), **when)
    assert (in_time, too_late) == (london(2025, 6, 4), london(2025, 6, 5))


def test_seven_calendar_days_over_the_clock_change_last_an_hour_less():
    start = london(2025, 3, 27)
    due = calendar_days_after(start, 7, zone="Europe/London")
    assert due == london(2025, 4, 4)
    assert due.astimezone(UTC) - start.astimezone(UTC) == timedelta(days=8, hours=-1)


def test_a_midnight_that_the_clocks_skip_becomes_the_first_moment_of_the_day():
    first = start_of_day(date(2025, 4, 25), zone="Africa/Cairo")
    assert (first.hour, first.astimezone(UTC)) == (1, datetime(2025, 4, 24, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        ((2025, 1, 31), 1, (2025, 3, 1)),
        ((2024, 1, 31), 1, (2024, 3, 1)),
        ((2025, 11, 15), 6, (2026, 5, 16)),
        ((2025, 12, 31), 12, (2027, 1, 1)),
    ],
)
def test_months_follow_the_corresponding_date_rule(start, months, due):
    assert months_after(london(*start, 9), months, zone="Europe/London") == london(*due)


def test_working_hours_leave_out_night_weekend_and_holiday():
    hours = working_hours_between(
        london(2025, 4, 17, 16), london(2025, 4, 22, 10), zone="Europe/London", holidays_in="GB-ENG"
    )
    assert hours == 2.0


def test_working_hours_of_a_night_shift_shrink_with_the_clock_change():
    hours = working_hours_between(
        london(2025, 3, 30),
        london(2025, 3, 31),
        zone="Europe/London",
        holidays_in=None,
        opens=time(0),
        closes=time(8),
        weekend=(),
    )
    assert hours == 7.0


def test_hours_after_counts_elapsed_hours_over_the_clock_change():
    assert hours_after(london(2025, 3, 29, 12), 24) == london(2025, 3, 30, 13)


def test_friday_and_saturday_weekend():
    sunday = next_working_day(
        datetime(2025, 6, 5, 9, tzinfo=UTC), zone="Asia/Riyadh", holidays_in=None, weekend=(4, 5)
    )
    assert sunday == date(2025, 6, 8)


@given(MOMENTS, st.integers(0, 60), ZONES)
def test_working_day_deadline_holds_exactly_that_many_working_days(start, days, zone):
    due = working_days_after(start, days, zone=zone, holidays_in="GB-ENG")
    last_moment = due - timedelta(microseconds=1)
    assert due > start
    assert working_days_between(start, last_moment, zone=zone, holidays_in="GB-ENG") == days


@given(MOMENTS, st.integers(0, 400), ZONES)
def test_deadlines_are_first_moments_of_local_days(start, days, zone):
    due = calendar_days_after(start, days, zone=zone)
    before = (due.astimezone(UTC) - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    assert before.date() == due.date() - timedelta(days=1)
    assert (due.date() - start.astimezone(ZoneInfo(zone)).date()).days == days + 1


@given(st.tuples(MOMENTS, MOMENTS, MOMENTS).map(sorted))
def test_working_hours_add_up(moments):
    first, middle, last = (min(moment, moments[0] + timedelta(days=40)) for moment in moments)
    where = {"zone": "America/New_York", "holidays_in": "US"}
    whole = working_hours_between(first, last, **where)
    parts = working_hours_between(first, middle, **where) + working_hours_between(
        middle, last, **where
    )
    assert whole == pytest.approx(parts)


def test_eight_working_hours_from_friday_noon_end_on_monday():
    due = working_hours_after(london(2025, 6, 6, 12), 8, zone="Europe/London", holidays_in="GB-ENG")
    assert due == london(2025, 6, 9, 12)


@given(MOMENTS, st.floats(0.1, 60))
def test_working_hours_after_is_the_inverse_of_between(start, hours):
    where = {"zone": "America/New_York", "holidays_in": "US"}
    due = working_hours_after(start, hours, **where)
    assert working_hours_between(start, due, **where) == pytest.approx(hours, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (
            lambda: working_hours_after(
                london(2025, 1, 2), 0, zone="Europe/London", holidays_in=None
            ),
            OutOfRange,
        ),
        (lambda: calendar_days_after(NAIVE, 1, zone="UTC"), NaiveDatetime),
        (lambda: hours_after(NAIVE, 1), NaiveDatetime),
        (lambda: calendar_days_after(london(2025, 1, 1), 1, zone="Mars/Base"), UnknownName),
        (lambda: calendar_days_after(london(2025, 1, 1), 1, zone="../etc"), UnknownName),
        (lambda: calendar_days_after(london(2025, 1, 1), -1, zone="UTC"), OutOfRange),
        (lambda: calendar_days_after(london(2025, 1, 1), 1.5, zone="UTC"), OutOfRange),
        (lambda: hours_after(london(2025, 1, 1), float("nan")), OutOfRange),
        (lambda: is_working_day(date(2025, 1, 1), holidays_in="XX"), UnknownName),
        (lambda: is_working_day(date(2025, 1, 1), holidays_in="GB-XYZ"), UnknownName),
        (lambda: WorkCalendar(weekend=frozenset(range(7))), OutOfRange),
        (
            lambda: working_hours_between(
                london(2025, 1, 2), london(2025, 1, 1), zone="UTC", holidays_in=None
            ),
            DatesOutOfOrder,
        ),
    ],
)
def test_bad_input_gives_a_named_error(call, error):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, MeasureError)


def test_fixed_offset_datetimes_are_accepted():
    start = datetime(2025, 6, 2, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert calendar_days_after(start, 0, zone="UTC") == datetime(2025, 6, 4, tzinfo=UTC)


def test_clocks_load_no_numpy():
    code = "import sys, wellheard.measures.clocks; print('numpy' in sys.modules)"
    source = str(Path(clocks.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
