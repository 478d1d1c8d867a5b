"""The homes of the roles: what stands on them, and what must not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from wellheard.listen.invitations.models import Invitation
from wellheard.prove.boards import homes
from wellheard.prove.boards.models import MeasureTarget
from wellheard.prove.boards.tests.test_pages import answered, last_months, page, tell
from wellheard.understand.facts.tests.factory import answer, keep


def invite(place: Any, number: int, *, begun: bool, finished: bool) -> None:
    at = timezone.now() - timedelta(days=2)
    Invitation.objects.create(
        organisation=place.organisation, place=place, instrument="pulse", version=1,
        key=f"k{number}", made_at=at, expires_at=at + timedelta(days=9),
        begun_at=at if begun else None, finished_at=at if finished else None,
    )  # fmt: skip


def test_executive_reads_one_sentence_then_icons_then_what_is_due(
    place: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    answered(place)
    for month in last_months(12)[:6]:
        keep(answer(place, month, 4, 36, item="quiet"), answer(place, month, 1, 4, item="quiet"))
    for month in last_months(12)[6:]:
        keep(answer(place, month, 4, 12, item="quiet"), answer(place, month, 1, 28, item="quiet"))
    shown = page(signed_in(staff("executive")), "boards:overview")
    assert "Worse than before: Quiet at night. 1 measure is steady" in shown
    assert "We cannot tell yet: Would recommend us" in shown
    assert "no target set" in shown and "of 0 open grievances past day 7" in shown
    assert shown.index("Worse than before") < shown.index("What is due")
    assert "answers and 0 comments in 30 days" in shown


def test_target_is_set_judged_and_taken_away(place: Any, staff: Any, signed_in: Any) -> None:
    answered(place)
    client = signed_in(staff("analyst"))
    address = reverse("boards:target", args=["rating"])
    for value, says in (("20", "Meets its target of 20 % month after month"),
                        ("76", "Meets its target of 76 % in some months"),
                        ("99,5", "Will not meet its target of"), ("", "No target set")):  # fmt: skip
        assert client.post(address, {"value": value, "why": "Board, March"}).status_code == 302
        assert says in page(client, "boards:measure", "rating")
    for wrong in ("abc", "101", "-3", "nan"):
        assert "wrong_target" in client.post(address, {"value": wrong}).url
    assert MeasureTarget.objects.count() == 4
    assert client.post(reverse("boards:target", args=["no"]), {"value": "1"}).status_code == 404


def test_target_is_not_for_everybody(place: Any, staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("executive"))
    assert client.post(reverse("boards:target", args=["rating"]), {"value": "9"}).status_code == 403


def test_lead_sees_what_waits_what_rises_and_whether_surveys_arrive(
    place: Any, other_place: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    tell(place, actor, "I waited four hours and nobody told me anything. Terrible.")
    for number in range(4):
        invite(place, number, begun=number < 2, finished=number < 1)
    shown = page(signed_in(staff("px_specialist")), "boards:home")
    for heading in ("What waits", "What people talk about", "For whom it is worse"):
        assert heading in shown
    assert "past their time" in shown and "no proof that there is no gap" in shown
    assert "50 %" in shown and "n 4" in shown and "25 %" in shown
    assert "Nothing heard from 1 place" in shown and "Clinic 4" in shown


def test_analyst_sees_the_state_of_the_data(
    place: Any, actor: Any, staff: Any, signed_in: Any
) -> None:
    tell(place, actor, "I waited four hours and nobody told me anything. Terrible.")
    shown = page(signed_in(staff("analyst")), "boards:home")
    assert "State of the data" in shown and "12 measures in force" in shown
    assert "No change waits" in shown and "No file has been imported" in shown
    assert "read 1 comment" in shown and "No survey was sent in the last 30 days" in shown


@pytest.mark.parametrize(("role", "may"), [("executive", 200), ("nurse_manager", 403)])
def test_homes_of_the_organisation_are_not_for_one_ward(
    place: Any, staff: Any, signed_in: Any, role: str, may: int
) -> None:
    client = signed_in(staff(role, places=[place] if role == "nurse_manager" else None))
    assert client.get(reverse("boards:lead")).status_code == may
    assert client.get(reverse("boards:analysis")).status_code == 403


def test_languages_of_few_are_not_told(place: Any, at: Any) -> None:
    from wellheard.listen.responses.models import Response

    Response.objects.bulk_create(
        Response(
            organisation=place.organisation, site=place.site, place=place, instrument="pulse",
            version=1, received_at=at - timedelta(days=1), recorded_at=at, mode="web",
            language="ar" if number < 3 else "en",
        )
        for number in range(20)
    )  # fmt: skip
    found = homes.coverage(place.organisation_id, [place], now=at)
    assert found.languages == (("en", 17),) and found.others
    assert found.answers == 20 and found.silent == ()
