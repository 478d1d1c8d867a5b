"""When things are due, and how a badge says it: "Written notice: day 5 of 7"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wellheard.measures.clocks import (
    calendar_days_after,
    hours_after,
    months_after,
    working_days_after,
    working_days_between,
    zone_named,
)
from wellheard.resolve.complaints.rules.packs import ClockRule, Count, RulePack


@dataclass(frozen=True, slots=True)
class Due:
    """One running clock. `due_at` is the first moment that is too late."""

    code: str
    label: str
    clause: str
    duty: bool
    starts_at: datetime
    warn_at: datetime
    due_at: datetime
    count: Count


def due_dates(
    received_at: datetime,
    klass: str,
    pack: RulePack,
    zone: str,
    holidays_in: str,
    *,
    tier: str = "",
    channel: str = "",
) -> tuple[Due, ...]:
    """Return the clocks that start when something arrives at `received_at`.

    `zone` is the IANA zone of the place, `holidays_in` its holiday calendar ("" for none).
    """
    return tuple(
        due_from(clock, received_at, zone, holidays_in)
        for clock in pack.clocks
        if clock.starts == "received" and applies(clock, klass, tier, channel)
    )


def applies(clock: ClockRule, klass: str, tier: str, channel: str) -> bool:
    """Return whether `clock` runs for such a case."""
    return (
        klass in clock.classes
        and (not clock.tiers or tier in clock.tiers)
        and (not clock.channels or channel in clock.channels)
    )


def due_from(
    clock: ClockRule, start: datetime, zone: str, holidays_in: str, *, stated_days: int = 0
) -> Due:
    """Return `clock` started at `start`; `stated_days` is the number a letter promised."""
    count = Count("calendar_days", stated_days) if _is_stated(clock.count) else clock.count
    due_at = moment_after(start, count, zone, holidays_in)
    warn_at = _warn_at(clock.warn_after, start, due_at, zone, holidays_in)
    return Due(
        clock.code,
        clock.label,
        clock.clause,
        clock.duty,
        start,
        min(max(warn_at, start), due_at),
        due_at,
        count,
    )


def moment_after(start: datetime, count: Count, zone: str, holidays_in: str) -> datetime:
    """Return the first moment after `count` has gone by since `start`.

    Minutes and hours are elapsed time; days and months are whole local days after the day of
    `start`, so the answer is a local midnight.
    """
    if count.unit == "minutes":
        return hours_after(start, count.number / 60)
    if count.unit == "hours":
        return hours_after(start, count.number)
    if count.unit == "months":
        return months_after(start, count.number, zone=zone)
    if count.unit == "working_days":
        return working_days_after(start, count.number, zone=zone, holidays_in=holidays_in or None)
    return calendar_days_after(start, count.number, zone=zone)


def _is_stated(count: Count) -> bool:
    return count.unit == "stated_days"


def _warn_at(
    warn: Count, start: datetime, due_at: datetime, zone: str, holidays_in: str
) -> datetime:
    if warn.unit == "before_days":
        return due_at - timedelta(days=warn.number)
    return moment_after(start, warn, zone, holidays_in)


def clock_words(
    label: str,
    count: Count,
    starts_at: datetime,
    due_at: datetime,
    now: datetime,
    zone: str,
    holidays_in: str,
) -> str:
    """Return what a badge says: the rule's name and where we stand, in the rule's own unit."""
    if now >= due_at:
        return f"{label}: {_late(now, due_at, zone)}"
    if count.unit in {"minutes", "hours"}:
        return f"{label}: {_span(due_at - now)} left"
    if count.unit == "working_days":
        gone = working_days_between(starts_at, now, zone=zone, holidays_in=holidays_in or None)
        return f"{label}: working day {min(gone, count.number)} of {count.number}"
    gone = max(0, _local_days(starts_at, now, zone))
    total = _local_days(starts_at, due_at, zone) - 1
    return f"{label}: day {gone} of {total}"


def _late(now: datetime, due_at: datetime, zone: str) -> str:
    if now - due_at < timedelta(hours=24):
        return f"{_span(now - due_at)} late"
    days = max(1, _local_days(due_at, now, zone))
    return f"{days} {'day' if days == 1 else 'days'} late"


def _span(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _local_days(start: datetime, end: datetime, zone: str) -> int:
    tz = zone_named(zone)
    return (end.astimezone(tz).date() - start.astimezone(tz).date()).days
