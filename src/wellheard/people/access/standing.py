"""Whether the one who asks may act just now: signed in, not locked, second factor in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest

from wellheard.people.access.person import Person, person_of
from wellheard.people.staff import sessions
from wellheard.people.staff.factors import has_own_factor
from wellheard.people.staff.models import SignedInSession, User
from wellheard.people.staff.rules import SessionState, SignsOfLife, session_state, strictest
from wellheard.people.staff.vocabulary import session_limits

Why = Literal["", "anonymous", "locked", "second_factor"]
STRONG_SIGN_IN = "wellheard_strong_sign_in"


@dataclass(frozen=True, slots=True)
class Standing:
    """``person`` when everything is in order; else ``why`` not. ``user``: who signed in, if any."""

    person: Person | None = None
    user: User | None = None
    why: Why = "anonymous"
    idle_seconds: int = 0


def standing_of(request: HttpRequest, *, now: datetime) -> Standing:
    """Reads the session; ends it when its time is over. Notes a sign of life when all is well."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return Standing()
    row = sessions.session_of(
        user,
        request.session.session_key or "",
        agent=request.headers.get("User-Agent", ""),
        at=now,
    )
    person = person_of(user, now=now)
    if settings.DEMONSTRATION:
        return Standing(person, user, "")
    return _within_limits(request, person, row, now)


def _within_limits(
    request: HttpRequest, person: Person, row: SignedInSession, now: datetime
) -> Standing:
    user, in_force = row.user, session_limits()
    limits = strictest(in_force.by_role, (r.name for r in person.roles), in_force.default)
    signs = SignsOfLife(row.began_at, row.seen_at, row.locked_at, _last_proof(request, user))
    state: SessionState = session_state(signs, now, limits)
    if state == "over":
        _leave(request, row)
        return Standing()
    if state == "locked":
        return Standing(None, user, "locked")
    sessions.note_seen(row, at=now)
    idle = int(limits.idle.total_seconds())
    if settings.SECOND_FACTOR_REQUIRED and not has_second_factor(request, user):
        return Standing(None, user, "second_factor", idle)
    return Standing(person, user, "", idle)


def _last_proof(request: HttpRequest, user: User) -> datetime | None:
    """When the person last showed again who they are, which unlocks."""
    records: list[dict[str, Any]] = get_authentication_records(request, user)
    proofs = [float(record["at"]) for record in records if record.get("reauthenticated")]
    return datetime.fromtimestamp(max(proofs), UTC) if proofs else None


def has_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether a second factor stands behind this sign-in: our own, or that of the SSO."""
    return bool(request.session.get(STRONG_SIGN_IN)) or has_own_factor(user)


def _leave(request: HttpRequest, row: SignedInSession) -> None:
    row.delete()
    logout(request)
