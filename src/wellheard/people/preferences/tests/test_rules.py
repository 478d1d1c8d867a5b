from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.people.preferences.rules import Preference, in_quiet_hours, next_allowed, within

CHICAGO = ("America/Chicago",)


def preference(
    zones: tuple[str, ...] = CHICAGO, start: str = "21:00", end: str = "08:00"
) -> Preference:
    return Preference(
        language="en",
        channel="",
        name="",
        quiet_from=time.fromisoformat(start),
        quiet_until=time.fromisoformat(end),
        zone="America/Chicago",
        weekly_cap=3,
        confidential_contact=None,
        zones=zones,
    )


def chicago(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/Chicago"))


@pytest.mark.parametrize(
    ("moment", "quiet"), [("20:59", False), ("21:00", True), ("07:59", True), ("08:00", False)]
)
def test_quiet_hours_span_midnight(moment: str, quiet: bool) -> None:
    assert within(time.fromisoformat(moment), time(21), time(8)) is quiet


def test_quiet_hours_of_no_length_are_never_quiet() -> None:
    assert not within(time(21), time(21), time(21))


def test_quiet_hours_with_unknown_zone_hold_from_coast_to_coast() -> None:
    both = preference(("America/New_York", "America/Los_Angeles"))
    assert in_quiet_hours(both, datetime(2026, 11, 3, 15, 30, tzinfo=UTC))  # 7:30 in the west
    assert in_quiet_hours(both, datetime(2026, 11, 4, 2, 30, tzinfo=UTC))  # 21:30 in the east
    assert not in_quiet_hours(both, datetime(2026, 11, 3, 18, 0, tzinfo=UTC))


def test_next_allowed_waits_for_the_morning_the_clocks_change() -> None:
    waited = next_allowed(preference(), chicago("2027-03-13T22:00"))
    assert waited == chicago("2027-03-14T08:00")


def test_next_allowed_is_now_by_day() -> None:
    noon = chicago("2026-11-03T12:00:31")
    assert next_allowed(preference(), noon) == noon


def test_next_allowed_ends_even_when_every_hour_is_quiet_somewhere() -> None:
    never = preference(("Europe/London", "Pacific/Honolulu"), "20:00", "12:00")
    at = datetime(2026, 11, 3, 3, tzinfo=UTC)
    assert at < next_allowed(never, at) <= at + timedelta(days=1)


@given(
    at=st.integers(1_767_225_600, 1_830_297_600).map(lambda s: datetime.fromtimestamp(s, UTC)),
    start=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    end=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
def test_next_allowed_is_never_quiet_and_never_earlier(
    at: datetime, start: time, end: time
) -> None:
    wish = preference(start=start.isoformat("minutes"), end=end.isoformat("minutes"))
    moment = next_allowed(wish, at)
    assert moment >= at
    assert not in_quiet_hours(wish, moment)
