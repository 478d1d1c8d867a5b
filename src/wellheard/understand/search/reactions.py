"""What the search does when comments have been read. Each is safe to repeat."""

from __future__ import annotations

from wellheard.base.events.happening import Happening
from wellheard.listen.intake.models import Comment
from wellheard.understand.search.actions import index_comments


def when_comment_labelled(happening: Happening) -> None:
    """Take one comment into the index."""
    index_comments([happening.number("comment_id")])


def when_comments_labelled(happening: Happening) -> None:
    """Take one portion of an import into the index."""
    portion = Comment.objects.filter(
        organisation_id=happening.organisation_id,
        import_batch=str(happening.ids["batch"]),
        pk__gte=happening.number("first_id"),
        pk__lte=happening.number("last_id"),
    )
    index_comments(list(portion.values_list("pk", flat=True)))
