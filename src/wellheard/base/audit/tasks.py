"""Periodic work of the trail."""

from __future__ import annotations

import json
import os
from datetime import datetime

from wellheard.base.audit.models import AuditHead
from wellheard.base.audit.queries import anchors_file


def export_anchors(now: datetime) -> None:
    """Append every chain's head to a file outside the database, so that a wholesale replacement
    of the table shows too."""
    lines = [
        json.dumps(
            {
                "at": now.isoformat(),
                "organisation_id": head.organisation_id,
                "sequence": head.sequence,
                "hash": head.hash,
            }
        )
        for head in AuditHead.objects.order_by("organisation_id")
    ]
    with anchors_file().open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
