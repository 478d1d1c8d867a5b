"""What concerns do when comments have arrived or been read. Each is safe to repeat."""

from __future__ import annotations

from wellheard.base.audit.actor import Actor
from wellheard.base.events.happening import Happening
from wellheard.listen.intake.models import Comment
from wellheard.understand.concerns.actions import weigh_comments


def when_comment_received(happening: Happening) -> None:
    """Weigh what needs no reading: safety words, a complaint form, a low mark and a wish."""
    _weigh(happening, [happening.number("comment_id")])


def when_comment_labelled(happening: Happening) -> None:
    """Weigh one comment as it was read, or as a person corrected the reading."""
    _weigh(happening, [happening.number("comment_id")])


def when_comments_labelled(happening: Happening) -> None:
    """Weigh one portion of an import."""
    portion = Comment.objects.filter(
        organisation_id=happening.organisation_id,
        import_batch=str(happening.ids["batch"]),
        pk__gte=happening.number("first_id"),
        pk__lte=happening.number("last_id"),
    )
    _weigh(happening, list(portion.values_list("pk", flat=True)))


def _weigh(happening: Happening, comment_ids: list[int]) -> None:
    by = Actor.system(happening.organisation_id, "concerns")
    weigh_comments(comment_ids, by=by, at=happening.at)
