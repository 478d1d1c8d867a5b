"""What is said at the last moment, as a message leaves."""

from __future__ import annotations

from datetime import datetime

from wellheard.channels.outbox.models import Message
from wellheard.listen.followups.models import FollowUp


def no_longer_wanted(message: Message, now: datetime) -> str:
    """Answered meanwhile, ended by the person, or the plan was stopped."""
    asking = (
        FollowUp.objects.select_related("invitation", "plan")
        .filter(organisation_id=message.organisation_id, pk=int(message.about_id))
        .first()
    )
    if asking is None or asking.invitation is None or asking.invitation.ended_as:
        return "not_needed"
    if asking.invitation.response_id is not None:
        return "answered"
    return "plan_not_running" if asking.plan.stopped_at else ""
