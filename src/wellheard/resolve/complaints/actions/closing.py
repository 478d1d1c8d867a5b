"""Closing, undoing, reopening, withdrawing, and hearing how the handling felt."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail
from wellheard.measures.clocks import calendar_days_after
from wellheard.resolve.complaints.actions.acknowledging import reachable, send_about
from wellheard.resolve.complaints.actions.changing import (
    NotAllowedError,
    changing,
    must_be_open,
    step,
)
from wellheard.resolve.complaints.actions.letters import HOLD, take_back
from wellheard.resolve.complaints.actions.timing import (
    clocks_from,
    keep_clocks,
    meet,
    stop_clocks,
    unmeet,
)
from wellheard.resolve.complaints.actions.working import must_not_be_named
from wellheard.resolve.complaints.models import (
    Case,
    Closure,
    HandlingRating,
    LetterDispatch,
    Link,
    Reopening,
    Withdrawal,
)
from wellheard.resolve.complaints.queries.facts import missing_to_close
from wellheard.resolve.complaints.queries.messages import CLOSED_NOTICE, closed_notice, last_day
from wellheard.resolve.complaints.queries.rulebook import pack_of
from wellheard.resolve.complaints.rules.closing import Missing


class NotReadyToCloseError(Exception):
    """The case may not close yet; `missing` says what stands between."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        super().__init__(", ".join(item.check for item in missing))
        self.missing = missing


