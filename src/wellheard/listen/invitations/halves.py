"""The halves of a link by which somebody answers without a name.

The invitation holds half A: a digest of the link's secret, beside who was asked and whether the
link was used. What is answered lies under half B: another digest of the same secret. The secret
is stored nowhere, and neither digest gives the other.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from wellheard.base.vault.sealing import (
    CannotUnseal,
    digest,
    key_from_token,
    new_token,
    seal,
    unseal,
)
from wellheard.listen.invitations.models import Invitation, LinkHalf, SplitDraft
from wellheard.listen.invitations.vocabulary import grace

_HALF_A, _HALF_B = "survey", "survey-half"
_DRAFT = "survey-progress"
_BEHIND = "SELECT invitation_id FROM listen_linkhalf WHERE key = %s"
# While the invitation is open, and nobody kept anything under this half since.
_KEEP = (
    "INSERT INTO listen_splitdraft (key, organisation_id, sealed, turn, keep_until)"
    " SELECT %s, %s, %s, 1, %s"
    " WHERE EXISTS (SELECT 1 FROM listen_invitation WHERE id = %s AND finished_at IS NULL)"
    " ON CONFLICT (key) DO UPDATE SET sealed = excluded.sealed, turn = listen_splitdraft.turn + 1"
    " WHERE listen_splitdraft.turn = %s"
)


def add_link(invitation_id: int) -> str:
    """The secret of one more link to an invitation, for one message; known only now."""
    secret = new_token()
    LinkHalf.objects.create(invitation_id=invitation_id, key=digest(secret, _HALF_A))
    return secret


def invitation_of(key: str) -> int | None:
    """The invitation to which one of its further links leads."""
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, [key])
        row = cursor.fetchone()
    return row[0] if row else None


def take_draft(invitation: Invitation, secret: str) -> Invitation:
    """The invitation with what was answered by this link so far."""
    invitation.secret = secret
    row = SplitDraft.objects.filter(key=digest(secret, _HALF_B)).values_list("sealed", "turn")
    sealed, turn = row.first() or ("", 0)
    invitation.progress, invitation.turn = _opened(sealed, secret), turn
    invitation.begun_at = invitation.made_at if turn else None
    return invitation


def keep_draft(invitation: Invitation, progress: str) -> bool:
    """Keep the answers so far; False when they were sent, or somebody kept something since."""
    secret = invitation.secret
    sealed = seal(progress, _DRAFT, key=key_from_token(secret, _DRAFT))
    values: list[Any] = [
        digest(secret, _HALF_B),
        invitation.organisation_id,
        sealed,
        connection.ops.adapt_datefield_value(_keep_until(invitation.expires_at)),
        invitation.pk,
        invitation.turn,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)
        return int(cursor.rowcount) == 1


def drop_draft(secret: str) -> None:
    """Forget what was answered by this link."""
    SplitDraft.objects.filter(key=digest(secret, _HALF_B)).delete()


def drop_old_drafts(now: datetime) -> None:
    """Forget what was never sent: nobody can read it, and its time is over."""
    SplitDraft.objects.filter(keep_until__lte=now.date()).delete()


def _opened(sealed: str, secret: str) -> str:
    try:
        return sealed and unseal(sealed, _DRAFT, key=key_from_token(secret, _DRAFT))
    except CannotUnseal:
        return ""


def _keep_until(expires_at: datetime) -> date:
    """The first of a month: a day of its own would say which invitation a draft belongs to."""
    last = (expires_at + grace()).date()
    return (last.replace(day=1) + timedelta(days=32)).replace(day=1)
