"""Finding the survey behind a link."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from wellheard.base.vault.sealing import LinkBroken, LinkExpired, digest, unsign
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.invitations.vocabulary import field_days

Closed = Literal["broken", "expired", "answered"]


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
    found = (
        Invitation.objects.select_related("place__site", "organisation")
        .filter(key=digest(secret, "survey"))
        .first()
    )
    if found is None:
        return None, "broken"
    if found.response_id is not None:
        return found, "answered"
    if found.finished_at is not None or found.expires_at <= now:
        return found, "expired"
    return found, None
