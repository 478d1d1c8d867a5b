"""What themes do when comments arrive. Each is safe to repeat: a reading replaces the last."""

from __future__ import annotations

from wellheard.base.audit.actor import Actor
from wellheard.base.events.happening import Happening
from wellheard.listen.intake.queries import comments_of_batch
from wellheard.understand.themes.actions import AT_ONCE, label_comment
from wellheard.understand.themes.tasks import label_portion


def when_comment_received(happening: Happening) -> None:
    """Read what one person said."""
    by = Actor.system(happening.organisation_id, "themes")
    label_comment(happening.number("comment_id"), by=by, at=happening.at)


def when_comments_imported(happening: Happening) -> None:
    """Hand an import's comments to jobs, a portion each."""
    batch = str(happening.ids["batch"])
    ids = comments_of_batch(happening.organisation_id, batch)
    for start in range(0, len(ids), AT_ONCE):
        label_portion.enqueue(happening.organisation_id, batch, ids[start : start + AT_ONCE])
