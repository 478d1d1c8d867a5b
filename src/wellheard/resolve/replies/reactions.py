"""What replies do when a review changes. Safe to repeat."""

from __future__ import annotations

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.events.happening import Happening
from wellheard.resolve.replies import facts
from wellheard.resolve.replies.actions.withdrawing import why_changed, withdraw
from wellheard.resolve.replies.models import PublicReply


def when_review_changed(happening: Happening) -> None:
    """Words that were written to what is no longer there may not be published."""
    by = Actor.system(happening.organisation_id, "replies")
    with acting(by, at=happening.at) as trail:
        held = PublicReply.objects.select_for_update().filter(
            organisation_id=happening.organisation_id, review_id=happening.number("review_id")
        )
        reply = held.first()
        draft = facts.newest_draft(reply) if reply is not None else None
        if reply is None or draft is None:
            return
        changed = why_changed(draft, reply.review)
        if changed:
            withdraw(reply, changed, happening.at, trail)
