"""Pure decisions about guessing: when a try to sign in is refused unheard."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limit:
    """At most `most` failed tries within `length`."""

    most: int
    length: timedelta


@dataclass(frozen=True)
class Failure:
    """A failed try, by digests: which account, from where, on which known device ("" for none)."""

    account: str
    source: str
    device: str
    at: datetime


@dataclass(frozen=True)
class PasswordLimits:
    """The limits on guessing passwords."""

    per_account_and_source: Limit
    per_source: Limit
    per_account_new_devices: tuple[Limit, ...]
    per_known_device: Limit


def reached(moments: Iterable[datetime], limit: Limit, now: datetime) -> bool:
    """Whether as many tries as the limit allows lie within its length before `now`."""
    return sum(moment > now - limit.length for moment in moments) >= limit.most


def refused(
    failures: Iterable[Failure],
    limits: PasswordLimits,
    *,
    account: str,
    source: str,
    device: str,
    now: datetime,
) -> bool:
    """Whether a try with a password is refused before it is even looked at.

    A device that this account signed in on before is judged by its own failures alone: strangers
    who guess from elsewhere cannot lock the account's owner out.
    """
    failures = list(failures)
    if device:
        own = (f.at for f in failures if f.account == account and f.device == device)
        return reached(own, limits.per_known_device, now)
    strange = [f for f in failures if not f.device]
    pair = (f.at for f in strange if (f.account, f.source) == (account, source))
    here = (f.at for f in strange if f.source == source)
    on_account = [f.at for f in strange if f.account == account]
    return (
        reached(pair, limits.per_account_and_source, now)
        or reached(here, limits.per_source, now)
        or any(reached(on_account, limit, now) for limit in limits.per_account_new_devices)
    )
