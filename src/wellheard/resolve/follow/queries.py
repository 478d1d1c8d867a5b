"""How often somebody may try at a door without sign-in."""

from __future__ import annotations

from datetime import datetime, timedelta

from wellheard.base.vault.sealing import digest
from wellheard.resolve.follow.models import DoorTry

_HOUR = timedelta(hours=1)
# Per hour and place of origin. A family behind one address is not locked out, a machine is.
MOST_TRIES = {"code": 10, "reference": 10, "complaint": 40, "follow": 60}


def may_try(door: str, whence: str, now: datetime) -> bool:
    """Whether another try from there is allowed now. `whence` is kept as a digest only."""
    tries = DoorTry.objects.filter(
        door=door, digest=_digest(door, whence), at__gt=now - _HOUR, ok=False
    )
    return tries.count() < MOST_TRIES[door]


def note_try(door: str, whence: str, now: datetime, *, ok: bool) -> None:
    """Count a try. Successful ones do not count against the limit."""
    DoorTry.objects.create(door=door, digest=_digest(door, whence), at=now, ok=ok)


def _digest(door: str, whence: str) -> str:
    return digest(whence, f"door-{door}")
