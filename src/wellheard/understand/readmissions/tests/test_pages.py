"""Readmissions by place and month from real visits, and their page."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.urls import reverse

from wellheard.people.visits.models import Visit
from wellheard.understand.facts.slices import Month
from wellheard.understand.facts.tests.factory import answer, keep
from wellheard.understand.predictions.tests.factory import stay
from wellheard.understand.readmissions.queries import by_month, by_place, tallies
from wellheard.understand.readmissions.rules import BACK
from wellheard.understand.scores.queries import shipped_measures

pytestmark = pytest.mark.capability("G04")


def ended(month: int, day: int = 10) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.fixture
def year(place: Any, other_place: Any) -> datetime:
    """Seven months: on the ward 20 stays a month of which 4 come back, elsewhere 6 in each."""
    rows = []
    for month in range(1, 8):
        for number in range(20):
            who = f"m{month}-{number}"
            rows.append(stay(place, who, ended(month)))
            if number < 4:
                back = ended(month) + timedelta(days=9)
                rows.append(stay(other_place, who, back, planned=number == 3))
        rows += [stay(other_place, f"o{month}-{n}", ended(month)) for n in range(2)]
    rows.append(stay(place, "", ended(2)))
    Visit.objects.bulk_create(rows)
    return ended(9, 2)


def test_rates_by_place_and_month_are_sums_of_what_may_be_shown(
    place: Any, other_place: Any, year: datetime
) -> None:
    found = tallies(place.organisation_id, until=year, months=12)
    assert found.period.stop == Month(2026, 8) and found.unknown == 1
    ward = by_month(found, place=place.pk)
    assert [(rate.counts.n, rate.counts.among(frozenset({BACK}))) for rate in ward.rates] == [
        (20, 3)
    ] * 7
    # six people a month elsewhere are fewer than may be shown: months are joined
    joined = by_month(found, place=other_place.pk)
    assert [rate.counts.n for rate in joined.rates] == [18, 18]
    assert found.withheld
    # and a month of the whole would give a joined one away: only the ward's are told
    assert sum(rate.counts.n for rate in by_month(found).rates) == 140


def test_joined_months_of_the_same_few_people_are_not_told(place: Any) -> None:
    # eight people, each in three months of a quarter: 24 stays, and still eight people
    stays = [stay(place, f"r{n}", ended(month)) for month in (1, 2, 3) for n in range(8)]
    Visit.objects.bulk_create(stays)
    found = tallies(place.organisation_id, until=ended(9, 2), months=12)
    assert not found.atoms and not by_month(found, place=place.pk).rates
    assert not by_month(found).rates and found.withheld


def test_experience_stands_beside_as_sums_only(place: Any, year: datetime) -> None:
    keep(
        answer(place, "2026-03", 5, 30, item="rating"),
        answer(place, "2026-03", 3, 10, item="rating"),
    )
    found = tallies(place.organisation_id, until=year, months=12)
    months, rows = by_place(place.organisation_id, found, shipped_measures()["rating"])
    ward = next(row for row in rows if row.place == place.pk)
    assert len(months.months) == 12
    assert (ward.score.n, round(ward.score.estimate, 1)) == (140, 15.0)
    assert ward.experience is not None and ward.experience.n == 40


def test_page_shows_rate_with_n_interval_and_rule_and_the_file_says_the_same(
    place: Any, year: datetime, staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("wellheard.understand.readmissions.views.timezone.now", lambda: year)
    client = signed_in(staff("executive"))
    address = reverse("readmissions:readmissions")
    shown = client.get(address).content.decode()
    assert "15.0 % (n 140, 10.0–21.8)" in shown.replace("\u202f", " ")
    assert "readmission-30 2026-11" in shown and "Left against advice" not in shown
    assert "control-chart" in client.get(address, {"place": place.pk}).content.decode()
    assert client.get(address, {"place": "999999"}).status_code == 404
    rows = list(csv.DictReader(StringIO(client.get(address, {"format": "csv"}).content.decode())))
    ward = next(row for row in rows if row["place"] == place.name)
    assert (ward["stays"], ward["came_back_percent"]) == ("140", "15.0")
    assert "Not adjusted" in ward["note"]


def test_page_without_stays_says_what_to_bring(staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("analyst"))
    shown = client.get(reverse("readmissions:readmissions")).content.decode()
    assert "No stays to follow yet" in shown
    assert signed_in(staff("nurse_manager")).get(
        reverse("readmissions:readmissions")
    ).status_code == 403  # fmt: skip
