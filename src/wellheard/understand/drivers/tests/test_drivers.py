"""Planted drivers are found, named with their warnings, and never for a group too small."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from wellheard.listen.responses.models import Response
from wellheard.understand.drivers.presenters import matrix_of, sentence, strengths
from wellheard.understand.drivers.queries import Asked, drivers_of, groups_of, outcomes

UNTIL = date(2026, 4, 2)
ITEMS = ("nurse_listen", "help_soon", "clean", "quiet")


@pytest.fixture
def told(place: Any) -> Any:
    """The rating follows being helped soon (low) and nurses (high); cleanliness is always 4."""
    rng = random.Random(3)
    rows = []
    for number in range(560):
        answers = {item: rng.choice([1, 2, 3, 4]) for item in ITEMS}
        answers["nurse_listen"] = rng.choice([3, 4, 4, 4])
        answers["clean"] = 4 if rng.random() < 0.95 else 3
        pull = 1.6 * answers["help_soon"] + 3.2 * answers["nurse_listen"] + rng.gauss(0, 1.2)
        answers["rating"] = max(0, min(10, round(pull - 9)))
        language = "en" if number < 400 else "es" if number < 555 else "ar"
        rows.append(
            Response(
                organisation_id=place.organisation_id,
                site_id=place.site_id,
                place=place,
                instrument="pulse",
                version=1,
                received_at=datetime(2026, 2, 3, tzinfo=UTC),
                recorded_at=datetime(2026, 2, 3, tzinfo=UTC),
                mode="web",
                language=language,
                answers=answers,
            )
        )
    Response.objects.bulk_create(rows)
    return place


def rating(place: Any) -> Any:
    return outcomes(place.organisation_id, on=UNTIL)["rating"]


@pytest.mark.capability("L05")
def test_planted_driver_is_first_with_rank_interval_and_field(told: Any) -> None:
    found = drivers_of(told.organisation_id, rating(told), until=UNTIL)
    first = found.found[0]
    assert (first.measure.code, first.rank, first.rank_high) == ("help_soon", 1, 1)
    assert first.place == "first" and first.sure
    assert first.low < first.share < first.high
    assert first.performance_low < first.performance < first.performance_high
    assert found.n == 560 and found.r2 > 0.5
    by_code = {each.measure.code: each for each in found.found}
    assert by_code["nurse_listen"].place == "keep"
    assert "most answers are already at the top of the scale" in by_code["clean"].warnings
    # The same question gives the same answer, intervals too.
    assert drivers_of(told.organisation_id, rating(told), until=UNTIL) == found


@pytest.mark.capability("L11")
def test_strength_and_gap_are_both_said(told: Any) -> None:
    found = drivers_of(told.organisation_id, rating(told), until=UNTIL)
    assert "Help came soon" in sentence(found)
    assert "Nurses listened" in strengths(found) and "Help came soon" not in strengths(found)


def test_matrix_holds_every_interval_inside_its_frame(told: Any) -> None:
    matrix = matrix_of(drivers_of(told.organisation_id, rating(told), until=UNTIL))
    assert matrix is not None
    for dot in matrix.dots:
        edges = [float(x.rstrip("%")) for x in (dot.left, dot.x, dot.right)]
        heights = [float(y.rstrip("%")) for y in (dot.top, dot.y, dot.bottom)]
        assert sorted(edges) == edges and sorted(heights) == heights
        assert edges[0] >= 0 and edges[-1] <= 100 and heights[0] >= 0 and heights[-1] <= 100


@pytest.mark.capability("M02")
def test_group_is_left_out_when_the_rest_would_be_somebody(told: Any) -> None:
    """Five people speak Arabic: with English and Spanish both shown, they would be the rest."""
    outcome = rating(told)
    assert groups_of(told.organisation_id, outcome, "language", until=UNTIL) == ["en"]
    asked = Asked(attribute="language", group="es")
    assert drivers_of(told.organisation_id, outcome, asked, until=UNTIL).why == "too_few"
    asked = Asked(attribute="language", group="en")
    assert drivers_of(told.organisation_id, outcome, asked, until=UNTIL).n == 400


def test_too_few_answers_cannot_tell(place: Any) -> None:
    found = drivers_of(place.organisation_id, rating(place), until=UNTIL)
    assert (found.found, found.why) == ((), "too_few")
    assert matrix_of(found) is None


def test_page_shows_matrix_and_table_reachable_by_keyboard(
    told: Any, staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    moment = datetime(2026, 4, 2, 15, tzinfo=UTC)
    monkeypatch.setattr("wellheard.understand.drivers.views.timezone.now", lambda: moment)
    client = signed_in(staff("executive"))
    shown = client.get(reverse("drivers:drivers")).content.decode()
    assert "n at least 560" in shown and "association, not cause" in shown
    assert shown.count("data-point") == 4 and shown.count('tabindex="0"') >= 2
    assert "work on first" in shown
    narrowed = client.get(reverse("drivers:drivers"), {"by": "sex"}).content.decode()
    assert "Cannot tell" in narrowed and "No group is large enough" in narrowed
    odd = client.get(reverse("drivers:drivers"), {"by": "zodiac", "outcome": "x", "site": "999"})
    assert odd.status_code == 200
