"""Facts, class and tier: raised freely, lowered only with a second person and a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.actions.changing import (
    NotAllowedError,
    changing,
    must_be_open,
    step,
)
from wellheard.resolve.complaints.actions.timing import recount
from wellheard.resolve.complaints.models import (
    Case,
    Classification,
    PriorityChange,
    ReceiptCorrection,
)
from wellheard.resolve.complaints.queries.facts import facts_now
from wellheard.resolve.complaints.queries.rulebook import pack_of, priority_in_force
from wellheard.resolve.complaints.rules.classify import classify, is_lower
from wellheard.resolve.complaints.rules.facts import read_facts
from wellheard.resolve.complaints.rules.priority import tier_of


def record_facts(
    *,
    case_id: int,
    changes: dict[str, Any],
    why: str = "",
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> Classification:
    """Record new facts and classify again under the case's own pack.

    A higher class holds at once. A lower one waits for the agreement of a second person; without
    a reason it is refused. Raises NotAllowedError, StaleCaseError, CaseClosedError.
    """
    with changing(case_id, by=by, at=at, seen=seen) as (case, trail):
        must_be_open(case)
        facts = read_facts(facts_now(case).as_dict() | changes)
        pack, decided = pack_of(case), classify(facts, pack_of(case))
        klass = "inquiry" if case.kind == Case.Kind.INQUIRY else decided.klass
        lowers = is_lower(klass, case.klass, pack)
        if lowers and not why.strip():
            raise NotAllowedError("Lowering the class needs a reason.")
        row = step(
            Classification,
            case,
            by,
            at,
            facts=facts.as_dict(),
            klass=klass,
            decided_by=decided.decided_by,
            fired=list(decided.fired),
            lowers=lowers,
            why=why,
            agreed_at=None if lowers else at,
        )
        if not lowers:
            _reclass(case, klass, at, trail)
        trail.write(
            "case.facts_recorded", case, klass=klass, waits=lowers, fired=list(decided.fired)
        )
    return row


def agree_to_lowering(
    *, classification_id: int, agree: bool, by: Actor, at: datetime
) -> Classification:
    """Let a second person agree to a lower class, or refuse it.

    Raises NotAllowedError for the one who proposed it or when it is already settled.
    """
    row = Classification.objects.get(pk=classification_id, organisation_id=by.organisation_id)
    with changing(row.case_id, by=by, at=at) as (case, trail):
        row.refresh_from_db()
        if not row.lowers or row.agreed_at or row.refused_at:
            raise NotAllowedError("There is nothing to agree to any more.")
        if row.by_ref == by.ref and row.by_kind == by.kind:
            raise NotAllowedError("A second person has to agree, not the one who asked.")
        if agree:
            row.agreed_at, row.agreed_by, row.agreed_by_name = at, by.ref, by.name[:200]
            _reclass(case, row.klass, at, trail)
        else:
            row.refused_at, row.agreed_by, row.agreed_by_name = at, by.ref, by.name[:200]
        row.save(update_fields=["agreed_at", "agreed_by", "agreed_by_name", "refused_at"])
        trail.write("case.lowering_settled", case, agreed=agree, klass=row.klass)
    return row


def _reclass(case: Case, klass: str, at: datetime, trail: Trail) -> None:
    if klass == case.klass:
        return
    trail.write("case.reclassified", case, old=case.klass, new=klass)
    case.klass = klass
    recount(case, at)


def raise_tier(
    *, case_id: int, concern_tier: str, reasons: tuple[str, ...] = (), by: Actor, at: datetime
) -> bool:
    """Raise the tier to what a concern asks for, and take in what it is about; never lowers.

    An inquiry in which a concern is found becomes a complaint. Whether anything changed.
    """
    with changing(case_id, by=by, at=at) as (case, trail):
        model = priority_in_force(case.organisation_id)
        wanted = model.concern_tiers.get(concern_tier, concern_tier)
        changed = _became_complaint(case, reasons, by, at, trail)
        if model.rank(wanted) < case.rank:
            _set_tier(case, wanted, list(reasons), "", by, at, trail)
            changed = True
    return changed


def change_tier(
    *, case_id: int, tier: str, why: str, seen: int | None = None, by: Actor, at: datetime
) -> None:
    """Set the tier by hand; the reason is kept. Raises NotAllowedError, StaleCaseError."""
    with changing(case_id, by=by, at=at, seen=seen) as (case, trail):
        must_be_open(case)
        if tier not in priority_in_force(case.organisation_id).tiers:
            raise NotAllowedError("There is no such tier.")
        if not why.strip():
            raise NotAllowedError("Say why, in one sentence.")
        _set_tier(case, tier, [], why, by, at, trail)


def _set_tier(
    case: Case, tier: str, reasons: list[str], why: str, by: Actor, at: datetime, trail: Trail
) -> None:
    model = priority_in_force(case.organisation_id)
    old, raised = case.tier, model.rank(tier) < case.rank
    step(PriorityChange, case, by, at, old=old, new=tier, reasons=reasons, why=why)
    case.tier, case.rank = tier, model.rank(tier)
    recount(case, at, tier_since=at if raised else None)
    trail.write("case.tier_changed", case, old=old, new=tier, reasons=reasons)


def _became_complaint(
    case: Case, reasons: tuple[str, ...], by: Actor, at: datetime, trail: Trail
) -> bool:
    from_inquiry = case.kind == Case.Kind.INQUIRY
    facts = facts_now(case)
    subjects = tuple(dict.fromkeys([*facts.subjects, *_subjects(reasons)]))
    if not from_inquiry and subjects == facts.subjects:
        return False
    if from_inquiry:
        case.kind, case.topic = Case.Kind.COMPLAINT, "complaints"
        model = priority_in_force(case.organisation_id)
        case.tier = tier_of(case.topic, [case.tier], model)
        case.rank = model.rank(case.tier)
    new_facts = read_facts(facts.as_dict() | {"subjects": subjects})
    decided = classify(new_facts, pack_of(case))
    lower = not from_inquiry and is_lower(decided.klass, case.klass, pack_of(case))
    klass = case.klass if lower else decided.klass
    step(
        Classification,
        case,
        by,
        at,
        facts=new_facts.as_dict(),
        klass=klass,
        decided_by=decided.decided_by,
        fired=list(decided.fired),
        agreed_at=at,
    )
    _reclass(case, klass, at, trail)
    return True


def _subjects(reasons: tuple[str, ...]) -> list[str]:
    known = rulebook.routing().reason_subjects
    return [known[reason] for reason in reasons if reason in known]


def correct_receipt(
    *, case_id: int, received_at: datetime, why: str, by: Actor, at: datetime
) -> ReceiptCorrection:
    """Put the day of receipt right. Both days stay on file.

    An earlier day makes the clocks earlier. A later day never makes them later: what was due
    stays due, so a breach cannot be hidden by moving a date. Raises NotAllowedError.
    """
    if not why.strip():
        raise NotAllowedError("Say why, in one sentence.")
    if received_at > at:
        raise NotAllowedError("Nothing is received in the future.")
    with changing(case_id, by=by, at=at) as (case, trail):
        row = step(ReceiptCorrection, case, by, at, old=case.received_at, new=received_at, why=why)
        earlier = received_at < case.received_at
        if earlier:
            _count_from(case, received_at, at)
        trail.write("case.receipt_corrected", case, earlier=earlier)
    return row


def _count_from(case: Case, received_at: datetime, at: datetime) -> None:
    old_start = case.received_at
    case.received_at = received_at
    case.clocks.running().filter(starts_at=old_start, due_at__gt=at).update(replaced_at=at)
    recount(case, at)
