"""Deadlines and working time over time zones, holidays and clock changes. Needs no numpy.

Two conventions hold everywhere. A period is half-open: the moment a deadline function returns is
the first moment that is too late (local midnight after the last allowed day), so "late" is
``now >= due``. And the day something arrives is day 0: three working days after a Monday are
Tuesday, Wednesday and Thursday, so the deadline is Friday 00:00 (this is how "within N days"
is read; each rule pack names its own source).
"""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wellheard.measures.errors import DatesOutOfOrder, NaiveDatetime, OutOfRange, UnknownName

SATURDAY_AND_SUNDAY = frozenset({5, 6})
_ONE_DAY = timedelta(days=1)
# More days ahead than any deadline; a larger number is a mistake in the caller.
_LONGEST = 36_525


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked: weekend days (Monday is 0), holidays, extra closed days."""

    holidays_in: str | None = None
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY
    closed_on: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekend <= frozenset(range(7)) or len(self.weekend) == 7:
            raise OutOfRange("weekend", "needs weekday numbers 0-6 and at least one working day")

    def is_worked(self, day: date) -> bool:
        """Return whether `day` is a working day."""
        if day.weekday() in self.weekend or day in self.closed_on:
            return False
        return self.holidays_in is None or day not in _holidays(self.holidays_in, day.year)


def working_days_after(
    start: datetime,
    days: int,
    *,
    zone: str,
    holidays_in: str | None,
    weekend: Collection[int] = SATURDAY_AND_SUNDAY,
    closed_on: Collection[date] = (),
    cutoff: time | None = None,
) -> datetime:
    """Return the first moment after the `days`-th working day that follows `start`.

    `zone` is an IANA name, `holidays_in` a country or country-subdivision code ("US",
    "GB-ENG") or None for no holidays. What arrives at or after the local `cutoff` counts as
    arriving the next day. Raises NaiveDatetime, UnknownName, OutOfRange.
    """
    work = WorkCalendar(holidays_in, frozenset(weekend), frozenset(closed_on))
    last = last_working_day(start, days, zone=zone, work=work, cutoff=cutoff)
    return start_of_day(last + _ONE_DAY, zone=zone)


def last_working_day(
    start: datetime, days: int, *, zone: str, work: WorkCalendar, cutoff: time | None = None
) -> date:
    """Return the `days`-th working day after the day of `start`: the last day that is in time.

    With `days` = 0 it is the day of `start` itself, worked or not.
    """
    day = _local_day(start, zone)
    if cutoff is not None and start.astimezone(zone_named(zone)).time() >= cutoff:
        day += _ONE_DAY
    for _ in range(_whole(days, "days")):
        day = _next_worked(day, work)
    return day


def next_working_day(
    start: datetime,
    *,
    zone: str,
    holidays_in: str | None,
    weekend: Collection[int] = SATURDAY_AND_SUNDAY,
    closed_on: Collection[date] = (),
) -> date:
    """Return the first working day after the local day of `start`."""
    work = WorkCalendar(holidays_in, frozenset(weekend), frozenset(closed_on))
    return last_working_day(start, 1, zone=zone, work=work)


def is_working_day(
    day: date,
    *,
    holidays_in: str | None,
    weekend: Collection[int] = SATURDAY_AND_SUNDAY,
    closed_on: Collection[date] = (),
) -> bool:
    """Return whether `day` is neither weekend, holiday nor otherwise closed."""
    return WorkCalendar(holidays_in, frozenset(weekend), frozenset(closed_on)).is_worked(day)


def calendar_days_after(start: datetime, days: int, *, zone: str) -> datetime:
    """Return the first moment after the `days`-th calendar day that follows the day of `start`."""
    day = _local_day(start, zone) + timedelta(days=_whole(days, "days") + 1)
    return start_of_day(day, zone=zone)


def months_after(start: datetime, months: int, *, zone: str) -> datetime:
    """Return the first moment after the day `months` calendar months after the day of `start`.

    The corresponding date rule: same day number, or the last day of a shorter month.
    """
    day = _local_day(start, zone)
    years, month = divmod(day.month - 1 + _whole(months, "months"), 12)
    year = day.year + years
    number = min(day.day, calendar.monthrange(year, month + 1)[1])
    return start_of_day(date(year, month + 1, number) + _ONE_DAY, zone=zone)


def hours_after(start: datetime, hours: float) -> datetime:
    """Return `start` plus elapsed `hours`, across clock changes, in the zone of `start`."""
    _aware(start, "start")
    if not 0 <= hours <= _LONGEST * 24:
        raise OutOfRange("hours", f"must lie between 0 and {_LONGEST * 24}")
    return (start.astimezone(UTC) + timedelta(hours=hours)).astimezone(start.tzinfo)


def working_hours_between(
    start: datetime,
    end: datetime,
    *,
    zone: str,
    holidays_in: str | None,
    opens: time = time(9),
    closes: time = time(17),
    weekend: Collection[int] = SATURDAY_AND_SUNDAY,
    closed_on: Collection[date] = (),
) -> float:
    """Return the elapsed hours of [start, end) that fall in the working hours of `zone`.

    A working day with a clock change inside its hours is that much shorter or longer.
    Raises DatesOutOfOrder when `end` lies before `start`.
    """
    work = WorkCalendar(holidays_in, frozenset(weekend), frozenset(closed_on))
    if opens >= closes:
        raise OutOfRange("closes", "must be later than opens")
    day, last = _local_day(start, zone), _local_day(end, zone)
    if end < start:
        raise DatesOutOfOrder("end", "lies before start")
    if (last - day).days > _LONGEST:
        raise OutOfRange("end", f"lies more than {_LONGEST} days after start")
    hours = 0.0
    while day <= last:
        if work.is_worked(day):
            hours += _overlap(start, end, day, opens, closes, zone)
        day += _ONE_DAY
    return hours


def working_hours_after(
    start: datetime,
    hours: float,
    *,
    zone: str,
    holidays_in: str | None,
    opens: time = time(9),
    closes: time = time(17),
    weekend: Collection[int] = SATURDAY_AND_SUNDAY,
    closed_on: Collection[date] = (),
) -> datetime:
    """Return the moment at which `hours` (> 0) of working time have passed since `start`.

    The inverse of :func:`working_hours_between`; the result lies within working hours, at
    closing time rather than at the next opening.
    """
    work = WorkCalendar(holidays_in, frozenset(weekend), frozenset(closed_on))
    if opens >= closes:
        raise OutOfRange("closes", "must be later than opens")
    if not 0 < hours <= _LONGEST:
        raise OutOfRange("hours", f"must lie above 0 and at most {_LONGEST}")
    day, left, tz = _local_day(start, zone), float(hours), zone_named(zone)
    while True:
        if work.is_worked(day):
            end_of_day = datetime.combine(day, closes, tzinfo=tz)
            today = _overlap(start, end_of_day, day, opens, closes, zone)
            if left <= today:
                return (end_of_day.astimezone(UTC) - timedelta(hours=today - left)).astimezone(tz)
            left -= today
        day += _ONE_DAY


def working_days_between(
    start: datetime, end: datetime, *, zone: str, holidays_in: str | None
) -> int:
    """Return how many working days lie after the day of `start`, up to the day of `end`.

    The count matches :func:`working_days_after`: due after 3 working days means at most 3 here.
    """
    work = WorkCalendar(holidays_in)
    day, last = _local_day(start, zone), _local_day(end, zone)
    if last < day:
        raise DatesOutOfOrder("end", "lies before start")
    return sum(work.is_worked(day + timedelta(days=i)) for i in range(1, (last - day).days + 1))


def start_of_day(day: date, *, zone: str) -> datetime:
    """Return the first moment of `day` in `zone`, also where clocks jump over midnight."""
    tz = zone_named(zone)
    midnight = datetime.combine(day, time(0), tzinfo=tz)
    # A skipped midnight read as wall time lies before the jump; through UTC it becomes the
    # instant of the jump, which is the first moment of that day.
    return midnight.astimezone(UTC).astimezone(tz)


@lru_cache(maxsize=256)
def zone_named(name: str) -> ZoneInfo:
    """Return the IANA time zone `name`; raise UnknownName when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownName("zone", f"no time zone is called {name!r}") from error


