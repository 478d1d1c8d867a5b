"""Scores and trouble side by side."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from wellheard.understand.dissatisfaction.models import TroubleCount

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.capability("L02", "L11")
def test_page_of_trouble_lists_first_where_scores_disagree(
    place: Any, other_place: Any, staff: Any, signed_in: Any
) -> None:
    def stand(at: Any, kind: str, events: int) -> dict[str, Any]:
        return {
            "place_id": at.pk,
            "satisfied": {"n": 200, "gap": 6.2, "low": 1.0, "high": 11.0},
            "troubles": [
                {"stream": "problems", "events": events, "of": 200, "rate": events / 200,
                 "ratio": 2.4, "low": 1.8, "high": 3.1, "p": 0.0001},
            ],
            "stand": kind,
        }  # fmt: skip

    TroubleCount.objects.create(
        organisation_id=place.organisation_id, made_at=AT, first_day=date(2025, 3, 1),
        last_day=date(2026, 2, 28),
        stands=[stand(other_place, "agree_well", 4), stand(place, "trouble_behind_good_scores", 60)],
    )  # fmt: skip
    shown = signed_in(staff("analyst")).get(reverse("dissatisfaction:trouble")).content.decode()
    assert shown.index("Ward 7") < shown.index("Clinic 4")
    assert "Good scores hide trouble" in shown
    assert "2.4 times (1.8 to 3.1, n 200)" in shown
    assert "too few to show" in shown
