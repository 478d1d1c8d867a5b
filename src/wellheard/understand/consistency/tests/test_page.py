"""Core items at touchpoints, from what was answered to the page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.models import Response
from wellheard.listen.stages.actions import place_at_stage
from wellheard.people.places.actions import add_touchpoint
from wellheard.understand.consistency.policy import core_policy
from wellheard.understand.consistency.queries import compare_item
from wellheard.understand.facts.actions import write_card_facts, write_facts

ITEMS = {item.code: item for item in core_policy().items}
THIS, LAST = datetime(2026, 2, 10, 18, tzinfo=UTC), datetime(2025, 2, 10, 18, tzinfo=UTC)


def answer(place: Any, spot: Any, at: datetime, low: int, high: int, mode: str = "kiosk") -> None:
    values = [2] * low + [4] * high
    Response.objects.bulk_create(
        Response(
            organisation_id=place.organisation_id, place=place, site=place.site, touchpoint=spot,
            instrument="spot", version=1, mode=mode, received_at=at, recorded_at=at,
            answers={"respect": value, "clear": value},
        )
        for value in values
    )  # fmt: skip


@pytest.fixture
def spots(place: Any, actor: Any, at: Any) -> list[Any]:
    made = [add_touchpoint(place, name=name, by=actor, at=at)
            for name in ("Front desk", "Bedside", "After-care call")]  # fmt: skip
    for spot, stage in zip(made, ("arrive", "receive", "follow_up"), strict=True):
        place_at_stage(stage, touchpoint=spot, by=actor, at=at)
    return made


@pytest.mark.capability("J02")
def test_planted_spread_between_desk_nurses_and_aftercare_is_found_and_named(
    place: Any, spots: list[Any], staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    for spot in spots:
        answer(place, spot, LAST, 30, 90)
    desk, bed, later = spots
    answer(place, desk, THIS, 30, 90)
    answer(place, bed, THIS, 20, 100)
    answer(place, later, THIS, 80, 40)
    # With staff beside them they all said the best; it must not count.
    answer(place, later, THIS, 0, 200, mode="assisted")
    write_facts(list(Response.objects.values_list("pk", flat=True)))
    found = compare_item(place.organisation_id, ITEMS["respect"], until=date(2026, 4, 2))
    along = found.compared
    assert along.along.says == "uneven" and along.change == "wider"
    assert along.before.spread is not None and along.before.spread.sd < 2
    assert along.along.apart[0].group == "follow_up"
    assert [each.place for each in found.places] == [place.pk]
    monkeypatch.setattr(
        "wellheard.understand.consistency.views.timezone.now",
        lambda: datetime(2026, 4, 2, 15, tzinfo=UTC),
    )
    url = reverse("consistency:consistency")
    shown = signed_in(staff("analyst")).get(url, {"item": "respect"}).content.decode()
    for words in ("not the same everywhere", "further apart", "After-care call", "Told clearly",
                  "n\u202f360", "Afterwards"):  # fmt: skip
        assert words in shown, words


def test_marks_of_cards_count_by_touchpoint_and_copies_do_not(
    place: Any, spots: list[Any], at: Any
) -> None:
    def card(number: int, spot: Any, rating: int, **more: Any) -> Comment:
        return Comment.objects.create(
            organisation_id=place.organisation_id, site=place.site, place=place, touchpoint=spot,
            source="card", reference=f"C{number}", received_at=THIS, recorded_at=THIS,
            rating=rating, rating_max=5, triage_due_at=at, **more,
        )  # fmt: skip

    first = [card(n, spots[0], 1 + n % 5) for n in range(12)]
    for n in range(12, 25):
        card(n, None, 5 - n % 2)
    card(99, spots[0], 5, duplicate_of=first[0])
    write_card_facts(list(Comment.objects.values_list("pk", flat=True)))
    found = compare_item(place.organisation_id, ITEMS["mark"], until=date(2026, 4, 2))
    sizes = {each.group: each.n for each in found.places[0].found.standings}
    assert sizes == {f"{place.pk}:{spots[0].pk}": 12, f"{place.pk}:": 13}


def test_page_without_touchpoints_says_what_to_do(place: Any, staff: Any, signed_in: Any) -> None:
    shown = signed_in(staff("executive")).get(reverse("consistency:consistency"))
    assert "Nothing to set side by side yet" in shown.content.decode()
    refused = signed_in(staff("nurse_manager", places=[place])).get(
        reverse("consistency:consistency")
    )
    assert refused.status_code == 403
