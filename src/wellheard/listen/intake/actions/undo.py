"""Taking an imported batch of comments away again, as long as nobody has worked with it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import ProtectedError

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.models import Comment


class CommentsInUseError(Exception):
    """Something was already built on comments of the batch (a case, a plan)."""


def remove_comments(*, batch: UUID, by: Actor, at: datetime) -> int:
    """Remove the comments of a batch and what was derived from them; how many.

    Raises CommentsInUseError when somebody has decided about one, or a case rests on one.
    """
    with acting(by, at=at) as trail:
        comments = Comment.objects.filter(organisation_id=by.organisation_id, import_batch=batch)
        count = comments.count()
        if comments.filter(dispositions__by__startswith="staff:").exists():
            raise CommentsInUseError(f"somebody has decided about comments of {batch}")
        try:
            comments.delete()
        except ProtectedError as error:
            raise CommentsInUseError(f"something rests on comments of {batch}") from error
        trail.write("comments_removed", ("listen.batch", str(batch)), count=count)
    return count


def remove_comment(*, comment_id: int, by: Actor, at: datetime) -> None:
    """Remove one comment that should never have been taken in, with what was derived from it.

    Raises Comment.DoesNotExist, and CommentsInUseError when a case or plan rests on it.
    """
    with acting(by, at=at) as trail:
        comment = Comment.objects.get(pk=comment_id, organisation_id=by.organisation_id)
        trail.write("comment_removed", comment, source=comment.source)
        try:
            comment.delete()
        except ProtectedError as error:
            raise CommentsInUseError(f"something rests on comment {comment_id}") from error
