"""Pure arithmetic of quiet hours in one or many time zones, true across clock changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MOST_STEPS = 400


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local wall-clock hours in which nobody is written to: [start, end), over midnight when
    ``start`` is later than ``end``; equal ends mean none."""

    start: time
    end: time

    def holds_at(self, local: time) -> bool:
        if self.start < self.end:
            return self.start <= local < self.end
        return self.start > self.end and (local >= self.start or local < self.end)


def next_open(
    now: datetime, quiet: Iterable[QuietHours], zones: Sequence[ZoneInfo]
) -> datetime | None:
    """The first moment from ``now`` on that is quiet in none of ``zones``; None when there is no
    such moment within a week or so. ``now`` must be aware; the answer is in UTC."""
    hours = tuple(quiet)
    moment = now.astimezone(UTC)
    for _ in range(_MOST_STEPS):
        later = _pushed(moment, hours, zones)
        if later == moment:
            return moment
        if later - now > timedelta(days=9):
            return None
        moment = later
    return None


def _pushed(moment: datetime, hours: tuple[QuietHours, ...], zones: Sequence[ZoneInfo]) -> datetime:
    """``moment``, or where the first quiet stretch it lies in ends."""
    for zone in zones:
        local = moment.astimezone(zone)
        for quiet in hours:
            if quiet.holds_at(local.time()):
                return _end_after(local, quiet.end, zone)
    return moment


def _end_after(local: datetime, end: time, zone: ZoneInfo) -> datetime:
    """The next time the wall clock of ``zone`` shows ``end``, as UTC.

    An hour that happens twice (clocks back) ends with its second showing, so that the quiet hour
    is never cut short; one that is skipped (clocks forward) ends within the hour after the jump.
    """
    day = local.date() if local.time() < end else local.date() + timedelta(days=1)
    wall = datetime.combine(day, end, tzinfo=zone).replace(fold=1)
    ending = wall.astimezone(UTC)
    if ending.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        # fold=1 reads a skipped hour with the later offset, which lies before the jump
        ending = wall.replace(fold=0).astimezone(UTC)
    return max(ending, local.astimezone(UTC) + timedelta(seconds=1))
