"""Pure decisions about sessions and devices."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

SessionState = Literal["open", "locked", "over"]


@dataclass(frozen=True)
class SessionLimits:
    """How long a session stays open without a sign of life, and how long at all."""

    idle: timedelta
    absolute: timedelta


def strictest(
    by_role: Mapping[str, SessionLimits], roles: Iterable[str], default: SessionLimits
) -> SessionLimits:
    """The shortest limits among a person's roles; the default for a person without any."""
    held = [by_role.get(role, default) for role in roles] or [default]
    return SessionLimits(min(one.idle for one in held), min(one.absolute for one in held))


@dataclass(frozen=True)
class SignsOfLife:
    """What is known of a session. `proved_at`: when the person last showed again who they are."""

    began_at: datetime
    seen_at: datetime
    locked_at: datetime | None = None
    proved_at: datetime | None = None


def session_state(signs: SignsOfLife, now: datetime, limits: SessionLimits) -> SessionState:
    """Over after the absolute limit; locked by hand or by the idle one until proved; else open."""
    if now - signs.began_at >= limits.absolute:
        return "over"
    proved_at = signs.proved_at or signs.began_at
    if signs.locked_at is not None and proved_at <= signs.locked_at:
        return "locked"
    return "locked" if now - max(signs.seen_at, proved_at) >= limits.idle else "open"


_BROWSERS = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """ "Firefox on Windows": enough for people to recognise their own; "" for anything else."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if re.search(mark, user_agent)), "")
    return " on ".join(filter(None, (browser, system)))
