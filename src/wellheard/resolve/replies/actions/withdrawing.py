"""Taking an approval away when what it rested on has changed."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.trail import Trail
from wellheard.listen.reviews.models import PublicReview
from wellheard.resolve.replies import facts
from wellheard.resolve.replies.models import PublicReply, ReplyDraft

Withdrawn = ReplyDraft.Withdrawn


def withdraw(reply: PublicReply, why: str, at: datetime, trail: Trail) -> None:
    """The newest words count as written by nobody's leave any more; doing it twice is once."""
    draft = facts.newest_draft(reply)
    if draft is None or draft.withdrawn_as or facts.standing_of(reply) == "published":
        return
    draft.withdrawn_as, draft.withdrawn_at = why, at
    draft.save(update_fields=["withdrawn_as", "withdrawn_at"])
    reply.publish_at = None
    reply.save(update_fields=["publish_at"])
    trail.write("reply.withdrawn", reply, number=draft.number, why=why)


def why_changed(draft: ReplyDraft, review: PublicReview) -> str:
    """Why the words answer something that is no longer there; "" when it is."""
    if review.state == PublicReview.State.SPAM:
        return Withdrawn.SPAM
    if review.state == PublicReview.State.DELETED:
        return Withdrawn.DELETED
    newest = facts.newest_version(review)
    if newest.pk == draft.review_version_id:
        return ""
    return Withdrawn.RETURNED if newest.kind == "returned" else Withdrawn.EDITED
