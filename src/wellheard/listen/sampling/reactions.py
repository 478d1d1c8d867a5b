"""What sampling does when a message did not arrive, and what it says at the last moment."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.events.happening import Happening
from wellheard.channels.outbox.models import Message
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.sampling.actions import follow_with, stop_asking
from wellheard.listen.sampling.asking import ABOUT
from wellheard.listen.sampling.models import ModeStep, SampleMember
from wellheard.listen.sampling.queries import plan_state


def no_longer_wanted(message: Message, now: datetime) -> str:
    """Asked as the message leaves: they answered meanwhile, or the plan was paused or stopped."""
    step = (
        ModeStep.objects.select_related("member__invitation", "member__wave__plan")
        .filter(organisation_id=message.organisation_id, pk=int(message.about_id))
        .first()
    )
    if step is None or step.member.ended_as:
        return "not_needed"
    invitation = step.member.invitation
    if invitation is not None and (invitation.response_id or invitation.ended_as == "sent"):
        return "answered"
    if invitation is not None and invitation.ended_as:
        return "not_needed"
    return "" if plan_state(step.member.wave.plan) == "running" else "plan_not_running"


_ENDED_AS = {"died": "died", "declined": "refused", "stranger": "unreachable"}


def when_survey_ended(happening: Happening) -> None:
    """Whoever opened a link said that nobody will answer: no reminder follows. After a death this
    holds for everything that the person was drawn for."""
    invitation = Invitation.objects.get(pk=happening.number("invitation_id"))
    by = Actor.system(happening.organisation_id, "sampling")
    members = SampleMember.objects.filter(organisation_id=happening.organisation_id)
    with acting(by, at=happening.at) as trail:
        if invitation.ended_as == "died" and invitation.patient_id is not None:
            meant = members.filter(patient_id=invitation.patient_id)
        else:
            meant = members.filter(invitation=invitation)
        stopped = stop_asking(meant, _ENDED_AS[invitation.ended_as], happening.at)
        if stopped:
            trail.write("sample.asking_ended", invitation, members=stopped)


def when_message_failed(happening: Happening) -> None:
    """An invitation did not arrive: the step failed, and the next way is tried at once."""
    message = Message.objects.get(pk=happening.number("message_id"))
    if message.about_kind != ABOUT:
        return
    by = Actor.system(happening.organisation_id, "sampling")
    with acting(by, at=happening.at) as trail:
        step = ModeStep.objects.select_related("member").filter(pk=int(message.about_id)).first()
        if step is None or step.outcome == ModeStep.Outcome.FAILED:
            return
        ModeStep.objects.filter(pk=step.pk).update(outcome=ModeStep.Outcome.FAILED)
        following = ModeStep.objects.filter(member=step.member, number=step.number + 1)
        if following.exists():
            following.filter(closed_at=None, due_at__gt=happening.at).update(due_at=happening.at)
        else:
            follow_with([step], at=happening.at, at_once=True)
        trail.write("sample.step_failed", step, mode=step.mode)
