"""A person's own survey: their order, their words in the gaps; it stays theirs until it is sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from wellheard.listen.invitations.actions import invite
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.models import Response
from wellheard.listen.surveys.models import InstrumentDecision, InstrumentProposal
from wellheard.listen.surveys.tests.test_kinds import every_kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(place: Any, actor: Any, staff: Any, at: Any) -> str:
    data = every_kind()
    data["items"] = [item for item in data["items"] if item["kind"] in ("choice", "text")]
    data["items"][0]["shuffle"] = True
    data["items"][1]["text"] = {"en": "What of {answer:ward|the ward} in {place}, {name|you}?"}
    user = staff("px_specialist")
    proposal = InstrumentProposal.objects.create(
        organisation=place.organisation,
        code="kinds",
        version=1,
        definition=data,
        reason="first",
        proposed_by=user,
        proposed_at=at,
    )
    InstrumentDecision.objects.create(
        organisation=place.organisation,
        proposal=proposal,
        approved=True,
        decided_by=user,
        decided_at=at,
    )
    made = invite(place=place, instrument_code="kinds", by=actor, at=timezone.now())
    return f"/en/s/{made.token}/"


def shown(link: str) -> list[str]:
    page = Client().get(f"{link}ward/").content.decode()
    return [part.split('"')[0] for part in page.split('name="answer" value="')[1:]]


@pytest.mark.capability("B02")
def test_order_is_drawn_once_kept_and_does_not_change_what_is_stored(link: str) -> None:
    assert Invitation.objects.get().seed > 0
    assert shown(link) == shown(link)
    orders = set()
    for seed in range(1, 12):
        Invitation.objects.update(seed=seed)
        orders.add(tuple(shown(link)))
    assert orders == {("1", "2"), ("2", "1")}
    Client().post(f"{link}ward/", {"answer": "2"})
    Client().post(f"{link}check/")
    assert Response.objects.get().answers == {"ward": 2}


@pytest.mark.capability("B02")
def test_gaps_hold_earlier_answers_and_places_and_other_words_without_them(
    link: str, place: Any
) -> None:
    asked = Client().get(f"{link}wish/").content.decode()
    assert f"What of the ward in {place.name}, you?" in asked
    Client().post(f"{link}ward/", {"answer": "2"})
    assert f"What of B in {place.name}, you?" in Client().get(f"{link}wish/").content.decode()
    assert f"What of B in {place.name}, you?" in Client().get(f"{link}check/").content.decode()
