"""Whether an address may still be used."""

from __future__ import annotations

from wellheard.channels.stops.models import StopNotice


def is_stopped(organisation_id: int, kind: str, address_digest: str) -> bool:
    """Whether the newest notice for the address is a stop. No notice: not stopped."""
    newest = (
        StopNotice.objects.filter(
            organisation_id=organisation_id, kind=kind, address_digest=address_digest
        )
        .order_by("-pk")
        .values_list("stopped", flat=True)
        .first()
    )
    return bool(newest)
