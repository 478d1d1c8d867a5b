"""Changing rules, priorities and policy: always a new version, with its author and its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.measures.clocks import zone_named
from wellheard.people.places.models import Organisation
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.actions.timing import recount
from wellheard.resolve.complaints.models import (
    Case,
    Delegation,
    HandlingPolicy,
    PriorityVersion,
    RulePackVersion,
)
from wellheard.resolve.complaints.models.rulebook import Version
from wellheard.resolve.complaints.queries.rulebook import pack_code, pack_in_force
from wellheard.resolve.complaints.rules.closing import CLOSING_CHECKS
from wellheard.resolve.complaints.rules.packs import PackError, read_pack
from wellheard.resolve.complaints.rules.priority import read_priority, tier_of

AnyVersion = TypeVar("AnyVersion", bound=Version)


def kept_pack(organisation: Organisation, *, by: Actor, at: datetime) -> RulePackVersion:
    """The rules in force for cases opened now; the shipped edition is kept as version 1."""
    today = at.astimezone(zone_named(organisation.zone)).date()
    kept = pack_in_force(organisation, today)
    if kept is not None:
        return kept
    data = rulebook.shipped(pack_code(organisation))
    with acting(by, at=at) as trail:
        return _new_pack(organisation, data, "Shipped with Wellheard", by, at, trail, since=today)


def change_rule_pack(
    *, organisation: Organisation, data: dict[str, Any], reason: str, by: Actor, at: datetime
) -> RulePackVersion:
    """Keep a new version; cases that are open stay under the version they were opened with.

    Raises PackError when the pack is not complete, names what does not exist, or when no reason
    is given.
    """
    pack = read_pack(data)
    if pack.code != pack_code(organisation):
        raise PackError(f"this pack is for {pack.code}")
    if unknown := {need.check for need in pack.closing_needs} - CLOSING_CHECKS:
        raise PackError(f"there is no closing check {min(unknown)}")
    with acting(by, at=at) as trail:
        kept_pack(organisation, by=by, at=at)
        return _new_pack(organisation, data, _reason(reason), by, at, trail)


def roll_back_rule_pack(
    *, organisation: Organisation, number: int, reason: str, by: Actor, at: datetime
) -> RulePackVersion:
    """Put an earlier version back, as a new one. Raises RulePackVersion.DoesNotExist."""
    with acting(by, at=at) as trail:
        old = RulePackVersion.objects.get(
            organisation=organisation, pack=pack_code(organisation), number=number
        )
        today = at.astimezone(zone_named(organisation.zone)).date()
        return _new_pack(
            organisation, old.data, _reason(reason), by, at, trail, since=today, restores=number
        )


def _new_pack(
    organisation: Organisation,
    data: dict[str, Any],
    reason: str,
    by: Actor,
    at: datetime,
    trail: Trail,
    *,
    since: date | None = None,
    restores: int | None = None,
) -> RulePackVersion:
    pack = read_pack(data)
    earlier = RulePackVersion.objects.filter(organisation=organisation, pack=pack.code)
    row = RulePackVersion.objects.create(
        organisation=organisation,
        number=_next(earlier.values_list("number", flat=True)),
        data=data,
        pack=pack.code,
        effective_from=since or pack.effective_from,
        author=f"{by.kind}:{by.ref}",
        author_name=by.name[:200],
        reason=reason,
        at=at,
        restores=restores,
    )
    trail.write("rulepack.changed", row, number=row.number, restores=restores)
    return row


def change_priority_model(
    *, organisation: Organisation, data: dict[str, Any], reason: str, by: Actor, at: datetime
) -> PriorityVersion:
    """Keep a new priority model; queue order and first-reply clocks of open cases follow at once.

    Raises PackError.
    """
    read_priority(data)
    with acting(by, at=at) as trail:
        _keep_shipped_priority(organisation, by, at)
        row = _new_version(PriorityVersion, organisation, data, _reason(reason), by, at)
        changed = _reprioritise(organisation, row, at, trail)
        trail.write("priority.changed", row, number=row.number, cases=changed)
    return row


def _keep_shipped_priority(organisation: Organisation, by: Actor, at: datetime) -> None:
    """The shipped model becomes version 1, so that there is something to go back to."""
    if not PriorityVersion.objects.filter(organisation=organisation).exists():
        data = rulebook.shipped("priority")
        _new_version(PriorityVersion, organisation, data, "Shipped with Wellheard", by, at)


def roll_back_priority_model(
    *, organisation: Organisation, number: int, reason: str, by: Actor, at: datetime
) -> PriorityVersion:
    """Put an earlier priority model back in force. Raises PriorityVersion.DoesNotExist."""
    old = PriorityVersion.objects.get(organisation=organisation, number=number)
    return change_priority_model(
        organisation=organisation, data=old.data, reason=reason, by=by, at=at
    )


def _reprioritise(
    organisation: Organisation, row: PriorityVersion, at: datetime, trail: Trail
) -> int:
    model, changed = read_priority(row.data), 0
    open_cases = Case.objects.of(organisation.pk).open().select_related("site", "organisation")
    for case in open_cases.prefetch_related("prioritychanges"):
        raised = [change.new for change in list(case.prioritychanges.all())[-1:]]
        case.tier, old = tier_of(case.topic, raised, model), (case.tier, case.rank)
        case.rank = model.rank(case.tier)
        recount(case, at)
        first = case.clocks.running().order_by("due_at").first()
        case.next_due_at = first.due_at if first else None
        case.save(update_fields=["tier", "rank", "next_due_at"])
        if (case.tier, case.rank) != old:
            changed += 1
            trail.write("case.reprioritised", case, old=old[0], new=case.tier)
    return changed


def set_policy(
    *, organisation: Organisation, data: dict[str, Any], reason: str, by: Actor, at: datetime
) -> HandlingPolicy:
    """Keep what the organisation's written policy says. Raises PackError without a reason."""
    with acting(by, at=at) as trail:
        row = _new_version(HandlingPolicy, organisation, data, _reason(reason), by, at)
        trail.write("handling_policy.changed", row, number=row.number)
    return row


def record_delegation(
    *,
    organisation: Organisation,
    committee: str,
    members: Sequence[str],
    document: str,
    valid_from: date,
    valid_until: date | None,
    by: Actor,
    at: datetime,
) -> Delegation:
    """Put the governing body's written delegation on file (CMS-13).

    Raises PackError for fewer than two members: one person is not a committee.
    """
    names = [name.strip() for name in members if name.strip()]
    if len(names) < 2:
        raise PackError("a committee has more than one member")
    with acting(by, at=at) as trail:
        row = Delegation.objects.create(
            organisation=organisation,
            committee=committee,
            members=names,
            document=document,
            valid_from=valid_from,
            valid_until=valid_until,
            by_ref=f"{by.kind}:{by.ref}",
            at=at,
        )
        trail.write("delegation.recorded", row, members=len(names))
    return row


def _new_version(
    model: type[AnyVersion],
    organisation: Organisation,
    data: dict[str, Any],
    reason: str,
    by: Actor,
    at: datetime,
) -> AnyVersion:
    earlier = model._default_manager.filter(organisation=organisation)
    row = model(
        organisation=organisation,
        number=_next(earlier.values_list("number", flat=True)),
        data=data,
        author=f"{by.kind}:{by.ref}",
        author_name=by.name[:200],
        reason=reason,
        at=at,
    )
    row.save(force_insert=True)
    return row


def _next(numbers: Any) -> int:
    return max(numbers, default=0) + 1


def _reason(reason: str) -> str:
    if not reason.strip():
        raise PackError("say why, in one sentence")
    return reason.strip()[:500]
