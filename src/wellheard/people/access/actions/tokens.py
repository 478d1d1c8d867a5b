"""Tokens for programs: shown once, kept as a digest, never wider than their owner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest, new_token
from wellheard.people.access.models import ApiToken
from wellheard.people.access.person import Person
from wellheard.people.access.vocabulary import token_permissions

LOOKED_UP_AS = "api-token"
LONGEST = timedelta(days=366)
_PREFIX = "wh_"


def make_token(
    *, person: Person, name: str, permissions: Iterable[str], ends_at: datetime, at: datetime
) -> tuple[ApiToken, str]:
    """A token of the person's own, and its secret, which is never shown again.

    Raises ValueError for a permission the person does not hold, or a life past LONGEST.
    """
    wanted = sorted(set(permissions))
    known = token_permissions()
    if not wanted or not all(one in known and person.may(one) for one in wanted):
        raise ValueError("a token may do no more than its owner")
    if not at < ends_at <= at + LONGEST:
        raise ValueError("a token lives for a year at most")
    secret = _PREFIX + new_token(256)
    with acting(person.actor, at=at) as trail:
        token = ApiToken.objects.create(
            organisation_id=person.organisation_id,
            user_id=person.user_id,
            name=name,
            hint=secret[:8],
            token_digest=digest(secret, LOOKED_UP_AS),
            permissions=wanted,
            made_at=at,
            ends_at=ends_at,
        )
        trail.write("token.made", token, permissions=wanted)
    return token, secret


def revoke_token(*, token: ApiToken, by: Actor, at: datetime) -> None:
    """The token opens nothing from now on."""
    with acting(by, at=at) as trail:
        if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at):
            trail.write("token.revoked", token)
