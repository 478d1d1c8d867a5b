"""A set that leaves a side of care out is not published; each measure stands with n and trend."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from wellheard.people.visits.models import Visit, VisitCount
from wellheard.prove.balance.actions import NewCost, publish_set, receive_costs, undo_costs
from wellheard.prove.balance.models import BalancedSet, CostFigure
from wellheard.prove.balance.queries import costs, latest, offered
from wellheard.prove.balance.rules import (
    Latest,
    Offered,
    UnbalancedError,
    balance_policy,
    checked,
    default_set,
    unfilled,
)
from wellheard.understand.facts.tests.factory import answer, keep

pytestmark = pytest.mark.capability("G12")
POLICY = balance_policy()
COST = Offered("cost:Cost of a stay", "cost", "Cost of a stay", "", is_default=True)
OFFERED = {**POLICY.measures, COST.code: COST}
NOW = datetime(2026, 9, 10, 15, tzinfo=UTC)


def test_families_are_the_six_sides() -> None:
    assert list(POLICY.families) == [
        "experience", "access", "complaints", "outcomes", "equity", "cost"
    ]  # fmt: skip
    assert default_set(POLICY.measures, POLICY)["cost"] == []
    assert checked(default_set(OFFERED, POLICY), OFFERED, POLICY)["cost"] == [COST.code]


@pytest.mark.parametrize("family", list(POLICY.families))
def test_set_with_an_empty_family_is_refused_by_name(family: str) -> None:
    chosen = {**default_set(OFFERED, POLICY), family: []}
    with pytest.raises(UnbalancedError) as refused:
        checked(chosen, OFFERED, POLICY)
    assert refused.value.empty == (family,)


def test_measure_of_another_family_fills_none() -> None:
    chosen = {**default_set(OFFERED, POLICY), "equity": ["score:rating", "made up"]}
    with pytest.raises(UnbalancedError) as refused:
        checked(chosen, OFFERED, POLICY)
    assert refused.value.empty == ("equity",)
    assert refused.value.strangers == ("score:rating", "made up")


def test_family_nobody_can_see_is_named() -> None:
    chosen = {"cost": ["a", "b"], "equity": ["c"]}
    shown = {code: Latest(code, code, "") for code in "ab"} | {"c": Latest("c", "c", "", 1.0)}
    assert unfilled(chosen, shown) == ["cost"]


def cost(month: int, amount: str, *, unit: str = "USD") -> NewCost:
    return NewCost(date(2026, month, 1), "Cost of a stay", Decimal(amount), unit, 400)


@pytest.fixture
def told(organisation: Any, actor: Any, at: Any) -> Any:
    rows = [cost(month, f"{9000 + 10 * month}") for month in range(1, 9)]
    batch = uuid4()
    assert receive_costs(rows, organisation=organisation, batch=batch, by=actor, at=at) == 8
    return batch


def test_corrected_month_counts_until_it_is_taken_back(
    told: Any, organisation: Any, actor: Any, at: Any
) -> None:
    batch = uuid4()
    again = [cost(7, "9070"), cost(8, "8000")]
    assert receive_costs(again, organisation=organisation, batch=batch, by=actor, at=at) == 1
    assert [row.amount for row in costs(organisation.pk)][-1] == Decimal("8000.00")
    undo_costs(organisation=organisation, batch=batch, by=actor, at=at)
    assert [row.amount for row in costs(organisation.pk)][-1] == Decimal("9080.00")
    with pytest.raises(ValueError, match="known in USD"):
        receive_costs(
            [cost(8, "1", unit="EUR")], organisation=organisation, batch=uuid4(), by=actor, at=at
        )


def test_latest_values_come_from_what_was_counted(told: Any, place: Any) -> None:
    keep(*(answer(place, f"2026-{month:02d}", 10, 30, item="rating") for month in range(1, 9)))
    Visit.objects.bulk_create(
        Visit(
            organisation_id=place.organisation_id, place=place, person_key=f"p{n}",
            kind="ambulatory", status="no_show" if n % 4 == 0 else "finished",
            scheduled_at=datetime(2026, 8, 3, 15, tzinfo=UTC), recorded_at=NOW,
        )
        for n in range(60)
    )  # fmt: skip
    VisitCount.objects.create(
        organisation_id=place.organisation_id, place=place, month=date(2026, 8, 1), group="all",
        value="all", visits=2000,
    )  # fmt: skip
    codes = [
        "score:rating",
        "missed",
        "complaints",
        "readmitted",
        "gap:rating",
        "health",
        COST.code,
    ]
    found = latest(place.organisation_id, codes, now=NOW)
    assert (found["score:rating"].value, found["score:rating"].n) == (100, 30)
    assert found["score:rating"].verdict == "common" and found["score:rating"].points == 8
    assert (found["missed"].value, found["missed"].n) == (25, 60)
    assert (found["complaints"].value, found["complaints"].n) == (0, 0)
    assert found["complaints"].high is not None and found["complaints"].high > 0
    assert found[COST.code].value == 9080 and found[COST.code].unit == "USD"
    assert found[COST.code].verdict in ("common", "neutral") and found[COST.code].low is None
    assert found["readmitted"].value is None and found["health"].value is None


def test_page_refuses_to_publish_without_a_cost_and_publishes_with_one(
    organisation: Any, actor: Any, at: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("analyst"))
    assert "No set is published yet" in client.get(reverse("balance:balance")).content.decode()
    every = offered(organisation.pk, today=date(2026, 9, 10))
    chosen = {f: list(c) for f, c in default_set(every, POLICY).items()}
    refused = client.post(reverse("balance:choose"), chosen)
    assert refused.status_code == 422 and not BalancedSet.objects.exists()
    assert "no measure stands for Cost" in refused.content.decode()
    receive_costs([cost(8, "9000")], organisation=organisation, batch=uuid4(), by=actor, at=at)
    done = client.post(reverse("balance:choose"), {**chosen, "cost": [COST.code], "why": "First"})
    assert done["Location"] == reverse("balance:balance")
    assert BalancedSet.objects.get().families["cost"] == [COST.code]
    shown = client.get(reverse("balance:balance")).content.decode()
    assert "Cost of a stay" in shown and "Version 1" in shown
    assert "No measure of" in shown, "most families have no data here, and the page says so"
    text = client.get(reverse("balance:balance"), {"format": "csv"}).content.decode()
    rows = {row["measure"]: row for row in csv.DictReader(StringIO(text))}
    assert rows["Cost of a stay"]["value"] == "9000.0"
    assert signed_in(staff("executive")).get(reverse("balance:choose")).status_code == 403


def test_published_version_is_never_changed(
    told: Any, organisation: Any, actor: Any, at: Any
) -> None:
    chosen = default_set(OFFERED, POLICY)
    publish_set(chosen, by=actor, at=at)
    publish_set({**chosen, "access": ["missed"]}, by=actor, at=at)
    assert list(BalancedSet.objects.values_list("version", flat=True)) == [2, 1]
    assert BalancedSet.objects.get(version=1).families["access"] == ["score:wait_told", "missed"]
    assert CostFigure.objects.count() == 8
