"""Finding the survey behind a link."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from wellheard.base.vault.sealing import LinkBroken, LinkExpired, digest, unsign
from wellheard.listen.invitations import store
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.vocabulary import field_days, grace

Closed = Literal["broken", "expired", "answered", "kept", "ended"]


def invitation_behind(token: str, *, now: datetime) -> tuple[Invitation | None, Closed | None]:
    """(the invitation, None) when it can be answered; else what to tell whoever opened it.

    A link that was altered, or is none of ours, and one we do not know look the same from outside.
    """
    try:
        secret = unsign(token, "survey", now=now, last_days=field_days() + 1)
    except LinkExpired:
        return None, "expired"
    except LinkBroken:
        return None, "broken"
    found = store.found(digest(secret, "survey"))
    if found is None:
        return None, "broken"
    return store.opened(found, secret), _why_closed(found, now)


def _why_closed(found: Invitation, now: datetime) -> Closed | None:
    """Somebody in the middle of a survey may finish it a little after its time."""
    if found.ended_as == "sent":
        return "answered"
    if found.ended_as:
        return "ended"
    if found.response_id is not None:
        return "answered" if store.is_complete(found.response_id) else "kept"
    over_at = found.expires_at + (grace() if found.begun_at is not None else timedelta(0))
    return "expired" if found.finished_at is not None or over_at <= now else None
