"""Taking over a register of past complaints, from an earlier system or a former year.

What was settled elsewhere is entered as it stands there: when it came, when it was acknowledged
and closed, and how. Nothing is sent and no deadline is escalated; the register, its totals and
its times are complete from the first day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.tables.bulk import insert_objects
from wellheard.listen.intake.models import Comment
from wellheard.people.places.models import Organisation
from wellheard.resolve.complaints.actions.assigning import first_owner
from wellheard.resolve.complaints.actions.opening import NewCase, case_row, facts_of
from wellheard.resolve.complaints.actions.rulebook import kept_pack
from wellheard.resolve.complaints.actions.timing import clock_row, clocks_from
from wellheard.resolve.complaints.models import (
    Acknowledgement,
    Assignment,
    Case,
    CaseComment,
    Classification,
    Clock,
    Closure,
    Issue,
    IssueOutcome,
    RulePackVersion,
)
from wellheard.resolve.complaints.models.step import Step
from wellheard.resolve.complaints.queries.rulebook import pack_of, priority_in_force
from wellheard.resolve.complaints.rules.classify import Classified, classify
from wellheard.resolve.complaints.rules.facts import CaseFacts
from wellheard.resolve.complaints.rules.priority import PriorityModel, tier_of, topic_of

AnyStep = TypeVar("AnyStep", bound=Step)
_AT_ONCE = 400
_RULE = "taken over"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCase:
    """A settled complaint. ``outcome`` and ``reason`` are codes of the rule pack; ``satisfied``:
    yes, no or unknown; ``way``: how it was acknowledged (phone, post, page, in_person)."""

    comment_id: int
    acknowledged_at: datetime
    closed_at: datetime
    way: str = "phone"
    outcome: str = "explained"
    reason: str = "satisfied"
    satisfied: str = "unknown"
    complainant_name: str = ""


def take_over_cases(past: Sequence[PastCase], *, by: Actor, at: datetime) -> int:
    """Enter settled cases; those whose comment has a case already are left alone. How many.

    All or none. Raises ValueError when one was closed before it came or after ``at``.
    """
    with acting(by, at=at) as trail:
        known = set(Case.objects.of(by.organisation_id).values_list("comment_id", flat=True))
        fresh = [each for each in past if each.comment_id not in known]
        owners: dict[tuple[Any, ...], int] = {}
        for start in range(0, len(fresh), _AT_ONCE):
            for case in _enter(fresh[start : start + _AT_ONCE], owners, by, at):
                trail.write("case.taken_over", case, ending=case.ending)
    return len(fresh)


@dataclass(slots=True)
class _Entry:
    """One case on its way into the register."""

    past: PastCase
    case: Case
    facts: CaseFacts
    decided: Classified
    model: PriorityModel


@dataclass(frozen=True, slots=True)
class _Rules:
    """What holds for all of them: they are taken over now, under the rules of now."""

    pack: RulePackVersion
    model: PriorityModel


def _rules(by: Actor, at: datetime) -> _Rules:
    organisation = Organisation.objects.get(pk=by.organisation_id)
    return _Rules(kept_pack(organisation, by=by, at=at), priority_in_force(organisation.pk))


def _enter(
    past: Sequence[PastCase], owners: dict[tuple[Any, ...], int], by: Actor, at: datetime
) -> list[Case]:
    comments = (
        Comment.objects.filter(organisation_id=by.organisation_id)
        .select_related("organisation", "site", "place__site", "patient")
        .in_bulk([each.comment_id for each in past])
    )
    rules = _rules(by, at)
    entries = [_entry(each, comments[each.comment_id], owners, rules, at) for each in past]
    ids = insert_objects([entry.case for entry in entries])
    for pk, entry in zip(ids, entries, strict=True):
        entry.case.pk = pk
    _keep_steps(entries, by)
    return [entry.case for entry in entries]


def _entry(
    past: PastCase,
    comment: Comment,
    owners: dict[tuple[Any, ...], int],
    rules: _Rules,
    at: datetime,
) -> _Entry:
    if not comment.received_at <= past.closed_at <= at:
        raise ValueError(f"comment {comment.pk}: closed before it came, or later than now")
    new = NewCase(complainant_name=past.complainant_name)
    facts = facts_of(comment, new)
    case = case_row(comment, new, facts, comment.received_at)
    case.pack, model = rules.pack, rules.model
    decided = classify(facts, pack_of(case))
    case.klass = decided.klass
    case.topic = topic_of(case.kind, facts.subjects, model)
    case.tier = tier_of(case.topic, [], model)
    case.rank = model.rank(case.tier)
    where = (case.site_id, case.place_id, case.klass, case.tier)
    if where not in owners:
        owners[where] = first_owner(case, at)[0]
    case.owner_id = owners[where]
    case.taken_at = case.acknowledged_at = past.acknowledged_at
    case.answered_at = case.closed_at = past.closed_at
    case.ending = past.reason
    return _Entry(past, case, facts, decided, model)


def _keep_steps(entries: Sequence[_Entry], by: Actor) -> None:
    insert_objects([_said(entry) for entry in entries])
    insert_objects([_classified(entry, by) for entry in entries])
    insert_objects([_assigned(entry, by) for entry in entries])
    insert_objects([_acknowledged(entry, by) for entry in entries])
    issues = [_step(Issue, e, by, e.past.acknowledged_at, number=1, words="") for e in entries]
    ids = insert_objects(issues)
    outcomes = [
        _step(
            IssueOutcome,
            entry,
            by,
            entry.past.closed_at,
            issue_id=issue_id,
            outcome=entry.past.outcome,
            finding="",
        )
        for issue_id, entry in zip(ids, entries, strict=True)
    ]
    insert_objects(outcomes)
    insert_objects([_closed(entry, by) for entry in entries])
    insert_objects(_clocks(entries))


def _said(entry: _Entry) -> CaseComment:
    return CaseComment(
        organisation_id=entry.case.organisation_id,
        case_id=entry.case.pk,
        comment_id=entry.case.comment_id,
        part=CaseComment.Part.FIRST,
        at=entry.case.received_at,
    )


def _classified(entry: _Entry, by: Actor) -> Classification:
    return _step(
        Classification,
        entry,
        by,
        entry.case.received_at,
        facts=entry.facts.as_dict(),
        klass=entry.case.klass,
        decided_by=entry.decided.decided_by,
        fired=list(entry.decided.fired),
        agreed_at=entry.case.received_at,
    )


def _assigned(entry: _Entry, by: Actor) -> Assignment:
    owner_id = entry.case.owner_id
    return _step(Assignment, entry, by, entry.case.received_at, owner_id=owner_id, rule=_RULE)


def _acknowledged(entry: _Entry, by: Actor) -> Acknowledgement:
    return _step(
        Acknowledgement,
        entry,
        by,
        entry.past.acknowledged_at,
        way=entry.past.way,
        language=entry.case.language,
    )


def _closed(entry: _Entry, by: Actor) -> Closure:
    return _step(
        Closure,
        entry,
        by,
        entry.past.closed_at,
        number=1,
        reason=entry.past.reason,
        satisfied=entry.past.satisfied,
        told_at=entry.past.closed_at,
    )


def _clocks(entries: Iterable[_Entry]) -> list[Clock]:
    """The clocks each case would have had, stopped by what was done."""
    rows = []
    for entry in entries:
        for due in clocks_from(entry.case, entry.case.received_at, model=entry.model):
            clock = clock_row(entry.case, due)
            told = clock.code in {"acknowledge", "first_reply", "review"}
            clock.met_at = entry.past.acknowledged_at if told else entry.past.closed_at
            clock.late_at = clock.due_at if clock.met_at >= clock.due_at else None
            rows.append(clock)
    return rows


def _step(model: type[AnyStep], entry: _Entry, by: Actor, at: datetime, **fields: Any) -> AnyStep:
    return model(
        organisation_id=entry.case.organisation_id,
        case_id=entry.case.pk,
        at=at,
        by_kind=by.kind,
        by_ref=by.ref,
        by_name=by.name[:200],
        **fields,
    )
