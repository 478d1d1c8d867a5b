"""Appointments missed by distance from home: a planted gap, its closing, and small groups."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from wellheard.people.visits.models import Visit
from wellheard.understand.equity.access import access_by, access_by_distance, worse_gaps

UNTIL = date(2026, 4, 2)


def keep(place: Any, year: int, travel: str, missed: int, seen: int, **more: Any) -> None:
    """Appointments of a February, each by somebody else unless said otherwise."""
    moment = datetime(year, 2, 3, 15, tzinfo=UTC)
    statuses = ["no_show"] * missed + ["finished"] * seen
    Visit.objects.bulk_create(
        Visit(
            organisation_id=place.organisation_id,
            place=place,
            status=status,
            scheduled_at=moment,
            recorded_at=moment,
            travel=travel,
            **{"kind": "ambulatory", **more},
        )
        for status in statuses
    )


@pytest.mark.capability("M03")
def test_planted_gap_by_distance_is_found_and_its_closing_too(
    place: Any, staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    keep(place, 2025, "0-9 km", 20, 280)
    keep(place, 2025, "50+ km", 60, 90)
    keep(place, 2026, "0-9 km", 20, 280)
    keep(place, 2026, "50+ km", 24, 66)
    keep(place, 2026, "50+ km", 0, 60, kind="telehealth")
    before = access_by_distance(place.organisation_id, until=date(2025, 4, 2))
    assert [gap.group for gap in worse_gaps(before)] == ["50+ km"]
    assert not before.retests  # nothing came before it
    now = access_by_distance(place.organisation_id, until=UNTIL)
    assert now.retests["50+ km"].verdict == "narrower"
    assert now.remote["50+ km"].count == 60 and now.remote["0-9 km"].count == 0
    monkeypatch.setattr(
        "wellheard.understand.equity.views.timezone.now",
        lambda: datetime(2026, 4, 2, 15, tzinfo=UTC),
    )
    shown = signed_in(staff("analyst")).get(reverse("equity:access")).content.decode()
    for words in ("more missed than 0-9 km", "narrower", "n\u202f150"):
        assert words in shown, words


@pytest.mark.capability("M02")
def test_few_people_far_away_are_not_shown_however_often_they_came(place: Any) -> None:
    keep(place, 2026, "0-9 km", 20, 280)
    keep(place, 2026, "10-49 km", 10, 40)
    keep(place, 2026, "50+ km", 10, 20, person_key="one")
    found = access_by_distance(place.organisation_id, until=UNTIL)
    assert [gap.group for gap in found.gaps.gaps] == ["0-9 km"] and found.withheld


@pytest.mark.capability("M03")
def test_gap_of_people_who_cannot_leave_home_closes_after_video_visits(
    place: Any, staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    for year, missed, seen in ((2025, 60, 90), (2026, 12, 38)):
        keep(place, year, "", 30, 270, mobility="none")
        keep(place, year, "", missed, seen, mobility="housebound")
    keep(place, 2026, "", 6, 94, mobility="housebound", kind="telehealth")
    before = access_by("mobility", place.organisation_id, until=date(2025, 4, 2))
    assert [gap.group for gap in worse_gaps(before)] == ["housebound"]
    now = access_by("mobility", place.organisation_id, until=UNTIL)
    assert now.retests["housebound"].verdict == "narrower" and not worse_gaps(now)
    assert now.remote_change["housebound"].low > 0.5
    helps = now.remote_missed["housebound"]
    assert helps.estimate == pytest.approx(0.06 - 0.24) and helps.high < 0
    assert "none" not in now.remote_missed
    monkeypatch.setattr(
        "wellheard.understand.equity.views.timezone.now",
        lambda: datetime(2026, 4, 2, 15, tzinfo=UTC),
    )
    url = reverse("equity:access")
    shown = signed_in(staff("analyst")).get(url, {"by": "mobility"}).content.decode()
    for words in ("Cannot leave home", "Moves without help", "narrower", "\u221218"):
        assert words in shown, words


@pytest.mark.capability("M02")
def test_few_people_seen_remotely_are_not_set_apart_however_often_they_came(place: Any) -> None:
    keep(place, 2026, "", 30, 270, mobility="none")
    keep(place, 2026, "", 10, 40, mobility="aid")
    keep(place, 2026, "", 2, 40, mobility="aid", kind="telehealth", person_key="one")
    found = access_by("mobility", place.organisation_id, until=UNTIL)
    assert "aid" in found.remote and found.remote_missed == {}


@pytest.mark.parametrize(("by", "column"), [("travel", "distance_km"), ("mobility", "mobility")])
def test_nothing_to_compare_says_so(
    place: Any, staff: Any, signed_in: Any, by: str, column: str
) -> None:
    page = signed_in(staff("analyst")).get(reverse("equity:access"), {"by": by}).content.decode()
    assert "Cannot tell yet" in page and f"the column {column}" in page
