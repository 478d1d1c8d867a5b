"""The jobs that read imported comments in portions."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.understand.themes.actions import label_comments


@task()
def label_portion(organisation_id: int, batch: str, comment_ids: list[int]) -> None:
    """Read one portion of an import and tell the house which."""
    at = timezone.now()
    by = Actor.system(organisation_id, "themes")
    with acting(by, at=at) as trail:
        label_comments(comment_ids, by=by, at=at)
        trail.publish(
            "understand.comments_labelled",
            batch=batch,
            first_id=comment_ids[0],
            last_id=comment_ids[-1],
        )
