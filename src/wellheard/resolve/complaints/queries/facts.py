"""What is recorded about a case: facts, open questions, what is missing to close it."""

from __future__ import annotations

from datetime import datetime

from wellheard.people.patients.queries import open_contacts
from wellheard.resolve.complaints.models import Case, Classification, Letter, PromptAnswer
from wellheard.resolve.complaints.queries.letters import parts_of
from wellheard.resolve.complaints.queries.rulebook import (
    delegation_in_force,
    local_day,
    pack_of,
    policy_in_force,
)
from wellheard.resolve.complaints.rules.classify import prompts_for
from wellheard.resolve.complaints.rules.closing import ClosingFacts, Missing, may_close
from wellheard.resolve.complaints.rules.facts import CaseFacts, read_facts
from wellheard.resolve.complaints.rules.letters import elements_filled
from wellheard.resolve.complaints.rules.packs import Prompt

FEWEST_ATTEMPTS = 2


def facts_now(case: Case) -> CaseFacts:
    """The newest facts that hold (a lowering that still waits does not)."""
    rows = Classification.objects.filter(case=case, agreed_at__isnull=False)
    newest = rows.order_by("-at", "-pk").first()
    if newest is None:
        return CaseFacts(channel=case.channel, written=True)
    return read_facts(newest.facts)


def lowering_waiting(case: Case) -> Classification | None:
    """A lower class that waits for a second person."""
    waiting = Classification.objects.filter(
        case=case, lowers=True, agreed_at__isnull=True, refused_at__isnull=True
    )
    return waiting.order_by("-at").first()


def open_prompts(case: Case) -> list[Prompt]:
    """The questions of the pack that these facts raise and nobody has answered."""
    answered = set(PromptAnswer.objects.filter(case=case).values_list("prompt", flat=True))
    asked = prompts_for(facts_now(case), pack_of(case))
    return [prompt for prompt in asked if prompt.code not in answered]


def missing_to_close(
    case: Case, now: datetime, *, reason: str = "", why: str = ""
) -> tuple[Missing, ...]:
    """What still stands between this case and its closure for `reason`."""
    return may_close(closing_facts(case, now, reason=reason, why=why), pack_of(case))


def closing_facts(case: Case, now: datetime, *, reason: str = "", why: str = "") -> ClosingFacts:
    """What has been done, as the closing rules ask it."""
    pack = pack_of(case)
    letter = released_decision(case)
    issues = list(case.issues.filter(joined=False).prefetch_related("outcomes"))
    waiting = [issue for issue in issues if not issue.outcomes.all()]
    blocking = [prompt for prompt in open_prompts(case) if case.klass in prompt.blocks]
    return ClosingFacts(
        klass=case.klass,
        reason=reason,
        why=why,
        has_owner=case.owner_id is not None,
        acknowledged=case.acknowledged_at is not None,
        reachable=is_reachable(case),
        has_complainant_view=case.perspectives.exists(),
        issues=len(issues),
        issues_open=tuple(f"issue {issue.number}" for issue in waiting),
        decision_elements=(
            elements_filled(parts_of(letter), pack.letters["decision"]) if letter else frozenset()
        ),
        decision_sent=letter is not None,
        handling_offered=case.handlingplans.exists(),
        contact_made_or_excused=_contact_made_or_excused(case),
        delegation_in_force=_may_decide(case, now),
        needs_safety_review=case.tier == "immediate" and not case.safetyreviews.exists(),
        open_prompts=tuple((prompt.clause, prompt.says) for prompt in blocking),
    )


def released_decision(case: Case) -> Letter | None:
    """The newest decision letter that was released and neither called back nor lost.

    A reopened case is owed a new answer, so what was sent before does not count.
    """
    sent = Letter.objects.filter(
        case=case,
        kind=Letter.Kind.DECISION,
        dispatches__called_back_at__isnull=True,
        dispatches__failed_at__isnull=True,
        dispatches__at__gte=case.reopened_at or case.opened_at,
    )
    return sent.order_by("-at", "-pk").first()


def is_reachable(case: Case) -> bool:
    """Whether we hold a contact that we may use."""
    return case.patient_id is not None and bool(open_contacts(case.patient_id))


def _contact_made_or_excused(case: Case) -> bool:
    attempts = case.contactattempts.filter(at__gte=case.reopened_at or case.opened_at)
    if released_decision(case) is not None or attempts.filter(reached=True).exists():
        return True
    return not is_reachable(case) or attempts.count() >= FEWEST_ATTEMPTS


def _may_decide(case: Case, now: datetime) -> bool:
    if policy_in_force(case.organisation, pack_of(case)).decides_by != "committee":
        return True
    return delegation_in_force(case.organisation_id, local_day(case, now)) is not None
