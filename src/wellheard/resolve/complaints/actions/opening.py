"""Opening a case: from something said to an owner, a class, clocks and a page to follow it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.base.vault.sealing import digest, new_token
from wellheard.listen.intake.actions import decide_comment
from wellheard.listen.intake.models import Comment
from wellheard.listen.intake.queries import comment as read_comment
from wellheard.listen.intake.queries import tellings
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.actions.assigning import first_owner
from wellheard.resolve.complaints.actions.changing import step
from wellheard.resolve.complaints.actions.rulebook import kept_pack
from wellheard.resolve.complaints.actions.timing import start_clocks
from wellheard.resolve.complaints.models import (
    Assignment,
    Case,
    CaseComment,
    CaseName,
    Classification,
    PriorityChange,
)
from wellheard.resolve.complaints.queries.follow_up import FOLLOW
from wellheard.resolve.complaints.queries.names import name_digests
from wellheard.resolve.complaints.queries.rulebook import pack_of, priority_in_force
from wellheard.resolve.complaints.rules.classify import classify
from wellheard.resolve.complaints.rules.facts import CaseFacts
from wellheard.resolve.complaints.rules.priority import tier_of, topic_of

_CHANNELS = {"paper": "card"}
_SPOKEN = frozenset({"phone", "in_person"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """What is known when a case is opened beyond the comment itself.

    `tier` and `reasons` come from a concern; `facts` holds what a form or a call-taker knows and
    the comment does not say (keys of CaseFacts).
    """

    kind: str = "complaint"
    tier: str = ""
    reasons: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    complainant_name: str = ""
    about_name: str = ""
    confidential: bool = False
    sensitivity: str = ""


def open_case(
    *, comment_id: int, new: NewCase | None = None, by: Actor, at: datetime
) -> tuple[Case, bool]:
    """The case in which this comment is handled, and whether it was opened now.

    Repeating it changes nothing. A copy of something that already has a case joins that case,
    which then counts once. Raises Comment.DoesNotExist, NoOwnerError.
    """
    new = new or NewCase()
    with acting(by, at=at) as trail:
        comment = read_comment(comment_id)
        if comment.organisation_id != by.organisation_id:
            raise Comment.DoesNotExist(comment_id)
        known = case_of_telling(comment)
        if known is not None:
            join(known, comment, by, at, trail)
            return known, False
        case = _opened(comment, new, by, at, trail)
        trail.publish("resolve.case_opened", case_id=case.pk)
    return case, True


def case_of_telling(comment: Comment) -> Case | None:
    """The case that already handles this comment, or something it is a copy of."""
    told = [each.pk for each in tellings(comment)]
    said = (
        CaseComment.objects.filter(comment_id__in={comment.pk, *told})
        .select_related("case")
        .order_by("case__closed_at", "pk")
    )
    row = next((r for r in said if r.comment_id == comment.pk), None) or said.first()
    return row.case if row else None


def join(case: Case, comment: Comment, by: Actor, at: datetime, trail: Trail) -> None:
    """Put another telling of the same matter into its case."""
    _, is_new = CaseComment.objects.get_or_create(
        comment=comment,
        defaults={
            "organisation_id": case.organisation_id,
            "case": case,
            "part": CaseComment.Part.REPEAT,
            "at": at,
        },
    )
    if is_new:
        trail.write("case.told_again", case, comment=comment.pk, source=comment.source)


def _opened(comment: Comment, new: NewCase, by: Actor, at: datetime, trail: Trail) -> Case:
    pack = kept_pack(comment.organisation, by=by, at=at)
    facts = facts_of(comment, new)
    case = case_row(comment, new, facts, at)
    case.pack = pack
    decided = classify(facts, pack_of(case))
    case.klass = "inquiry" if new.kind == Case.Kind.INQUIRY else decided.klass
    _prioritise(case, new, facts)
    owner_id, rule = first_owner(case, at)
    case.owner_id = owner_id
    case.save(force_insert=True)
    _first_rows(case, comment, new, facts, decided.decided_by, decided.fired, rule, by, at)
    start_clocks(case, case.received_at)
    _note_next_due(case)
    decide_comment(comment_id=comment.pk, kind="case", by=by, at=at)
    trail.write(
        "case.opened",
        case,
        klass=case.klass,
        tier=case.tier,
        owner=owner_id,
        rule=rule,
        fired=list(decided.fired),
        pack=pack.pk,
    )
    return case


def facts_of(comment: Comment, new: NewCase) -> CaseFacts:
    """What a comment says about its own handling, with what a form or call-taker added."""
    channel = _CHANNELS.get(comment.source, comment.source)
    subjects = dict.fromkeys([*new.facts.get("subjects", ()), *subjects_of(new.reasons)])
    given = {key: value for key, value in new.facts.items() if key != "subjects"}
    said: dict[str, Any] = {
        "channel": channel,
        "written": channel not in _SPOKEN,
        "anonymous": comment.patient_id is None,
        "complainant": "unknown",
        "response_requested": comment.wants_reply,
        "subjects": tuple(subjects),
    }
    return CaseFacts(**(said | given))


def subjects_of(reasons: Iterable[str]) -> list[str]:
    """The subjects that the reasons of a concern mean."""
    known = rulebook.routing().reason_subjects
    return [known[reason] for reason in reasons if reason in known]


def case_row(comment: Comment, new: NewCase, facts: CaseFacts, at: datetime) -> Case:
    """The row of a case, not yet kept: who, where, what it is about, its follow secret."""
    secret = new_token()
    return Case(
        organisation=comment.organisation,
        site=comment.site,
        place=comment.place,
        patient=comment.patient,
        comment=comment,
        reference=comment.reference,
        kind=new.kind,
        channel=facts.channel,
        language=_language(comment),
        complainant=facts.complainant,
        complainant_name=new.complainant_name,
        about_name=new.about_name,
        received_at=comment.received_at,
        opened_at=at,
        confidential=new.confidential,
        sensitivity=new.sensitivity,
        secret=secret,
        secret_digest=digest(secret, FOLLOW),
    )


def _language(comment: Comment) -> str:
    if comment.language:
        return comment.language
    return comment.patient.language if comment.patient and comment.patient.language else "en"


def _prioritise(case: Case, new: NewCase, facts: CaseFacts) -> None:
    model = priority_in_force(case.organisation_id)
    case.topic = topic_of(case.kind, facts.subjects, model)
    raised = [model.concern_tiers[new.tier]] if new.tier in model.concern_tiers else []
    case.tier = tier_of(case.topic, raised, model)
    case.rank = model.rank(case.tier)


def _first_rows(
    case: Case,
    comment: Comment,
    new: NewCase,
    facts: CaseFacts,
    decided_by: str,
    fired: tuple[str, ...],
    rule: str,
    by: Actor,
    at: datetime,
) -> None:
    CaseComment.objects.create(
        organisation_id=case.organisation_id,
        case=case,
        comment=comment,
        part=CaseComment.Part.FIRST,
        at=at,
    )
    step(
        Classification,
        case,
        by,
        at,
        facts=facts.as_dict(),
        klass=case.klass,
        decided_by=decided_by,
        fired=list(fired),
        agreed_at=at,
    )
    step(Assignment, case, by, at, owner_id=case.owner_id, rule=rule)
    if new.tier:
        step(PriorityChange, case, by, at, old="", new=case.tier, reasons=list(new.reasons))
    digests = name_digests(case)
    CaseName.objects.bulk_create([CaseName(case=case, digest=one) for one in digests])


def _note_next_due(case: Case) -> None:
    first = case.clocks.running().order_by("due_at").first()
    case.next_due_at = first.due_at if first else None
    case.save(update_fields=["next_due_at"])
