"""What can become known of a comment later: the sender changed the words, or the place is found.

Whoever calls keeps what was said before; here only the newest words stand.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.models import Comment
from wellheard.listen.intake.rules.words import read_words
from wellheard.people.places.models import Place


def amend_comment(
    *, comment_id: int, text: str, rating: float | None, by: Actor, at: datetime
) -> Comment:
    """Put the sender's new words and mark in place of the old, and have them read again.

    Raises Comment.DoesNotExist and TooLongError.
    """
    with acting(by, at=at) as trail:
        comment = Comment.objects.get(pk=comment_id, organisation_id=by.organisation_id)
        comment.text = read_words(text)
        comment.rating = None if rating is None else Decimal(str(rating))
        comment.save(update_fields=["text", "rating"])
        trail.write("comment_amended", comment, words=len(comment.text))
        trail.publish("listen.comment_received", comment_id=comment.pk)
    return comment


def place_comment(*, comment_id: int, place: Place | None, by: Actor, at: datetime) -> None:
    """Say which place a comment is about. Raises Comment.DoesNotExist, and ValueError for a place
    of another organisation."""
    if place is not None and place.organisation_id != by.organisation_id:
        raise ValueError("the place belongs to another organisation")
    with acting(by, at=at) as trail:
        comment = Comment.objects.get(pk=comment_id, organisation_id=by.organisation_id)
        comment.place = place
        comment.site = place.site if place else comment.site
        comment.save(update_fields=["place", "site"])
        trail.write("comment_placed", comment, place=place.pk if place else 0)
