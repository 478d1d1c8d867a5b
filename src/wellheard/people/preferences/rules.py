"""Pure decisions about how and when a patient wants to be spoken to."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ANY_CHANNEL = ""


@dataclass(frozen=True)
class ConfidentialContact:
    """The one address everything goes to. `contact_id` finds it; the address itself stays put."""

    contact_id: int
    kind: str


@dataclass(frozen=True)
class Preference:
    """What a patient wants, with what holds where they said nothing.

    `channel` "" means no wish. Quiet hours are wall-clock times from `quiet_from` up to
    `quiet_until`, which may lie past midnight; they hold in every one of `zones` (one when the
    patient's is known, the outermost of the country when not). `zone` is the zone to show times in.
    `formats`: in which letters are made besides the usual one; `tone`: "" as usual, formal, warm.
    """

    language: str
    channel: str
    name: str
    quiet_from: time
    quiet_until: time
    zone: str
    weekly_cap: int
    confidential_contact: ConfidentialContact | None
    zones: tuple[str, ...]
    deceased: bool = False
    formats: tuple[str, ...] = ()
    tone: str = ""


def within(moment: time, start: time, end: time) -> bool:
    """Whether a wall-clock time lies in [start, end), which may span midnight; empty when equal."""
    if start <= end:
        return start <= moment < end
    return moment >= start or moment < end


def in_quiet_hours(preference: Preference, at: datetime) -> bool:
    """Whether it is quiet time for the patient at the moment `at` (aware)."""
    return any(
        within(
            at.astimezone(ZoneInfo(zone)).time().replace(tzinfo=None),
            preference.quiet_from,
            preference.quiet_until,
        )
        for zone in preference.zones
    )


def next_allowed(preference: Preference, at: datetime) -> datetime:
    """The first moment from `at` on, to the minute, that is not quiet time; `at` when it is not.

    Steps through real time, so a change to or from summer time moves nothing into quiet hours.
    """
    moment = at
    for _ in range(2 * 24 * 60):
        if not in_quiet_hours(preference, moment):
            return moment
        moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    # Quiet in one zone or another all day long: the patient's own shown zone decides alone.
    return _next_end(preference, at)


def _next_end(preference: Preference, at: datetime) -> datetime:
    local = at.astimezone(ZoneInfo(preference.zone))
    end = local.replace(
        hour=preference.quiet_until.hour,
        minute=preference.quiet_until.minute,
        second=0,
        microsecond=0,
    )
    return end if end > local else end + timedelta(days=1)
