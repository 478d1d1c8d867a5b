"""Taking up a concern: its case, its acknowledgement, and a call where there is danger."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.listen.intake.models import Disposition
from wellheard.resolve.complaints.actions.acknowledging import IMMEDIATE, acknowledge_case
from wellheard.resolve.complaints.actions.assigning import NoOwnerError
from wellheard.resolve.complaints.actions.classifying import raise_tier
from wellheard.resolve.complaints.actions.opening import NewCase, open_case
from wellheard.resolve.complaints.actions.paging import page_on_call
from wellheard.understand.concerns.models import Concern

_AT_ONCE = 200


def take_up_concern(concern: Concern, *, by: Actor, at: datetime) -> bool:
    """Open the case (or raise the one there is). False when nobody is there to own it yet.

    A concern that is left is taken up by ``take_up_left_concerns`` once somebody is.
    """
    # Also when it was found to be a copy since: what was history stays history.
    if concern.comment.dispositions.filter(kind=Disposition.Kind.HISTORY).exists():
        return True
    reasons = (*concern.groups, *concern.reasons)
    new = NewCase(tier=concern.tier, reasons=reasons)
    try:
        case, is_new = open_case(comment_id=concern.comment_id, new=new, by=by, at=at)
    except NoOwnerError:
        return False
    if not case.is_open:
        # It was settled before this reading of it: a register that was taken over, a late label.
        return True
    if not is_new:
        raise_tier(case_id=case.pk, concern_tier=concern.tier, reasons=reasons, by=by, at=at)
    acknowledge_case(case_id=case.pk, by=by, at=at)
    case.refresh_from_db(fields=["tier"])
    if case.tier == IMMEDIATE:
        page_on_call(case_id=case.pk, by=by, at=at)
    return True


def take_up_concerns(organisation_id: int, *, first_id: int, last_id: int, at: datetime) -> None:
    """Take up the concerns of a portion, but for what is history or a case that is over."""
    by = Actor.system(organisation_id, "concerns")
    found = (
        Concern.objects.filter(organisation_id=organisation_id, pk__gte=first_id, pk__lte=last_id)
        .exclude(comment__dispositions__kind=Disposition.Kind.HISTORY)
        .exclude(comment__said_in__case__closed_at__isnull=False)
        .select_related("comment")
        .order_by("pk")
    )
    for concern in found:
        take_up_concern(concern, by=by, at=at)


def take_up_left_concerns(now: datetime) -> int:
    """Concerns that have no case because nobody could own one: try again. How many are left."""
    waiting = (
        Concern.objects.filter(comment__said_in__isnull=True)
        .exclude(comment__dispositions__kind=Disposition.Kind.HISTORY)
        .select_related("comment")
        .order_by("pk")[:_AT_ONCE]
    )
    left = 0
    for concern in waiting:
        by = Actor.system(concern.organisation_id, "concerns")
        left += not take_up_concern(concern, by=by, at=now)
    return left
