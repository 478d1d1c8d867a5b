"""Rules and priorities change without code, with author and reason, and go back (P06, G11)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.queries import rows_about
from wellheard.resolve.complaints.actions import rulebook as acts
from wellheard.resolve.complaints.actions.closing import NotReadyToCloseError, close_case
from wellheard.resolve.complaints.models import Case, RulePackVersion
from wellheard.resolve.complaints.rulebook import shipped
from wellheard.resolve.complaints.rules.packs import PackError
from wellheard.resolve.complaints.tests.conftest import POLICY
from wellheard.resolve.complaints.tests.working import make_ready

pytestmark = pytest.mark.django_db
Opened = Callable[..., Case]


def five_days() -> dict[str, Any]:
    data = copy.deepcopy(shipped("us-hospital"))
    decision = next(row for row in data["clocks"] if row["code"] == "decision")
    decision["count"] = {"calendar_days": 5}
    decision["warn_after"] = {"calendar_days": 3}
    data["effective_from"] = "2026-03-01"
    return data


def days_of(case: Case) -> int:
    return case.clocks.get(code="decision").number


@pytest.mark.capability("P06")
def test_new_rules_are_for_new_cases_and_can_be_rolled_back(
    opened: Opened, organisation: Any, by_officer: Actor, at: datetime
) -> None:
    old = opened()
    acts.change_rule_pack(
        organisation=organisation, data=five_days(), reason="Board, 3 March", by=by_officer, at=at
    )
    new = opened(text="Another")
    acts.roll_back_rule_pack(
        organisation=organisation, number=1, reason="Too tight", by=by_officer, at=at
    )
    after = opened(text="A third")
    assert [days_of(case) for case in (old, new, after)] == [7, 5, 7]
    assert [case.pack.number for case in (old, new, after)] == [1, 2, 3]
    newest = RulePackVersion.objects.order_by("-number").first()
    assert newest is not None
    assert (newest.restores, newest.reason, newest.author_name) == (1, "Too tight", by_officer.name)


def test_rules_that_are_not_yet_effective_wait(
    opened: Opened, organisation: Any, by_officer: Actor, at: datetime
) -> None:
    data = five_days() | {"effective_from": "2026-06-01"}
    acts.change_rule_pack(
        organisation=organisation, data=data, reason="From June", by=by_officer, at=at
    )
    assert days_of(opened()) == 7
    assert days_of(opened(text="June", at=at + timedelta(days=100))) == 5


@pytest.mark.parametrize("reason", ["", "   "])
def test_change_needs_a_reason(
    organisation: Any, by_officer: Actor, at: datetime, reason: str
) -> None:
    with pytest.raises(PackError, match="why"):
        acts.change_rule_pack(
            organisation=organisation, data=five_days(), reason=reason, by=by_officer, at=at
        )


@pytest.mark.capability("G11")
def test_changing_a_tier_changes_order_and_clock_and_is_audited(
    opened: Opened, organisation: Any, by_officer: Actor, at: datetime
) -> None:
    bill = opened(kind="inquiry", source="card", facts={"subjects": ["billing"]})
    visit = opened(kind="inquiry", source="card", facts={"subjects": ["waiting"]}, text="Visit")

    def queue() -> list[int]:
        return list(Case.objects.in_queue_order().values_list("pk", flat=True))

    due = bill.clocks.running().get(code="first_reply").due_at
    assert queue() == [visit.pk, bill.pk]
    data = copy.deepcopy(shipped("priority"))
    for row in data["topics"]:
        row["tier"] = {"billing": "high", "scheduling": "medium"}.get(row["code"], row["tier"])
    kept = acts.change_priority_model(
        organisation=organisation, data=data, reason="Bills wait too long", by=by_officer, at=at
    )
    bill.refresh_from_db()
    assert queue() == [bill.pk, visit.pk]
    assert bill.tier == "high"
    assert bill.clocks.running().get(code="first_reply").due_at < due
    rows = rows_about(organisation.pk, "resolve.priorityversion", str(kept.pk))
    assert [row.action for row in rows] == ["priority.changed"]
    acts.roll_back_priority_model(
        organisation=organisation, number=1, reason="As before", by=by_officer, at=at
    )
    assert queue() == [visit.pk, bill.pk]


def test_danger_stays_on_top_when_the_model_changes(
    opened: Opened, organisation: Any, by_officer: Actor, at: datetime
) -> None:
    case = opened(tier="immediate", reasons=("harm",))
    acts.change_priority_model(
        organisation=organisation, data=shipped("priority"), reason="Yearly", by=by_officer, at=at
    )
    case.refresh_from_db()
    assert (case.tier, case.rank) == ("immediate", 0)


@pytest.mark.capability("C11")
def test_grievance_does_not_close_under_an_expired_delegation(
    opened: Opened, organisation: Any, by_officer: Actor, at: datetime
) -> None:
    case = opened()
    acts.set_policy(
        organisation=organisation,
        data=POLICY | {"decides_by": "committee"},
        reason="Committee",
        by=by_officer,
        at=at,
    )
    known: dict[str, Any] = {
        "organisation": organisation,
        "committee": "Grievance committee",
        "document": "Minute 12",
        "valid_from": date(2025, 1, 1),
        "by": by_officer,
        "at": at,
    }
    with pytest.raises(PackError, match="more than one"):
        acts.record_delegation(members=["A. Only"], valid_until=None, **known)
    acts.record_delegation(members=["A", "B"], valid_until=date(2026, 3, 4), **known)
    make_ready(case, by_officer, at)
    with pytest.raises(NotReadyToCloseError) as refused:
        close_case(case_id=case.pk, reason="satisfied", by=by_officer, at=at)
    assert [item.clause for item in refused.value.missing] == ["CMS-13"]
    acts.record_delegation(members=["A", "B"], valid_until=None, **known)
    close_case(case_id=case.pk, reason="satisfied", by=by_officer, at=at)
