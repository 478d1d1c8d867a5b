"""Reminded or not: a known effect comes back, by each design, and the page says what it can tell."""

from __future__ import annotations

import csv
import random
from datetime import date
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from wellheard.understand.adherence.actions import (
    NewAdherence,
    receive_adherence,
    undo_adherence,
)
from wellheard.understand.adherence.models import AdherenceRecord
from wellheard.understand.adherence.queries import adherence_by_place
from wellheard.understand.adherence.rules import Covered, adherence_policy, compare

pytestmark = pytest.mark.capability("G07")
POLICY = adherence_policy()
EFFECT = 7.0


def drawn(design: str, count: int = 900, seed: int = 4) -> list[Covered]:
    """People of whom the old take more and are reminded more often, except by chance alone."""
    random_ = random.Random(seed)
    rows = []
    for number in range(count):
        old = random_.random() < 0.5
        level = (72 if old else 58) + random_.gauss(0, 9)
        groups = {"medicine": "statin", "age_band": "75+" if old else "50-64", "sex": "female"}
        if design == "before_after":
            for reminded in (False, True):
                percent = level + EFFECT * reminded + random_.gauss(0, 5)
                rows.append(Covered(f"p{number}", percent, reminded, groups))
            continue
        chance = 0.5 if design == "randomised" else 0.75 if old else 0.25
        reminded = random_.random() < chance
        rows.append(Covered(f"p{number}", level + EFFECT * reminded, reminded, groups))
    return rows


@pytest.mark.parametrize("design", ["observational", "before_after", "randomised"])
def test_known_effect_is_recovered_by_each_design(design: Any) -> None:
    found = compare(design, drawn(design), POLICY, minimum=11)
    assert found is not None and found.people == 900
    assert found.effect.low < EFFECT < found.effect.high
    assert found.effect.high - found.effect.low < 4 and found.verdict == "more"


def test_strata_take_out_what_age_alone_made() -> None:
    found = compare("observational", drawn("observational"), POLICY, minimum=11)
    assert found is not None and found.plain is not None
    assert found.plain.low > EFFECT, "who was reminded is older"
    assert found.within == ("medicine", "age_band", "sex", "payer")


def test_strata_become_coarser_when_hardly_anybody_can_be_compared() -> None:
    rows = [
        Covered(each.who, each.percent, each.reminded, {**each.groups, "payer": each.who})
        for each in drawn("observational")
    ]
    found = compare("observational", rows, POLICY, minimum=11)
    assert found is not None and found.within == ("medicine", "age_band", "sex")


def test_several_medicines_of_one_person_count_as_one_person() -> None:
    rows = drawn("randomised", 200)
    doubled = [*rows, *rows]
    once = compare("randomised", rows, POLICY, minimum=11)
    twice = compare("randomised", doubled, POLICY, minimum=11)
    assert once is not None and twice is not None
    assert (twice.people, twice.effect.se) == (once.people, pytest.approx(once.effect.se))


def test_too_few_are_not_compared() -> None:
    rows = drawn("randomised", 200)
    few = [each for each in rows if not each.reminded] + [each for each in rows if each.reminded][
        :10
    ]
    assert compare("randomised", few, POLICY, minimum=11) is None
    assert compare("before_after", drawn("before_after", 10), POLICY, minimum=11) is None


def new(number: int, percent: float, *, reminded: bool, **given: Any) -> NewAdherence:
    covered = min(100, max(0, round(percent)))
    base: dict[str, Any] = {
        "person_key": f"p{number}", "starts_on": date(2026, 1, 1), "days": 100,
        "days_covered": covered, "reminded": reminded, "programme": "Texts",
        "design": "observational", "medicine": "statin", "age_band": "75+",
    }  # fmt: skip
    return NewAdherence(**{**base, **given})


@pytest.fixture
def kept(organisation: Any, place: Any, actor: Any, at: Any) -> Any:
    rows = [
        new(n, each.percent, reminded=each.reminded, age_band=each.groups["age_band"],
            place_id=place.pk if n < 50 else None)
        for n, each in enumerate(drawn("observational", 400))
    ]  # fmt: skip
    batch = uuid4()
    assert receive_adherence(rows, organisation=organisation, batch=batch, by=actor, at=at) == 400
    return rows, batch


def test_line_told_again_is_kept_once_and_a_batch_can_be_taken_back(
    kept: Any, organisation: Any, actor: Any, at: Any, place: Any
) -> None:
    rows, batch = kept
    again = receive_adherence(rows, organisation=organisation, batch=uuid4(), by=actor, at=at)
    assert again == 0 and AdherenceRecord.objects.count() == 400
    other = [new(999, 50, reminded=True, design="randomised")]
    with pytest.raises(ValueError, match="two designs"):
        receive_adherence(other, organisation=organisation, batch=uuid4(), by=actor, at=at)
    span = {"start": date(2026, 1, 1), "stop": date(2026, 2, 1)}
    people, percent = adherence_by_place(organisation.pk, **span)[place.pk]
    assert people == 50 and 50 < percent < 90
    assert undo_adherence(organisation=organisation, batch=batch, by=actor, at=at) == 400


def test_page_and_file_say_the_design_and_what_it_can_tell(
    kept: Any, staff: Any, signed_in: Any
) -> None:
    client = signed_in(staff("executive"))
    shown = client.get(reverse("adherence:adherence")).content.decode()
    assert "Observed" in shown and "An association" in shown
    assert "Difference within medicine, age, sex, payer" in shown
    text = client.get(reverse("adherence:adherence"), {"format": "csv"}).content.decode()
    (row,) = csv.DictReader(StringIO(text))
    assert row["design"] == "observational" and row["caution"].startswith("An association")
    assert float(row["low"]) < EFFECT < float(row["high"])


def test_page_without_a_file_says_what_to_bring(staff: Any, signed_in: Any) -> None:
    shown = signed_in(staff("analyst")).get(reverse("adherence:adherence")).content.decode()
    assert "wellheard import adherence" in shown
