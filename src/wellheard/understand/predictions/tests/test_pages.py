from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from wellheard.base.audit.models import AuditRow
from wellheard.understand.predictions.actions import name_owner, switch_model
from wellheard.understand.predictions.models import RiskOwner, RiskSwitch

REVIEW = date(2027, 1, 1)


@pytest.fixture
def owned(organisation: Any, staff: Any, actor: Any, at: Any) -> Any:
    name_owner("readmission", owner=staff("analyst"), review_by=REVIEW, by=actor, at=at)
    return organisation


def page(client: Any, name: str, *given: str) -> str:
    answer = client.get(reverse(f"predictions:{name}", args=given))
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.capability("F05")
def test_list_shows_every_model_with_state_and_owner(
    owned: Any, staff: Any, signed_in: Any
) -> None:
    shown = page(signed_in(staff("executive")), "predictions")
    for words in (
        "Missed appointment",
        "Readmission within 30 days",
        "not trained",
        "1 January 2027",
    ):
        assert words in shown


@pytest.mark.capability("F05")
def test_card_shows_intervals_groups_exclusions_and_what_it_is_never_for(
    owned: Any, staff: Any, signed_in: Any
) -> None:
    shown = page(signed_in(staff("auditor")), "model", "readmission")
    for words in (
        "0.674 (0.666", "AfricanAmerican", "genetic data", "never puts two people into one time",
        "The figures as a table", "CC BY 4.0", "too few to judge", "fewer than 11",
    ):  # fmt: skip
        assert words in shown, words
    assert "Switch on" not in shown


def test_model_without_history_says_how_much_is_missing(staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("analyst"))
    shown = page(client, "model", "no_show")
    assert "Too little history" in shown and "0 with a known end" in shown
    assert "Nothing is known here of reminders" in shown and "booked twice because of it" in shown
    answer = client.post(reverse("predictions:train", args=["no_show"]))
    assert answer.status_code == 409 and "Too little history" in answer.content.decode()


@pytest.mark.capability("F05")
def test_switch_takes_two_steps_and_keeps_the_reason(
    owned: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("px_specialist"))
    address = reverse("predictions:switch", args=["readmission"])
    assert client.post(address, {"reason": ""}).status_code == 422
    first = client.post(address, {"reason": "Discharge team asked"})
    assert "Yes, switch it on" in first.content.decode() and not RiskSwitch.objects.exists()
    client.post(address, {"reason": "Discharge team asked", "confirmed": "on"})
    assert RiskSwitch.objects.get().is_on
    shown = page(client, "model", "readmission")
    assert "Discharge team asked" in shown and "Switch off" in shown
    # a second press of an old page asks again instead of switching it back
    again = client.post(address, {"reason": "Discharge team asked", "confirmed": "on"})
    assert "Yes, switch it off" in again.content.decode() and RiskSwitch.objects.count() == 1


def test_switch_without_owner_says_what_is_missing(staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("px_specialist"))
    address = reverse("predictions:switch", args=["readmission"])
    answer = client.post(address, {"reason": "x", "confirmed": "on"})
    assert answer.status_code == 409 and "owner before" in answer.content.decode()


def test_owner_is_named_from_our_own_staff(organisation: Any, staff: Any, signed_in: Any) -> None:
    analyst = staff("analyst")
    client = signed_in(analyst)
    address = reverse("predictions:owner", args=["no_show"])
    assert client.post(address, {"owner": "0", "review_by": "2027-01-01"}).status_code == 422
    client.post(address, {"owner": analyst.pk, "review_by": "2027-01-01"})
    assert RiskOwner.objects.get().owner == analyst


@pytest.mark.parametrize("name", ["switch", "owner", "train"])
def test_those_who_may_only_read_change_nothing(staff: Any, signed_in: Any, name: str) -> None:
    client = signed_in(staff("executive"))
    assert client.post(reverse(f"predictions:{name}", args=["no_show"])).status_code == 403


def test_unknown_kind_does_not_exist(staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("analyst"))
    assert client.get(reverse("predictions:model", args=["weather"])).status_code == 404
    assert client.post(reverse("predictions:train", args=["weather"])).status_code == 404


@pytest.mark.capability("F05")
def test_page_refuses_another_use_and_notes_it(staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("px_specialist"))
    answer = client.get(reverse("predictions:people", args=["no_show"]), {"use": "double_book"})
    assert answer.status_code == 403
    assert "never puts two people into one time" in answer.content.decode()
    row = AuditRow.objects.get(action="risk_model.use_refused")
    assert row.details == {"use": "double_book"}


def test_switched_off_model_shows_nobody(
    owned: Any, staff: Any, signed_in: Any, actor: Any, at: Any
) -> None:
    switch_model("readmission", on=True, reason="x", by=actor, at=at)
    switch_model("readmission", on=False, reason="x", by=actor, at=at)
    client = signed_in(staff("px_specialist"))
    answer = client.get(reverse("predictions:people", args=["no_show"]))
    assert answer.status_code == 302