@lru_cache(maxsize=1024)
def _holidays(code: str, year: int) -> frozenset[date]:
    """Return a year's holidays, whole before anyone sees them.

    The calendars of the library grow while they are asked, which two threads must not do at once.
    """
    import holidays

    country, _, subdivision = code.partition("-")
    try:
        calendar_of_year = holidays.country_holidays(
            country, subdiv=subdivision or None, years=year, expand=False
        )
    except NotImplementedError as error:
        raise UnknownName("holidays_in", f"no holiday calendar is called {code!r}") from error
    return frozenset(calendar_of_year)


def _next_worked(day: date, work: WorkCalendar) -> date:
    for _ in range(_LONGEST):
        day += _ONE_DAY
        if work.is_worked(day):
            return day
    raise OutOfRange("closed_on", "leaves no working day within a century")


def _overlap(
    start: datetime, end: datetime, day: date, opens: time, closes: time, zone: str
) -> float:
    tz = zone_named(zone)
    opened = max(datetime.combine(day, opens, tzinfo=tz).astimezone(UTC), start.astimezone(UTC))
    closed = min(datetime.combine(day, closes, tzinfo=tz).astimezone(UTC), end.astimezone(UTC))
    return max(0.0, (closed - opened) / timedelta(hours=1))


def _local_day(moment: datetime, zone: str) -> date:
    _aware(moment, "start")
    return moment.astimezone(zone_named(zone)).date()


def _aware(moment: datetime, argument: str) -> None:
    if moment.utcoffset() is None:
        raise NaiveDatetime(argument, "has no time zone, so it names no instant")


def _whole(number: int, argument: str) -> int:
    if isinstance(number, bool) or not isinstance(number, int):
        raise OutOfRange(argument, "must be a whole number")
    if not 0 <= number <= _LONGEST:
        raise OutOfRange(argument, f"must lie between 0 and {_LONGEST}, is {number}")
    return number
