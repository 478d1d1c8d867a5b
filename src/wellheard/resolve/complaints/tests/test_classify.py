"""Facts in, class and clauses out: the classification rules one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellheard.resolve.complaints.rules.classify import classify, is_lower, prompts_for
from wellheard.resolve.complaints.rules.facts import CaseFacts, read_facts, with_settlement
from wellheard.resolve.complaints.tests.packs import ENGLAND, US

SPOKEN = CaseFacts(channel="phone", written=False, complainant="patient", during_stay=True)
LETTER = CaseFacts(channel="letter", written=True, complainant="patient")
CARD = CaseFacts(channel="card", written=True, complainant="patient")


@pytest.mark.capability("C07")
@pytest.mark.parametrize(
    ("facts", "klass", "clause"),
    [
        (replace(SPOKEN, subjects=("abuse",), resolved_by="staff_present"), "grievance", "CMS-05"),
        (replace(CARD, subjects=("neglect",), anonymous=True), "grievance", "CMS-05"),
        (replace(LETTER), "grievance", "CMS-04"),
        (replace(LETTER, channel="email"), "grievance", "CMS-04"),
        (replace(SPOKEN, resolved_by="staff_present"), "complaint", "CMS-02"),
        (replace(SPOKEN), "grievance", "CMS-03"),
        (replace(SPOKEN, postponed=True), "grievance", "CMS-03"),
        (replace(SPOKEN, referred=True), "grievance", "CMS-03"),
        (replace(SPOKEN, resolved_by="staff_present", formal_request=True), "grievance", "CMS-06"),
        (replace(SPOKEN, during_stay=False), "grievance", "CMS-07"),
        (replace(LETTER, subjects=("billing",)), "complaint", "CMS-08"),
        (replace(LETTER, subjects=("billing", "care")), "grievance", "CMS-04"),
        (
            replace(LETTER, subjects=("billing_medicare",), payer="medicare"),
            "grievance",
            "CMS-01",
        ),
        (replace(CARD), "complaint", "CMS-09"),
        (replace(CARD, anonymous=True), "feedback", "CMS-09"),
        (replace(CARD, response_requested=True), "grievance", "CMS-09"),
        (replace(CARD, normally_a_grievance=True), "grievance", "CMS-09"),
        (
            replace(SPOKEN, subjects=("comfort",), resolved_by="staff_present"),
            "request",
            "CMS-10",
        ),
        (replace(LETTER, complainant="other"), "complaint", "CMS-11"),
    ],
)
def test_us_hospital_rules(facts: CaseFacts, klass: str, clause: str) -> None:
    decided = classify(facts, US)
    assert (decided.klass, decided.decided_by) == (klass, clause)
    assert clause in decided.fired


@pytest.mark.capability("C07")
@pytest.mark.parametrize(
    ("facts", "klass", "clause"),
    [
        (replace(LETTER), "complaint", "ENG-03"),
        (replace(SPOKEN), "complaint", "ENG-03"),
        (replace(SPOKEN, resolved_next_working_day=True), "concern", "ENG-05"),
        (replace(LETTER, resolved_next_working_day=True), "complaint", "ENG-03"),
        (replace(LETTER, exclusion="ombudsman"), "not_required", "ENG-05"),
        (
            replace(SPOKEN, resolved_next_working_day=True, subjects=("harm",)),
            "complaint",
            "SAFE-01",
        ),
        (replace(CARD), "feedback", "ENG-01"),
        (replace(CARD, response_requested=True), "complaint", "ENG-08"),
    ],
)
def test_england_rules(facts: CaseFacts, klass: str, clause: str) -> None:
    decided = classify(facts, ENGLAND)
    assert (decided.klass, decided.decided_by) == (klass, clause)


def test_every_rule_that_held_is_named() -> None:
    facts = replace(LETTER, subjects=("harm",), formal_request=True, during_stay=False)
    assert classify(facts, US).fired == ("CMS-05", "CMS-06", "CMS-04", "CMS-07")


@given(
    channel=st.sampled_from(["card", "survey", "letter", "email", "phone", "in_person", "api"]),
    written=st.booleans(),
    anonymous=st.booleans(),
    subjects=st.sets(st.sampled_from(["care", "billing", "comfort", "privacy"])),
)
def test_danger_is_formal_whatever_else_is_true(
    channel: str, written: bool, anonymous: bool, subjects: set[str]
) -> None:
    facts = CaseFacts(
        channel=channel, written=written, anonymous=anonymous, subjects=(*subjects, "abuse")
    )
    assert classify(facts, US).klass == "grievance"
    assert classify(facts, ENGLAND).klass == "complaint"


def test_facts_survive_storage() -> None:
    facts = replace(LETTER, subjects=("care", "harm"), harm=3)
    assert read_facts(facts.as_dict() | {"of_a_later_edition": 1}) == facts


@pytest.mark.parametrize(
    ("settled", "in_time"),
    [
        (datetime(2026, 4, 7, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 4, 7, 23, 0, tzinfo=UTC), False),
    ],
)
def test_next_working_day_passes_over_easter(settled: datetime, in_time: bool) -> None:
    # Told on Thursday 2 April 2026: Good Friday to Easter Monday are no working days.
    told = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)
    facts = with_settlement(SPOKEN, told, settled, "Europe/London", "GB-ENG")
    assert facts.resolved_next_working_day is in_time


def test_quality_and_early_discharge_ask_about_the_quality_organization() -> None:
    asked = prompts_for(replace(LETTER, subjects=("discharge",), payer="medicare"), US)
    assert [prompt.code for prompt in asked] == ["qio"]
    assert prompts_for(replace(LETTER, subjects=("discharge",), payer="private"), US) == ()


def test_moderate_harm_asks_about_candour() -> None:
    codes = [prompt.code for prompt in prompts_for(replace(LETTER, harm=3), ENGLAND)]
    assert codes == ["candour"]
    assert prompts_for(replace(LETTER, harm=2), ENGLAND) == ()


def test_lower_means_fewer_duties() -> None:
    assert is_lower("complaint", "grievance", US)
    assert not is_lower("grievance", "complaint", US)
    assert not is_lower("complaint", "complaint", US)
