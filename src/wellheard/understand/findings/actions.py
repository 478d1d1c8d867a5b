"""Reading what waits, so that a question asked right after an import is answered."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.listen.intake.models import Comment
from wellheard.understand.themes.actions import AT_ONCE, label_comments


def read_what_waits(organisation_id: int, *, by: Actor, at: datetime) -> int:
    """Read the comments that no reading has yet (an import's job may still wait). How many."""
    waiting = list(
        Comment.objects.filter(organisation_id=organisation_id, reading__isnull=True)
        .exclude(text="")
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for start in range(0, len(waiting), AT_ONCE):
        label_comments(waiting[start : start + AT_ONCE], by=by, at=at)
    return len(waiting)
