"""Working on a case: the complainant's view first, then issues, findings, contact and notes."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.resolve.complaints.actions.changing import (
    NotAllowedError,
    changing,
    must_be_open,
    step,
)
from wellheard.resolve.complaints.actions.timing import meet, start_promised
from wellheard.resolve.complaints.models import (
    Case,
    ContactAttempt,
    HandlingPlan,
    Issue,
    IssueOutcome,
    Note,
    NoteAmendment,
    Perspective,
    PromptAnswer,
    SafetyReview,
)
from wellheard.resolve.complaints.queries.rulebook import pack_of
from wellheard.resolve.complaints.queries.team import named_in
from wellheard.resolve.complaints.rules.words import read_words


def add_note(*, case_id: int, words: str, private: bool = True, by: Actor, at: datetime) -> Note:
    """Keep a note of the team. Raises EmptyWordsError, TooManyWordsError."""
    text = read_words(words)
    with changing(case_id, by=by, at=at) as (case, trail):
        note = step(Note, case, by, at, words=text, private=private)
        trail.write("case.note_added", case, note=note.pk, words=len(text))
    return note


def amend_note(*, note_id: int, words: str, why: str, by: Actor, at: datetime) -> NoteAmendment:
    """Say what a note should say. The note itself stays as it was written.

    Raises Note.DoesNotExist, EmptyWordsError.
    """
    text, reason = read_words(words), read_words(why)
    note = Note.objects.get(pk=note_id, organisation_id=by.organisation_id)
    with changing(note.case_id, by=by, at=at) as (case, trail):
        row = step(NoteAmendment, case, by, at, note=note, words=text, why=reason)
        trail.write("case.note_amended", case, note=note.pk, amendment=row.pk)
    return row


def record_perspective(
    *,
    case_id: int,
    words: str,
    wish: str = "",
    confirmed: bool = False,
    by: Actor,
    at: datetime,
) -> Perspective:
    """Write down how the person sees it and what they wish for; before our own view (C18)."""
    text = read_words(words)
    with changing(case_id, by=by, at=at) as (case, trail):
        must_be_open(case)
        row = step(Perspective, case, by, at, words=text, wish=wish.strip(), confirmed=confirmed)
        trail.write("case.perspective_recorded", case, words=len(text), confirmed=confirmed)
    return row


def add_issue(
    *,
    case_id: int,
    words: str,
    category: str = "",
    severity: int | None = None,
    stage: str = "",
    by: Actor,
    at: datetime,
) -> Issue:
    """Add one thing the person raised. Raises EmptyWordsError, CaseClosedError."""
    text = read_words(words)
    with changing(case_id, by=by, at=at) as (case, trail):
        must_be_open(case)
        last = case.issues.aggregate(last=Max("number"))["last"] or 0
        issue = step(
            Issue,
            case,
            by,
            at,
            number=last + 1,
            words=text,
            category=category,
            severity=severity,
            stage=stage,
        )
        trail.write("case.issue_added", case, issue=issue.pk, category=category, severity=severity)
    return issue


def decide_issue(
    *,
    issue_id: int,
    outcome: str,
    finding: str,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> IssueOutcome:
    """Record what we found on one issue.

    Raises NotAllowedError while the complainant's view is not written down (C18), or when the
    one who decides is named in the case (C10); EmptyWordsError, StaleCaseError.
    """
    text = read_words(finding)
    issue = Issue.objects.get(pk=issue_id, organisation_id=by.organisation_id)
    with changing(issue.case_id, by=by, at=at, seen=seen) as (case, trail):
        must_be_open(case)
        must_hear_first(case)
        must_not_be_named(case, by)
        if outcome not in {choice.code for choice in pack_of(case).outcomes}:
            raise NotAllowedError("Choose an outcome.")
        row = step(IssueOutcome, case, by, at, issue=issue, outcome=outcome, finding=text)
        trail.write("case.issue_decided", case, issue=issue.pk, outcome=outcome)
    return row


def must_hear_first(case: Case) -> None:
    """Raise NotAllowedError while nobody has written down how the person sees it."""
    if not case.perspectives.exists():
        raise NotAllowedError("Write down how the person sees it, before our view.")


def must_not_be_named(case: Case, by: Actor) -> None:
    """Raise NotAllowedError for somebody the complaint is about."""
    if by.kind == "staff" and int(by.ref) in named_in(case):
        raise NotAllowedError("You are named in this case, so somebody else decides it.")


def record_contact(
    *, case_id: int, way: str, reached: bool, words: str = "", by: Actor, at: datetime
) -> ContactAttempt:
    """Note a call, visit or message by a person of ours, and whether it reached anybody."""
    with changing(case_id, by=by, at=at) as (case, trail):
        row = step(ContactAttempt, case, by, at, way=way, reached=reached, words=words.strip())
        if reached:
            meet(case, "contact", at)
        trail.write("case.contact_recorded", case, way=way, reached=reached)
    return row


def record_plan(
    *,
    case_id: int,
    accepted: bool,
    days: int | None = None,
    plan: str = "",
    by: Actor,
    at: datetime,
) -> HandlingPlan:
    """Note the offered talk about handling and the period told to the person (ENG-08, ENG-11).

    The period starts its own clock: it is a promise.
    """
    with changing(case_id, by=by, at=at) as (case, trail):
        must_be_open(case)
        row = step(HandlingPlan, case, by, at, accepted=accepted, days=days, plan=plan.strip())
        meet(case, "handling_plan", at)
        start_promised(case, "handling_plan", days or 0, at)
        trail.write("case.plan_recorded", case, accepted=accepted, days=days)
    return row


def record_safety_review(
    *,
    case_id: int,
    safe_now: bool,
    done: str,
    incident_reference: str = "",
    by: Actor,
    at: datetime,
) -> SafetyReview:
    """Note that somebody looked at possible danger; an unsafe answer does not meet the clock."""
    text = read_words(done)
    with changing(case_id, by=by, at=at) as (case, trail):
        row = step(
            SafetyReview,
            case,
            by,
            at,
            safe_now=safe_now,
            done=text,
            incident_reference=incident_reference.strip()[:60],
        )
        if safe_now:
            meet(case, "review", at)
        trail.write(
            "case.safety_reviewed", case, safe=safe_now, incident=bool(incident_reference.strip())
        )
        trail.publish("resolve.safety_reviewed", case_id=case.pk)
    return row


def answer_prompt(
    *, case_id: int, prompt: str, answer: str, why: str, by: Actor, at: datetime
) -> PromptAnswer:
    """Answer a question of the pack: "done" or "not_needed", with what was done or why not."""
    if answer not in {"done", "not_needed"}:
        raise NotAllowedError("Choose done or not needed.")
    text = read_words(why)
    with changing(case_id, by=by, at=at) as (case, trail):
        if prompt not in {asked.code for asked in pack_of(case).prompts}:
            raise NotAllowedError("The rules ask no such question.")
        row = step(PromptAnswer, case, by, at, prompt=prompt, answer=answer, why=text)
        trail.write("case.prompt_answered", case, prompt=prompt, answer=answer)
    return row


def mark_confidential(
    *, case_id: int, confidential: bool, sensitivity: str = "", why: str, by: Actor, at: datetime
) -> None:
    """Shut a case to all but those who need to know, or open it again; the reason is audited."""
    reason = read_words(why)
    with changing(case_id, by=by, at=at) as (case, trail):
        case.confidential = confidential
        case.sensitivity = sensitivity[:24]
        step(Note, case, by, at, words=reason, private=True)
        trail.write("case.confidential", case, on=confidential, label=sensitivity[:24])


def mark_seen_by_owner(*, case_id: int, user_id: int, by: Actor, at: datetime) -> int:
    """Note that somebody saw what was escalated to them. How many."""
    with acting(by, at=at) as trail:
        waiting = Case.objects.get(pk=case_id, organisation_id=by.organisation_id).escalations
        count = waiting.filter(to_id=user_id, seen_at__isnull=True).update(seen_at=at)
        if count:
            trail.write("case.escalation_seen", ("resolve.case", str(case_id)), count=count)
    return count
