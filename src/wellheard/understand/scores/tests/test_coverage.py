"""Dimensions, and questions that somebody can act on."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from wellheard.listen.responses.models import Response
from wellheard.understand.scores.coverage import (
    Lever,
    LeverError,
    coverage,
    coverage_of,
    dimension_model,
    set_lever,
)
from wellheard.understand.scores.models import ItemLever


@pytest.mark.capability("L09")
def test_dimension_without_a_question_is_shown(organisation: Any) -> None:
    found = coverage(organisation.pk)
    assert set(found.uncovered) == {"outcomes", "cost", "recovery"}
    assert found.unplaced == ()
    assert found.flagged == (), "our own two instruments say who acts on each question"
    assert {each.item for each in found.by_dimension["access"]} >= {"pulse.help_soon", "bond.easy"}


@pytest.mark.capability("L05")
def test_instrument_counts_as_asked_once_it_is_answered(place: Any, at: Any) -> None:
    """Its outline says whose dimension a question is, and nobody yet who acts on it."""
    Response.objects.create(
        organisation=place.organisation, place=place, instrument="nps", version=1, mode="web",
        received_at=at, recorded_at=at, answers={},
    )  # fmt: skip
    flagged = coverage(place.organisation_id).flagged
    assert {each.item.partition(".")[0] for each in flagged} == {"nps"}
    assert all("owner" in each.missing for each in flagged)


@pytest.mark.capability("L05")
def test_question_without_an_owner_is_flagged() -> None:
    owned = Lever("own.a", "A?", "cost", "Billing", "Head of billing", "One bill")
    orphan = Lever("own.b", "B?", "cost", "Billing", "", "One bill")
    found = coverage_of([owned, orphan, Lever("own.c", "C?")], dimension_model().dimensions)
    assert [(each.item, each.missing) for each in found.flagged] == [
        ("own.b", ("owner",)),
        ("own.c", ("dimension", "process", "owner", "lever")),
    ]
    assert [each.item for each in found.unplaced] == ["own.c"]
    assert "cost" not in found.uncovered


@pytest.mark.capability("L05")
def test_owner_is_set_on_the_page_and_kept(organisation: Any, staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("analyst"))
    shown = client.get(reverse("scores:coverage")).content.decode()
    assert "Nothing is asked about" in shown and "Cost and bills" in shown
    given = {
        "item": "pulse.quiet", "dimension": "ancillary", "process": "Nights",
        "owner": "Night matron", "lever": "Earplugs",
    }  # fmt: skip
    client.post(reverse("scores:lever"), given)
    assert ItemLever.objects.get().owner == "Night matron"
    assert "Night matron" in client.get(reverse("scores:coverage")).content.decode()
    refused = client.post(reverse("scores:lever"), {**given, "owner": " "})
    assert refused.status_code == 422 and "all three" in refused.content.decode()
    assert signed_in(staff("executive")).post(reverse("scores:lever"), given).status_code == 403


@pytest.mark.parametrize(
    "fault", [{"item": "pulse.no_such"}, {"dimension": "zodiac"}, {"lever": ""}]
)
def test_lever_that_makes_no_sense_is_refused(
    organisation: Any, actor: Any, at: Any, fault: dict[str, str]
) -> None:
    given = {
        "item": "pulse.quiet", "text": "", "dimension": "ancillary", "process": "Nights",
        "owner": "Matron", "lever": "Earplugs", **fault,
    }  # fmt: skip
    with pytest.raises(LeverError):
        set_lever(Lever(**given), by=actor, at=at)
