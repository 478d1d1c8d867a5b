"""Possible danger: somebody is called within minutes, and the call climbs until it is answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail
from wellheard.resolve.complaints.actions.changing import changing, step
from wellheard.resolve.complaints.models import Case, Page
from wellheard.resolve.complaints.queries.rulebook import priority_in_force
from wellheard.resolve.complaints.queries.team import holders, named_in, on_call_at
from wellheard.resolve.complaints.rules.priority import Rung


def page_on_call(*, case_id: int, by: Actor, at: datetime) -> list[Page]:
    """Call whoever the ladder of the case's tier names by now; safe to repeat.

    The first rung is called at once, the next ones when nobody has answered in time.
    """
    with changing(case_id, by=by, at=at) as (case, trail):
        ladder = priority_in_force(case.organisation_id).tiers[case.tier].pages
        if not ladder or not case.is_open or is_answered(case):
            return []
        since = _paged_since(case) or at
        reached = [number for number, rung in enumerate(ladder) if at >= since + rung.after]
        called = [number for number in reached if not case.pages.filter(rung=number).exists()]
        return [page for number in called for page in _call(case, number, ladder, by, at, trail)]


def answer_page(*, case_id: int, by: Actor, at: datetime) -> int:
    """Note that somebody who was called has taken it: the climbing stops. How many calls it was."""
    with changing(case_id, by=by, at=at) as (case, trail):
        mine = case.pages.filter(to_id=int(by.ref), answered_at__isnull=True)
        count = mine.update(answered_at=at)
        if count:
            trail.write("case.page_answered", case, count=count)
    return count


def is_answered(case: Case) -> bool:
    """Whether somebody took the call, or the review of the danger is already done."""
    answered = case.pages.filter(answered_at__isnull=False).exists()
    return answered or case.safetyreviews.exists()


def _paged_since(case: Case) -> datetime | None:
    first = case.pages.order_by("at").first()
    return first.at if first else None


def _call(
    case: Case, number: int, ladder: tuple[Rung, ...], by: Actor, at: datetime, trail: Trail
) -> list[Page]:
    rung = ladder[number]
    case.pages.filter(rung__lt=number, passed_on_at__isnull=True).update(passed_on_at=at)
    pages = [
        step(Page, case, by, at, to_id=user_id, rung=number, answer_by=at + rung.answer_within)
        for user_id in _called(case, rung.to, at)
    ]
    for page in pages:
        trail.write("case.paged", case, to=page.to_id, rung=number)
        trail.publish("resolve.staff_paged", case_id=case.pk, user_id=page.to_id)
    return pages


def _called(case: Case, role: str, at: datetime) -> list[int]:
    """Whom a rung means; nobody on call means the owner, so that no call goes to nobody."""
    if role == "on_call":
        found = on_call_at(case.organisation_id, case.site, at)
    else:
        found = holders(case.organisation_id, role, case.site, case.place, at)
    able = [user_id for user_id in dict.fromkeys(found) if user_id not in named_in(case)]
    return able or [case.owner_id]


def overdue_pages(now: datetime, since: timedelta = timedelta(days=2)) -> list[int]:
    """Cases with a call nobody has answered in its time."""
    late = Page.objects.filter(
        answered_at__isnull=True, at__gte=now - since, case__closed_at__isnull=True
    )
    return list(late.values_list("case_id", flat=True).distinct())
