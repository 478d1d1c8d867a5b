"""The demonstration's touchpoints: the planted spread is what the page finds."""

from __future__ import annotations

from typing import Any

from wellheard.config.demonstration.people import Hospital
from wellheard.config.demonstration.touchpoints import ask_alike
from wellheard.listen.responses.models import Response
from wellheard.understand.consistency.policy import core_policy
from wellheard.understand.consistency.queries import compare_item
from wellheard.understand.facts.actions import write_facts


def test_demonstration_shows_one_touchpoint_that_differs(
    organisation: Any, place: Any, other_place: Any, actor: Any, at: Any
) -> None:
    assert ask_alike(Hospital(organisation, (place, other_place), actor), at) == 1008
    write_facts(list(Response.objects.values_list("pk", flat=True)))
    clear = next(each for each in core_policy().items if each.code == "clear")
    found = compare_item(organisation.pk, clear, until=at.date())
    ward, clinic = sorted(found.places, key=lambda each: each.place)
    assert ward.found.says == "uneven" and clinic.found.says != "uneven"
    assert len(ward.found.apart) >= 1 and ward.found.apart[0].difference < 0
