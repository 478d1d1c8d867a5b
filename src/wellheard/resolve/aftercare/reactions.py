"""What follows a closure, and what is said at the last moment. Safe to repeat."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.events.happening import Happening
from wellheard.channels.outbox.models import Message
from wellheard.resolve.aftercare.actions import plan_to_ask
from wellheard.resolve.aftercare.models import HandlingSurvey
from wellheard.resolve.complaints.actions.closing import standing_closure
from wellheard.resolve.complaints.models import Case


def when_case_closed(happening: Happening) -> None:
    """The person is asked in some days how it was handled."""
    case = Case.objects.filter(pk=happening.number("case_id")).first()
    closure = standing_closure(case) if case is not None else None
    if closure is not None:
        by = Actor.system(happening.organisation_id, "aftercare")
        plan_to_ask(closure, by=by, at=happening.at)


def no_longer_wanted(message: Message, now: datetime) -> str:
    """Asked as the message leaves: answered meanwhile, taken up again, or withdrawn."""
    survey = (
        HandlingSurvey.objects.select_related("case", "invitation")
        .filter(organisation_id=message.organisation_id, pk=int(message.about_id))
        .first()
    )
    if survey is None or survey.invitation is None or survey.invitation.ended_as:
        return "not_needed"
    if survey.invitation.response_id is not None:
        return "answered"
    closure = standing_closure(survey.case)
    holds = closure is not None and closure.pk == survey.closure_id
    return "" if holds and not survey.case.withdrawals.exists() else "not_needed"
