"""Adjustment takes away what only the mix of people did."""

from __future__ import annotations

from typing import Any

import pytest

from wellheard.people.places.actions import add_place, add_site
from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.facts.tests.factory import answer, keep
from wellheard.understand.scores.adjusted import adjusted_by_site
from wellheard.understand.scores.queries import shipped_measures

QUIET = shipped_measures()["quiet"]
QUARTER = Period(Month(2026, 1), Month(2026, 4))


def mixed(place: Any, young: int, old: int) -> None:
    """Half of the young and nine in ten of the old said always, everywhere."""
    for band, n, best in (("18-34", young, young // 2), ("75+", old, old * 9 // 10)):
        keep(answer(place, "2026-01", 4, best, age_band=band))
        keep(answer(place, "2026-01", 1, n - best, age_band=band))


@pytest.mark.capability("L01")
def test_adjusted_sites_that_differ_only_in_whom_they_care_for_are_alike(
    place: Any, actor: Any, at: Any
) -> None:
    far = add_site(place.organisation, name="Far", by=actor, at=at)
    other = add_place(far, name="Far ward", kind="ward", by=actor, at=at)
    mixed(place, young=200, old=100)
    mixed(other, young=100, old=200)
    found = adjusted_by_site(place.organisation_id, QUIET, QUARTER)
    here, there = found[place.site_id], found[far.pk]
    assert here.estimate == pytest.approx(there.estimate, abs=1e-6)
    assert here.estimate == pytest.approx(70.0)
    assert here.low < 70 < here.high and here.n == 300
    assert here.adjustment.startswith("adjusted for age, sex, language (CAHPS model")


def test_adjusted_single_site_has_nothing_to_compare(place: Any) -> None:
    mixed(place, young=100, old=100)
    assert len(adjusted_by_site(place.organisation_id, QUIET, QUARTER)) <= 1


def test_adjusted_net_promoter_score_does_not_exist(place: Any) -> None:
    nps = shipped_measures()["recommend"]
    assert adjusted_by_site(place.organisation_id, nps, QUARTER) == {}
