"""Keeping views, and noting what left the house."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.prove.explore.asking import Asked
from wellheard.prove.explore.models import ExploreView


def keep_view(name: str, asked: Asked, *, shared: bool, by: Actor, at: datetime) -> ExploreView:
    """Keep a question under a name; the same name of the same person is replaced."""
    with acting(by, at=at) as trail:
        view, _made = ExploreView.objects.update_or_create(
            user_id=int(by.ref),
            name=" ".join(name.split())[:80],
            defaults={
                "organisation_id": by.organisation_id,
                "query": asked.query(),
                "shared": shared,
                "made_at": at,
            },
        )
        trail.write("view_kept", view, shared=shared)
    return view


def drop_view(view: ExploreView, *, by: Actor, at: datetime) -> None:
    """Forget a kept view."""
    with acting(by, at=at) as trail:
        trail.write("view_dropped", view)
        view.delete()


def note_export(asked: Asked, kind: str, *, rows: int, by: Actor, at: datetime) -> None:
    """That figures were taken out as a file, and which."""
    with acting(by, at=at) as trail:
        trail.write("exported", ("explore", asked.measure[:60]), kind=kind, rows=rows)
