"""What cases do when something happens elsewhere. Each is safe to repeat."""

from __future__ import annotations

from wellheard.base.audit.actor import Actor
from wellheard.base.events.happening import Happening
from wellheard.listen.intake.models import Disposition
from wellheard.listen.intake.queries import comment as read_comment
from wellheard.resolve.complaints.actions.acknowledging import IMMEDIATE, acknowledge_case
from wellheard.resolve.complaints.actions.classifying import raise_tier
from wellheard.resolve.complaints.actions.opening import NewCase, open_case
from wellheard.resolve.complaints.actions.paging import page_on_call
from wellheard.understand.concerns.models import Concern


def when_concern_found(happening: Happening) -> None:
    """Open the case (or raise the one there is), acknowledge it, call somebody for danger."""
    concern = Concern.objects.select_related("comment").get(pk=happening.number("concern_id"))
    if concern.comment.disposition == Disposition.Kind.HISTORY:
        return
    by = Actor.system(happening.organisation_id, "concerns")
    reasons = (*concern.groups, *concern.reasons)
    new = NewCase(tier=concern.tier, reasons=reasons)
    case, is_new = open_case(comment_id=concern.comment_id, new=new, by=by, at=happening.at)
    if not is_new:
        raise_tier(
            case_id=case.pk, concern_tier=concern.tier, reasons=reasons, by=by, at=happening.at
        )
    acknowledge_case(case_id=case.pk, by=by, at=happening.at)
    case.refresh_from_db(fields=["tier"])
    if case.tier == IMMEDIATE:
        page_on_call(case_id=case.pk, by=by, at=happening.at)


def when_comment_received(happening: Happening) -> None:
    """Somebody who asks for an answer gets one: open an inquiry, which a concern may raise."""
    comment = read_comment(happening.number("comment_id"))
    if not comment.wants_reply:
        return
    by = Actor.system(happening.organisation_id, "inquiries")
    new = NewCase(kind="inquiry")
    case, is_new = open_case(comment_id=comment.pk, new=new, by=by, at=happening.at)
    if is_new:
        acknowledge_case(case_id=case.pk, by=by, at=happening.at)
