"""Referral sources of new patients, and the page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from wellheard.people.visits.models import Visit
from wellheard.understand.share.actions import NewShareFile, keep_share_file
from wellheard.understand.share.referrals import referrals
from wellheard.understand.share.rules import Cell

UNTIL = date(2026, 4, 2)


def came(place: Any, year: int, source: str, people: int, prefix: str, month: int = 2) -> None:
    moment = datetime(year, month, 3, 15, tzinfo=UTC)
    Visit.objects.bulk_create(
        Visit(
            organisation_id=place.organisation_id, place=place, kind="ambulatory",
            status="finished", arrived_at=moment, recorded_at=moment,
            person_key=f"{prefix}{n}", referral_source=source,
        )
        for n in range(people)
    )  # fmt: skip


@pytest.mark.capability("K11")
def test_planted_shift_of_referral_sources_is_told_once_for_each_person(place: Any) -> None:
    came(place, 2025, "family doctor", 120, "a")
    came(place, 2025, "online", 30, "b")
    came(place, 2026, "Family  Doctor", 90, "c")
    came(place, 2026, "online", 70, "d")
    came(place, 2026, "poster", 4, "e")
    came(place, 2026, "other clinic", 12, "f")
    came(place, 2026, "", 50, "g")
    # Those who were here a year before are not new, whoever sent them.
    came(place, 2026, "poster", 100, "a", month=3)
    found = referrals(place.organisation_id, until=UNTIL)
    says = {each.source: (round(each.share.count), each.says) for each in found.sources}
    assert says == {"family doctor": (90, "less"), "online": (70, "more")}
    assert found.withheld and (found.before_n, found.n, found.not_said) == (150, 160, 50)
    assert found.begins_on == date(2025, 2, 3)


def test_page_tells_share_rivals_sources_and_choices(
    place: Any, actor: Any, at: Any, staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    for year, ours in ((2023, 100), (2024, 160)):
        cells = (Cell("990001", "60601", ours), Cell("990002", "60601", 300),
                 Cell("990003", "60601", None))  # fmt: skip
        keep_share_file(
            NewShareFile(year, ("990001",), f"HSAF_{year}.csv", f"{year}", 3, cells),
            by=actor,
            at=at,
        )
    came(place, 2026, "family doctor", 40, "c")
    monkeypatch.setattr(
        "wellheard.understand.share.views.timezone.now",
        lambda: datetime(2026, 4, 2, 15, tzinfo=UTC),
    )
    shown = signed_in(staff("executive")).get(reverse("share:share")).content.decode()
    for words in ("34.8", "n\u202f460", "higher", "990002", "Family doctor", "HSAF_2024.csv",
                  "Why people choose"):  # fmt: skip
        assert words in shown, words


def test_page_without_a_file_leads_to_the_import(place: Any, staff: Any, signed_in: Any) -> None:
    shown = signed_in(staff("analyst")).get(reverse("share:share")).content.decode()
    assert "No share to tell yet" in shown and reverse("imports:upload") in shown
    assert (
        signed_in(staff("front_desk", places=[place])).get(reverse("share:share")).status_code
        == 403
    )
