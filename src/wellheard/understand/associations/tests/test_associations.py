"""What goes along over places: with n, with case mix out, and never as a cause."""

from __future__ import annotations

import csv
import random
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from wellheard.people.places.actions import add_place
from wellheard.people.visits.models import Visit
from wellheard.understand.adherence.actions import NewAdherence, receive_adherence
from wellheard.understand.associations.queries import associations
from wellheard.understand.associations.rules import Unit, associate, association_policy
from wellheard.understand.facts.tests.factory import answer, keep
from wellheard.understand.predictions.tests.factory import stay
from wellheard.understand.scores.queries import shipped_measures

pytestmark = pytest.mark.capability("G06")
POLICY = association_policy()
READMITTED = POLICY.outcomes[0]
NOW = datetime(2026, 10, 5, 15, tzinfo=UTC)


def units(count: int = 16, *, slope: float = -1.0, by_age: bool = False) -> list[Unit]:
    """Four quarters of each place; ``by_age``: both follow how old people there are, and that
    alone."""
    random_ = random.Random(12)
    found = []
    for place in range(count):
        age = random_.gauss(60, 10)
        level = -age if by_age else random_.gauss(0, 5)
        for _quarter in range(4):
            said = level + random_.gauss(0, 1)
            came = (age if by_age else slope * level) + random_.gauss(0, 3)
            found.append(Unit(place, said, came, (age + random_.gauss(0, 0.5), 0.3)))
    return found


def test_association_is_told_with_n_and_its_direction() -> None:
    found = associate(READMITTED, units(), POLICY, by_quarter=True)
    assert (found.units, found.places, found.verdict) == (64, 16, "apart")
    assert found.plain is not None and found.adjusted is not None
    # the share of surgical stays is the same everywhere: only age is taken out
    assert found.adjusted.adjusted_for == 1 and found.plain.adjusted_for == 0
    assert associate(READMITTED, units(slope=1), POLICY, by_quarter=True).verdict == "together"


def test_what_age_alone_made_is_not_called_an_association() -> None:
    found = associate(READMITTED, units(by_age=True), POLICY, by_quarter=True)
    assert found.plain is not None and found.plain.is_clear
    assert found.verdict == "cannot_tell"


def test_without_case_mix_or_with_few_places_nothing_is_claimed() -> None:
    bare = [Unit(each.place, each.experience, each.outcome) for each in units()]
    assert associate(READMITTED, bare, POLICY, by_quarter=True).verdict == "cannot_tell"
    assert associate(READMITTED, units(7), POLICY, by_quarter=True).verdict == "too_few"
    assert associate(READMITTED, [], POLICY, by_quarter=True).verdict == "too_few"


@pytest.fixture
def hospital(site: Any, actor: Any, at: Any) -> Any:
    """Nine wards in two quarters: the better the rating, the fewer come back, the more medicine."""
    places = [add_place(site, name=f"Ward {n}", kind="ward", by=actor, at=at) for n in range(9)]
    rows, said, days = [], [], []
    for level, place in enumerate(places):
        for month in (2, 5):
            ended = datetime(2026, month, 10, 12, tzinfo=UTC)
            for number in range(20):
                who = f"{level}-{month}-{number}"
                rows.append(stay(place, who, ended, age=40 + (level * 7) % 5))
                if number < 10 - level:
                    # back elsewhere, where no answers are
                    back = ended + timedelta(days=9)
                    rows.append(stay(places[0], who, back, discharge_to="left"))
            said.append(answer(place, f"2026-{month:02d}", 10, 12 + level, item="rating"))
            said.append(answer(place, f"2026-{month:02d}", 2, 12, item="rating"))
        days += [
            NewAdherence(
                person_key=f"{level}-{n}", starts_on=date(2026, 3, 1), days=100,
                days_covered=50 + 4 * level, reminded=n % 2 == 0, programme="Texts",
                design="observational", place_id=place.pk,
            )
            for n in range(12)
        ]  # fmt: skip
    Visit.objects.bulk_create(rows)
    keep(*said)
    receive_adherence(days, organisation=site.organisation, batch=uuid4(), by=actor, at=at)
    return site.organisation


def test_units_are_places_in_quarters_and_only_sums(hospital: Any) -> None:
    page = associations(hospital.pk, shipped_measures()["rating"], now=NOW)
    found = {each.outcome.code: each for each in page.found}
    back = found["readmitted"]
    assert (back.units, back.places, back.by_quarter) == (18, 9, True)
    assert back.plain is not None and back.plain.estimate < -0.9
    medicine = found["adherence"]
    assert (medicine.units, medicine.by_quarter) == (9, False)
    assert medicine.plain is not None and medicine.plain.estimate > 0.9
    assert found["health"].verdict == "too_few"


def test_page_and_file_carry_association_n_and_caution(
    hospital: Any, staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("wellheard.understand.associations.views.timezone.now", lambda: NOW)
    client = signed_in(staff("executive"))
    shown = client.get(reverse("associations:along")).content.decode()
    assert "Association, not cause" in shown and "18 quarters of 9 places" in shown
    assert "Over 18 quarters of 9 places" in shown and "at fewer than 8 places" in shown
    text = client.get(reverse("associations:along"), {"format": "csv"}).content.decode()
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["units"] for row in rows] == ["18", "9", "0"]
    assert all(row["caution"].startswith("Association, not cause") for row in rows)
    assert rows[0]["adjusted_for"] == "mean age, share of surgical stays"
    assert signed_in(staff("nurse_manager")).get(
        reverse("associations:along")
    ).status_code == 403  # fmt: skip
