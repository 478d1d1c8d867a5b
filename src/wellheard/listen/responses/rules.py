"""Pure: to which month an answer belongs, on the calendar of the place where it was given."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo


@cache
def zone_named(name: str) -> ZoneInfo:
    """The time zone; raises ZoneInfoNotFoundError."""
    return ZoneInfo(name)


def local_month(moment: datetime, zone: str) -> int:
    """The calendar month of a moment in ``zone``, as yyyymm."""
    day = moment.astimezone(zone_named(zone))
    return day.year * 100 + day.month


def month_bounds(month: int, zone: str) -> tuple[datetime, datetime]:
    """The half-open stretch of time, in UTC, that the month yyyymm is in ``zone``."""
    year, number = divmod(month, 100)
    after = (year + number // 12, number % 12 + 1)
    return _midnight(year, number, zone), _midnight(*after, zone)


def months_between(first: int, last: int) -> list[int]:
    """Every month from ``first`` to ``last``, both included."""
    start, end = ((code // 100) * 12 + code % 100 - 1 for code in (first, last))
    return [(n // 12) * 100 + n % 12 + 1 for n in range(start, end + 1)]


def _midnight(year: int, number: int, zone: str) -> datetime:
    return datetime.combine(date(year, number, 1), time(), zone_named(zone)).astimezone(UTC)
