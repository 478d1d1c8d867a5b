"""What makes a repeated request the same one."""

from __future__ import annotations

from wellheard.base.vault.sealing import digest
from wellheard.people.access.person import Person


def submission_key(person: Person, what: str, key: str | None) -> str | None:
    """A key of the caller's own: nobody else's requests can meet it. None without a key."""
    if key is None:
        return None
    caller = f"{person.organisation_id}:{person.user_id}:{person.token_id or 0}"
    return f"api:{digest(f'{caller}:{what}:{key}', 'idempotency')[:56]}"
