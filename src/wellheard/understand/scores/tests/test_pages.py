from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from wellheard.understand.scores.models import MeasureDecision, MeasureProposal

CHANGE = {
    "title": "Quiet at night",
    "definition": "Usually counts as well.",
    "best": "3, 4",
    "says": "said usually or always",
    "owner": "Patient experience",
    "effective_from": "2026-01-01",
    "reason": "Usually is good enough",
}


@pytest.mark.capability("G05")
def test_catalogue_says_what_each_measure_is(staff: Any, signed_in: Any) -> None:
    shown = signed_in(staff("analyst")).get(reverse("scores:catalogue")).content.decode()
    for words in ("Quiet at night", "Patient experience", "higher is better", "version 1"):
        assert words in shown


@pytest.mark.capability("G05")
def test_measure_is_changed_by_two_people_in_the_browser(staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("analyst"))
    client.post(reverse("scores:propose", args=["quiet"]), CHANGE)
    proposal = MeasureProposal.objects.get()
    decide = reverse("scores:decide", args=[proposal.pk])
    own = client.post(decide, {"approved": "yes"})
    assert own.status_code == 409 and "somebody else decides" in own.content.decode()
    other = signed_in(staff("px_specialist"))
    assert "waits for a second person" in other.get(reverse("scores:catalogue")).content.decode()
    other.post(decide, {"approved": "yes", "note": "Agreed in the board"})
    shown = other.get(reverse("scores:measure", args=["quiet"])).content.decode()
    assert "Usually counts as well." in shown and "Agreed in the board" in shown
    assert other.post(decide, {"approved": "no"}).status_code == 409
    assert MeasureDecision.objects.get().approved


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"best": "often"}, "Write the answers as numbers"),
        ({"best": "9"}, "best and worst must be on the scale"),
        ({"reason": ""}, "This field is required"),
    ],
)
def test_proposal_that_makes_no_sense_says_why(
    staff: Any, signed_in: Any, given: dict[str, str], words: str
) -> None:
    client = signed_in(staff("analyst"))
    response = client.post(reverse("scores:propose", args=["quiet"]), {**CHANGE, **given})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not MeasureProposal.objects.exists()


@pytest.mark.parametrize("role", ["executive", "nurse_manager"])
def test_proposal_by_somebody_who_may_not_is_refused(staff: Any, signed_in: Any, role: str) -> None:
    client = signed_in(staff(role))
    assert client.get(reverse("scores:propose", args=["quiet"])).status_code == 403


def test_decision_in_another_organisation_does_not_exist(
    organisation: Any, staff: Any, signed_in: Any, at: Any
) -> None:
    from wellheard.people.places.actions import add_organisation

    other = add_organisation(
        name="Other", slug="other", country="US", jurisdiction="us-hospital",
        zone="America/Chicago", languages=["en"], at=at,
    )  # fmt: skip
    theirs = staff("analyst", in_=other)
    proposal = MeasureProposal.objects.create(
        organisation=other, code="quiet", version=2, definition={}, reason="x",
        effective_from=date(2026, 1, 1), proposed_by=theirs, proposed_at=at,
    )  # fmt: skip
    client = signed_in(staff("px_specialist"))
    url = reverse("scores:decide", args=[proposal.pk])
    assert client.post(url, {"approved": "yes"}).status_code == 404