def close_case(
    *,
    case_id: int,
    reason: str,
    satisfied: str = "unknown",
    why: str = "",
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> Closure:
    """Close a case that has everything its rule pack asks for.

    Of two who close the same case, exactly one does: the other gets StaleCaseError or
    CaseClosedError. Raises NotReadyToCloseError, NotAllowedError.
    """
    with changing(case_id, by=by, at=at, seen=seen) as (case, trail):
        must_be_open(case)
        must_not_be_named(case, by)
        if reason not in {choice.code for choice in pack_of(case).closing_reasons}:
            raise NotAllowedError("Choose how this case ends.")
        missing = missing_to_close(case, at, reason=reason, why=why)
        if missing:
            raise NotReadyToCloseError(missing)
        return _close(case, reason, satisfied, why, by, at, trail)


def _close(
    case: Case, reason: str, satisfied: str, why: str, by: Actor, at: datetime, trail: Trail
) -> Closure:
    number = (case.closures.aggregate(last=Max("number"))["last"] or 0) + 1
    closure = step(
        Closure, case, by, at, number=number, reason=reason, satisfied=satisfied, why=why.strip()
    )
    meet(case, "closure", at)
    stop_clocks(case, at)
    case.closed_at, case.ending, case.snoozed_until = at, reason, None
    trail.write("case.closed", case, reason=reason, number=number)
    trail.publish("resolve.case_closed", case_id=case.pk)
    return closure


def undo_closure(*, case_id: int, by: Actor, at: datetime) -> Reopening:
    """Take back a closure within seconds, with the letter that was released with it.

    It leaves no trace in the figures: the rows stay, marked as undone. Raises NotAllowedError
    when the time is over or somebody else closed it.
    """
    with changing(case_id, by=by, at=at) as (case, trail):
        closure = standing_closure(case)
        if closure is None or closure.by_ref != by.ref or at - closure.at > HOLD:
            raise NotAllowedError("The time to undo is over. You can reopen the case instead.")
        row = step(Reopening, case, by, at, closure=closure, kind=Reopening.Kind.UNDO)
        unmeet(case, closure.at)
        for sent in _released_just_before(case, closure, at):
            take_back(case, sent, at, trail)
        case.closed_at, case.ending = None, ""
        trail.write("case.closure_undone", case, number=closure.number)
    return row


def _released_just_before(case: Case, closure: Closure, at: datetime) -> list[LetterDispatch]:
    held = case.letterdispatchs.filter(
        left_at__isnull=True, called_back_at__isnull=True, hold_until__gt=at
    )
    return list(held.filter(at__gte=closure.at - timedelta(seconds=1)).select_related("letter"))


def standing_closure(case: Case) -> Closure | None:
    """The closure that holds now; None for an open case."""
    found: Closure | None = case.closures.filter(reopening__isnull=True).order_by("-number").first()
    return found


def reopen_case(
    *, case_id: int, why: str, kind: str = "staff", by: Actor, at: datetime
) -> Reopening:
    """Take a closed case up again; its clocks start anew and it goes to the top of its tier.

    The person may do it within the days the pack gives. Raises NotAllowedError.
    """
    with changing(case_id, by=by, at=at) as (case, trail):
        closure = standing_closure(case)
        if closure is None:
            raise NotAllowedError("The case is open.")
        if kind == Reopening.Kind.PERSON and at >= reopen_until(case, closure):
            raise NotAllowedError("The time to reopen is over.")
        row = step(Reopening, case, by, at, closure=closure, kind=kind, why=why.strip())
        case.closed_at, case.ending, case.answered_at = None, "", None
        case.reopened_at, case.same_as = at, None
        keep_clocks(case, clocks_from(case, at))
        trail.write("case.reopened", case, kind=kind, number=closure.number)
        trail.publish("resolve.case_reopened", case_id=case.pk)
    return row


def reopen_until(case: Case, closure: Closure) -> datetime:
    """The first moment at which the person can no longer reopen by themselves."""
    return calendar_days_after(closure.at, pack_of(case).reopen_within_days, zone=case.zone)


def withdraw_case(*, case_id: int, why: str = "", by: Actor, at: datetime) -> Withdrawal:
    """End a case because the person wishes it. Danger is still reviewed by staff.

    Raises NotReadyToCloseError, CaseClosedError.
    """
    with changing(case_id, by=by, at=at) as (case, trail):
        must_be_open(case)
        row = step(Withdrawal, case, by, at, why=why.strip())
        trail.write("case.withdrawn", case)
        if not missing_to_close(case, at, reason="withdrawn"):
            _close(case, "withdrawn", "unknown", "", by, at, trail)
    return row


def link_case(
    *, case_id: int, first_id: int, why: str, by: Actor, at: datetime, seen: int | None = None
) -> Link:
    """Say that this case is the same matter as an earlier one: it closes and counts once.

    Raises NotAllowedError, CaseClosedError, Case.DoesNotExist.
    """
    first = Case.objects.get(pk=first_id, organisation_id=by.organisation_id)
    first = first.same_as or first
    with changing(case_id, by=by, at=at, seen=seen) as (case, trail):
        must_be_open(case)
        if case.pk == first.pk:
            raise NotAllowedError("A case is not its own copy.")
        row = step(Link, case, by, at, other=first, why=why.strip())
        case.same_as = first
        trail.write("case.linked", case, first=first.pk)
        _close(case, "duplicate", "unknown", why, by, at, trail)
    return row


def rate_handling(
    *,
    case_id: int,
    respect: int,
    process: int,
    outcome: int,
    words: str = "",
    by: Actor,
    at: datetime,
) -> HandlingRating:
    """Keep how the handling felt; once per closure. Raises NotAllowedError."""
    with changing(case_id, by=by, at=at) as (case, trail):
        closure = standing_closure(case)
        if closure is None:
            raise NotAllowedError("The case is not closed.")
        if HandlingRating.objects.filter(closure=closure).exists():
            raise NotAllowedError("You have already told us. Thank you.")
        row = step(
            HandlingRating,
            case,
            by,
            at,
            closure=closure,
            respect=respect,
            process=process,
            outcome=outcome,
            words=words.strip()[:5000],
        )
        # Totals are read by questions, never from the trail: no mark stands here.
        trail.write("case.handling_rated", case)
    return row


def tell_closed(now: datetime) -> None:
    """Periodic work: tell people that we have finished, once the time to undo is over."""
    waiting = Closure.objects.filter(
        told_at__isnull=True, reopening__isnull=True, at__lte=now - HOLD
    ).exclude(reason="duplicate")
    for closure in waiting.order_by("pk")[:500]:
        _tell(closure, now)


def _tell(closure: Closure, now: datetime) -> None:
    by = Actor.system(closure.organisation_id, "closures")
    with changing(closure.case_id, by=by, at=now) as (case, trail):
        closure.refresh_from_db()
        if closure.told_at is not None:
            return
        if reachable(case):
            until = last_day(reopen_until(case, closure), case.zone)
            key = f"case:{case.pk}:closed:{closure.number}"
            send_about(case, CLOSED_NOTICE, closed_notice(case, until), key, by, now)
        closure.told_at = now
        closure.save(update_fields=["told_at"])
        trail.write("case.closure_told", case, number=closure.number)
