"""What is missing before a case may close, with the clause that asks for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wellheard.resolve.complaints.rules.closing import CLOSING_CHECKS, ClosingFacts, may_close
from wellheard.resolve.complaints.tests.packs import ENGLAND, US

US_DONE = ClosingFacts(
    klass="grievance",
    reason="satisfied",
    acknowledged=True,
    has_complainant_view=True,
    issues=2,
    decision_elements=frozenset({"contact_person", "steps_taken", "results", "completed_on"}),
    decision_sent=True,
    contact_made_or_excused=True,
)
ENGLAND_DONE = replace(
    US_DONE,
    klass="complaint",
    handling_offered=True,
    decision_elements=frozenset(e.code for e in ENGLAND.letters["decision"].elements),
)


def checks(facts: ClosingFacts, pack: object = US) -> list[tuple[str, str]]:
    return [(item.check, item.clause) for item in may_close(facts, pack)]  # type: ignore[arg-type]


def test_everything_done_may_close() -> None:
    assert may_close(US_DONE, US) == ()
    assert may_close(ENGLAND_DONE, ENGLAND) == ()


@pytest.mark.capability("C07")
@pytest.mark.capability("C08")
@pytest.mark.capability("C18")
@pytest.mark.parametrize(
    ("change", "check", "clause"),
    [
        ({"has_complainant_view": False}, "complainant_view", "VIEW-01"),
        ({"issues_open": ("issue 2",)}, "issues_decided", "CMS-20"),
        ({"issues": 0}, "issues_recorded", "CMS-20"),
        ({"decision_sent": False}, "decision_sent", "CMS-19"),
        ({"acknowledged": False}, "acknowledged", "TJC-03"),
        ({"contact_made_or_excused": False}, "contact", "LOOP-01"),
        ({"delegation_in_force": False}, "delegation", "CMS-13"),
        ({"needs_safety_review": True}, "safety_review", "CMS-16"),
        ({"open_prompts": (("CMS-14", "Refer?"),)}, "prompts", "CMS-14"),
        ({"has_owner": False}, "owner", "CMS-13"),
    ],
)
def test_each_missing_thing_is_named(change: dict[str, object], check: str, clause: str) -> None:
    assert checks(replace(US_DONE, **change)) == [(check, clause)]  # type: ignore[arg-type]


@pytest.mark.capability("C07")
@pytest.mark.parametrize("element", ["contact_person", "steps_taken", "results", "completed_on"])
def test_notice_needs_each_of_its_four_elements(element: str) -> None:
    facts = replace(US_DONE, decision_elements=US_DONE.decision_elements - {element})
    assert checks(facts) == [("decision_elements", "CMS-19")]


def test_england_needs_the_ombudsman_and_the_offer() -> None:
    lacking = replace(
        ENGLAND_DONE,
        handling_offered=False,
        decision_elements=ENGLAND_DONE.decision_elements - {"ombudsman"},
    )
    assert checks(lacking, ENGLAND) == [
        ("handling_offered", "ENG-08"),
        ("decision_elements", "ENG-09"),
    ]


def test_reason_that_needs_a_why() -> None:
    facts = replace(US_DONE, reason="appropriate_action")
    assert checks(facts) == [("why", "")]
    assert checks(replace(facts, why="Explained twice, and again in person.")) == []


def test_unknown_reason_is_refused() -> None:
    assert checks(replace(US_DONE, reason="fine")) == [("reason", "")]


def test_withdrawn_needs_no_letter_but_still_its_safety_review() -> None:
    withdrawn = ClosingFacts(klass="grievance", reason="withdrawn")
    assert checks(withdrawn) == []
    assert checks(replace(withdrawn, needs_safety_review=True)) == [("safety_review", "CMS-16")]


def test_every_check_of_the_packs_exists() -> None:
    named = {need.check for pack in (US, ENGLAND) for need in pack.closing_needs}
    assert named <= CLOSING_CHECKS
