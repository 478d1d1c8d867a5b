"""What survey teams found in real hospitals, one by one: prevented here, or flagged at once.

The report numbers are those of the published findings (tags A-0118 to A-0123).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.channels.outbox.queries import messages_about
from wellheard.resolve.complaints.actions import closing, letters, sweeping, working
from wellheard.resolve.complaints.actions.acknowledging import acknowledge_case
from wellheard.resolve.complaints.models import Case, LetterDispatch
from wellheard.resolve.complaints.presenters.timeline import timeline
from wellheard.resolve.complaints.queries.facts import open_prompts
from wellheard.resolve.complaints.queries.filters import CaseFilter
from wellheard.resolve.complaints.queries.register import notice_months, register, totals
from wellheard.resolve.complaints.queries.rulebook import Policy
from wellheard.resolve.complaints.tests.working import PARTS, decision, investigate, make_ready

pytestmark = [pytest.mark.django_db, pytest.mark.capability("C07")]
Opened = Callable[..., Case]


def refused(case: Case, by: Actor, at: datetime) -> set[tuple[str, str]]:
    with pytest.raises(closing.NotReadyToCloseError) as error:
        closing.close_case(case_id=case.pk, reason="satisfied", by=by, at=at)
    return {(item.check, item.clause) for item in error.value.missing}


def test_no_log_and_nobody_knows_which_letters_went_out(
    opened: Opened, by_officer: Actor, officer: Any, person_of: Callable[[Any], Any], at: datetime
) -> None:
    """70ZK11: the register lists every case; the timeline and the outbox name every letter."""
    case = opened()
    make_ready(case, by_officer, at)
    listed = register(person_of(officer), CaseFilter(status="any"), at)
    assert [one.reference for one in listed] == [case.reference]
    sent = [message.template for message in messages_about(("case", str(case.pk)))]
    assert sorted(sent) == ["case.letter", "case.received"]
    titles = [entry.title for entry in timeline(case)]
    assert "Written notice of decision: sent as a message with a link" in titles


@pytest.mark.parametrize("element", ["steps_taken", "results", "completed_on", "contact_person"])
def test_letter_lacks_an_element(
    opened: Opened, by_officer: Actor, at: datetime, element: str
) -> None:
    """K2IK11, W9C911: a notice without one of its four elements cannot leave."""
    case = opened()
    investigate(case, by_officer, at)
    letter = decision(case, by_officer, at, parts={**PARTS, element: "-"})
    with pytest.raises(letters.LetterNotReadyError) as error:
        letters.release_letter(letter_id=letter.pk, by=by_officer, at=at)
    assert [flag.about for flag in error.value.flags] == [element]
    assert ("decision_sent", "CMS-19") in refused(case, by_officer, at)


def test_letter_says_findings_will_not_be_shared(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    """LVM611: results are always stated."""
    case = opened()
    investigate(case, by_officer, at)
    hidden = {**PARTS, "results": "We looked into it. The findings will not be shared."}
    letter = decision(case, by_officer, at, parts=hidden)
    with pytest.raises(letters.LetterNotReadyError, match="hidden_results"):
        letters.release_letter(letter_id=letter.pk, by=by_officer, at=at)


def test_acknowledgements_are_late(opened: Opened, by_officer: Actor, at: datetime) -> None:
    """XP1G11: a late acknowledgement is warned of, escalated, and stays visible as late."""
    case = opened()
    clock = case.clocks.get(code="acknowledge")
    sweeping.sweep_deadlines(clock.warn_at)
    assert case.clocks.get(code="acknowledge").warned_at == clock.warn_at
    sweeping.sweep_deadlines(clock.due_at)
    assert case.escalations.filter(rule="TJC-03 acknowledge").exists()
    acknowledge_case(case_id=case.pk, by=by_officer, at=clock.due_at + timedelta(hours=1))
    assert case.clocks.get(code="acknowledge").was_missed


def test_nothing_is_sent_for_a_month(opened: Opened, by_officer: Actor, at: datetime) -> None:
    """PUL311: silence has a clock of its own and is passed up."""
    case = opened()
    acknowledge_case(case_id=case.pk, by=by_officer, at=at)
    silent = case.clocks.running().get(code="word")
    sweeping.sweep_deadlines(silent.due_at)
    assert case.escalations.filter(rule="CALM-01 word").exists()


def test_promised_letter_is_never_sent(opened: Opened, by_officer: Actor, at: datetime) -> None:
    """PC0011: the days an interim letter states are a promise with its own clock."""
    case = opened()
    acknowledge_case(case_id=case.pk, by=by_officer, at=at)
    sent_at = at + timedelta(days=6)
    interim = letters.write_letter(
        case_id=case.pk,
        kind="interim",
        parts={"why_longer": "We still wait for one answer.", "stated_days": "14"},
        stated_days=14,
        by=by_officer,
        at=sent_at,
    )
    letters.release_letter(letter_id=interim.pk, by=by_officer, at=sent_at)
    assert "24 March 2026" in LetterDispatch.objects.get().body
    promised = case.clocks.running().get(code="promised")
    sweeping.sweep_deadlines(promised.due_at)
    assert case.escalations.filter(rule="CMS-18 promised").exists()


def test_letter_is_sent_only_if_asked_for(opened: Opened, by_officer: Actor, at: datetime) -> None:
    """LOT811: a grievance does not close without a written notice, however content the person."""
    case = opened()
    investigate(case, by_officer, at)
    working.record_contact(
        case_id=case.pk, way="phone", reached=True, words="She is content.", by=by_officer, at=at
    )
    assert ("decision_sent", "CMS-19") in refused(case, by_officer, at)


def test_policy_has_no_number_of_days(opened: Opened, by_officer: Actor, at: datetime) -> None:
    """U4AB11: a silent policy is flagged; an interim letter without a number cannot leave."""
    assert "interim_days" in Policy().gaps
    case = opened()
    interim = letters.write_letter(
        case_id=case.pk, kind="interim", parts={"why_longer": "We wait."}, by=by_officer, at=at
    )
    with pytest.raises(letters.LetterNotReadyError):
        letters.release_letter(letter_id=interim.pk, by=by_officer, at=at)


def test_premature_discharge_is_never_referred(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    """9GJ611: going home too early asks about the quality organization, and blocks until answered."""
    case = opened(facts={"subjects": ["discharge"], "payer": "medicare"})
    assert [prompt.clause for prompt in open_prompts(case)] == ["CMS-14"]
    assert ("prompts", "CMS-14") in refused(case, by_officer, at)


def test_only_some_of_the_issues_are_investigated(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    """W9C911, A-0119: each issue needs its own outcome."""
    case = opened()
    make_ready(case, by_officer, at)
    working.add_issue(case_id=case.pk, words="The noise at night", by=by_officer, at=at)
    assert refused(case, by_officer, at) == {("issues_decided", "CMS-20")}


def test_grievances_are_counted_but_never_analysed(
    opened: Opened, by_officer: Actor, officer: Any, person_of: Callable[[Any], Any], at: datetime
) -> None:
    """W9C911, A-0118: the register breaks down by category, severity, stage and outcome."""
    case = opened()
    make_ready(case, by_officer, at)
    working.add_issue(
        case_id=case.pk,
        words="Fall",
        category="safety",
        severity=3,
        stage="ward",
        by=by_officer,
        at=at,
    )
    counted = totals(person_of(officer), CaseFilter(status="any"), at)
    assert [(t.code, t.count) for t in counted.by_category] == [("safety", 1)]
    assert [(t.code, t.count) for t in counted.by_outcome] == [("substantiated", 1)]


def test_no_contact_after_seven_then_thirty_days(
    opened: Opened, by_officer: Actor, at: datetime
) -> None:
    """192911: the seventh day asks for an interim letter, the thirtieth for word from us."""
    case = opened()
    acknowledge_case(case_id=case.pk, by=by_officer, at=at)
    due = {clock.code: clock.due_at for clock in case.clocks.running()}
    assert (due["interim"] - at).days == 7
    assert (due["word"] - at).days == 30
    sweeping.sweep_deadlines(due["word"])
    assert {"CMS-18 interim", "CALM-01 word"} <= set(
        case.escalations.values_list("rule", flat=True)
    )


def test_mean_days_and_late_share_with_interim_letters(
    opened: Opened, by_officer: Actor, officer: Any, person_of: Callable[[Any], Any], at: datetime
) -> None:
    """CMS-17: an average is expected, so it is computed, beside the late ones and their letters."""
    quick, slow = opened(), opened(text="Slow")
    make_ready(quick, by_officer, at + timedelta(days=3))
    interim = letters.write_letter(
        case_id=slow.pk,
        kind="interim",
        parts={"why_longer": "We wait.", "stated_days": "10"},
        stated_days=10,
        by=by_officer,
        at=at + timedelta(days=6),
    )
    letters.release_letter(letter_id=interim.pk, by=by_officer, at=at + timedelta(days=6))
    letters.send_held_letters(at + timedelta(days=7))
    make_ready(slow, by_officer, at + timedelta(days=11))
    (month,) = notice_months(person_of(officer), at + timedelta(days=12))
    assert (month.notices, month.mean_days) == (2, 7.0)
    assert (month.beyond_seven, month.beyond_with_interim) == (1, 1)
