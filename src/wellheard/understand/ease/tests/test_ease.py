"""From those who were drawn to the page: by the way they had booked."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from wellheard.base.audit.actor import Actor
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.actions import NewResponse, receive_response
from wellheard.listen.sampling.actions import NewPlan, decide_plan, draw_wave, propose_plan
from wellheard.listen.sampling.models import SampleMember
from wellheard.people.visits.models import Visit

pytestmark = pytest.mark.django_db
BOOKED = datetime(2026, 2, 24, 15, tzinfo=UTC)
DRAWN = datetime(2026, 3, 4, 20, tzinfo=UTC)
NOW = datetime(2026, 4, 2, 15, tzinfo=UTC)


def booked(place: Any, channel: str, n: int) -> list[Visit]:
    return [
        Visit(
            organisation_id=place.organisation_id, place=place, kind="ambulatory",
            status="planned", booked_at=BOOKED, scheduled_at=BOOKED + timedelta(days=60),
            booked_by=channel, person_key=f"{channel}{place.pk}{i}", age=40, recorded_at=BOOKED,
        )
        for i in range(n)
    ]  # fmt: skip


@pytest.fixture
def answered(place: Any, other_place: Any, staff: Any, actor: Any) -> Any:
    """Of 20 by telephone 8 found it easy; of 15 online all; two by referral, and one elsewhere."""
    for where, channel, n in (
        (place, "telephone", 20), (place, "online", 15), (place, "referral", 2),
        (other_place, "telephone", 1),
    ):  # fmt: skip
        Visit.objects.bulk_create(booked(where, channel, n))
    one, two = (staff("px_specialist") for _ in range(2))
    by = [Actor("staff", str(user.pk), user.organisation_id, user.name) for user in (one, two)]
    new = NewPlan(
        name="Ease", instrument="booking", eligibility="house-booking", sequence="web-text",
        size=100, period="week",
    )  # fmt: skip
    plan = propose_plan(new, by=by[0], at=DRAWN)
    decide_plan(plan, "approved", by=by[1], at=DRAWN)
    draw_wave(plan, date(2026, 2, 23), by=by[1], at=DRAWN)
    members = SampleMember.objects.select_related("visit", "invitation", "place")
    for n, member in enumerate(members.order_by("visit_id")):
        by_phone = member.visit.booked_by == "telephone"
        response = receive_response(
            NewResponse(
                organisation=place.organisation, instrument="booking", version=1,
                place=member.place, answers={"ease": 2 if by_phone and n >= 8 else 5, "tries": 1},
            ),
            by=actor, at=DRAWN + timedelta(days=1),
        )  # fmt: skip
        Invitation.objects.filter(pk=member.invitation_id).update(response=response)
    return place


def page(client: Any) -> str:
    response = client.get(reverse("ease:ease"))
    assert response.status_code == 200
    return re.sub("[\u2066\u2069]", "", response.content.decode()).replace("\u202f", " ")


@pytest.fixture
def today(monkeypatch: Any) -> None:
    monkeypatch.setattr("wellheard.understand.ease.views.timezone.now", lambda: NOW)


@pytest.mark.capability("G03")
def test_page_shows_the_ease_by_the_way_people_booked(
    answered: Any, today: None, staff: Any, signed_in: Any
) -> None:
    shown = page(signed_in(staff("executive")))
    rows = {row.split("</th>")[0].rpartition(">")[2]: row for row in shown.split("<tr>")[2:]}
    assert "38 % (n 21" in rows["By telephone"]
    # Two by referral would be what is left of the total: the online ones are hidden with them.
    assert rows["On the website"].count("too few to show") == 3
    assert "66 % (n 38" in shown


def test_manager_sees_their_own_places_only(
    answered: Any, other_place: Any, today: None, staff: Any, signed_in: Any
) -> None:
    own = page(signed_in(staff("nurse_manager", places=[answered])))
    assert "40 % (n 20" in own and "data-chart" not in own
    assert "By telephone" in page(signed_in(staff("nurse_manager", places=[other_place])))


def test_empty_page_says_what_to_do(place: Any, staff: Any, signed_in: Any) -> None:
    assert "Nobody was asked yet" in page(signed_in(staff("analyst")))
