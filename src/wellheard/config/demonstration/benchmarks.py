"""Real, public results beside the invented hospital: CMS files of the July 2024 release."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

from wellheard.base.audit.actor import Actor
from wellheard.interop.cms.actions import import_cms


def load_published(by: Actor, at: datetime) -> None:
    """Load every file under data/cms (see its README for origin and licence)."""
    for entry in sorted(
        (files("wellheard.config.demonstration") / "data" / "cms").iterdir(), key=str
    ):
        if entry.name.endswith((".csv", ".csv.gz")):
            import_cms(entry.read_bytes(), entry.name, by=by, at=at)
