"""What is still missing before a case may close."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wellheard.resolve.complaints.rules.packs import ClosingNeed, RulePack


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What has been done on one case, as far as closing it is concerned.

    `decision_elements` holds the codes that the latest decision letter really fills.
    `open_prompts` holds the sentences of required questions without an answer.
    """

    klass: str
    reason: str = ""
    why: str = ""
    has_owner: bool = True
    acknowledged: bool = False
    reachable: bool = True
    has_complainant_view: bool = False
    issues: int = 0
    issues_open: tuple[str, ...] = ()
    decision_elements: frozenset[str] = frozenset()
    decision_sent: bool = False
    handling_offered: bool = False
    contact_made_or_excused: bool = False
    delegation_in_force: bool = True
    needs_safety_review: bool = False
    open_prompts: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that stands between a case and its closure, and the rule that asks for it."""

    check: str
    clause: str
    says: str


def may_close(facts: ClosingFacts, pack: RulePack) -> tuple[Missing, ...]:
    """Return what is missing; an empty tuple means the case may close."""
    missing = [_missing_reason(facts, pack)]
    for need in pack.closing_needs:
        if facts.klass in need.classes and facts.reason not in need.unless_reason:
            missing.extend(_CHECKS[need.check](facts, need, pack))
    return tuple(item for item in missing if item is not None)


def _missing_reason(facts: ClosingFacts, pack: RulePack) -> Missing | None:
    reason = next((row for row in pack.closing_reasons if row.code == facts.reason), None)
    if facts.reason and reason is None:
        return Missing("reason", "", "Choose how this case ends.")
    if reason is not None and reason.needs_why and not facts.why.strip():
        return Missing("why", "", "Write down why, in one or two sentences.")
    return None


_Check = Callable[[ClosingFacts, ClosingNeed, RulePack], list[Missing]]


def _unless(done: Callable[[ClosingFacts], bool]) -> _Check:
    def check(facts: ClosingFacts, need: ClosingNeed, pack: RulePack) -> list[Missing]:
        return [] if done(facts) else [Missing(need.check, need.clause, need.says)]

    return check


def _issues_decided(facts: ClosingFacts, need: ClosingNeed, pack: RulePack) -> list[Missing]:
    return [
        Missing(need.check, need.clause, f"{need.says} Still open: {label}.")
        for label in facts.issues_open
    ]


def _decision_elements(facts: ClosingFacts, need: ClosingNeed, pack: RulePack) -> list[Missing]:
    return [
        Missing(need.check, element.clause, f"{pack.letters['decision'].title}: {element.label}.")
        for element in pack.letters["decision"].elements
        if element.code not in facts.decision_elements
    ]


def _prompts(facts: ClosingFacts, need: ClosingNeed, pack: RulePack) -> list[Missing]:
    return [Missing(need.check, clause, says) for clause, says in facts.open_prompts]


_CHECKS: Mapping[str, _Check] = {
    "owner": _unless(lambda facts: facts.has_owner),
    "acknowledged": _unless(lambda facts: facts.acknowledged or not facts.reachable),
    "complainant_view": _unless(lambda facts: facts.has_complainant_view),
    "issues_recorded": _unless(lambda facts: facts.issues > 0),
    "issues_decided": _issues_decided,
    "decision_elements": _decision_elements,
    "decision_sent": _unless(lambda facts: facts.decision_sent),
    "handling_offered": _unless(lambda facts: facts.handling_offered or not facts.reachable),
    "contact": _unless(lambda facts: facts.contact_made_or_excused),
    "delegation": _unless(lambda facts: facts.delegation_in_force),
    "safety_review": _unless(lambda facts: not facts.needs_safety_review),
    "prompts": _prompts,
}

CLOSING_CHECKS = frozenset(_CHECKS)
