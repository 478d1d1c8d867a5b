"""Places with the same mix of people, and scores weighted to who visited."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from wellheard.people.places.actions import add_place
from wellheard.people.visits.actions import NewCount, record_visits
from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.facts.tests.factory import answer, keep
from wellheard.understand.scores.comparison import board_of, compared_places
from wellheard.understand.scores.queries import shipped_measures
from wellheard.understand.scores.weighted import weighted_score

QUIET = shipped_measures()["quiet"]
QUARTER = Period(Month(2026, 1), Month(2026, 4))


def mixed(place: Any, young: tuple[int, int], old: tuple[int, int]) -> None:
    for band, (best, n) in (("18-34", young), ("75+", old)):
        keep(
            answer(place, "2026-01", 4, best, age_band=band),
            answer(place, "2026-01", 1, n - best, age_band=band),
        )


@pytest.mark.capability("L01")
def test_place_that_only_cares_for_others_is_not_called_worse(
    place: Any, other_place: Any, actor: Any, at: Any
) -> None:
    third = add_place(place.site, name="Ward 9", kind="ward", by=actor, at=at)
    mixed(place, young=(100, 200), old=(90, 100))
    mixed(other_place, young=(50, 100), old=(180, 200))
    mixed(third, young=(20, 100), old=(120, 200))
    found = {each.place_id: each for each in compared_places(place.organisation_id, QUIET, QUARTER)}
    here, there, low = found[place.pk], found[other_place.pk], found[third.pk]
    assert here.raw.estimate < there.raw.estimate
    assert here.adjusted.estimate == pytest.approx(there.adjusted.estimate, abs=0.5)  # type: ignore[union-attr]
    assert low.verdict == "worse" and here.verdict == there.verdict
    assert here.adjusted.low < here.adjusted.estimate < here.adjusted.high  # type: ignore[union-attr]


@pytest.mark.capability("M02")
def test_adjusted_figure_rests_on_the_people_that_are_shown(place: Any, other_place: Any) -> None:
    """Five people of another quarter are in neither figure, so that none can be subtracted."""
    mixed(place, young=(100, 200), old=(90, 100))
    mixed(other_place, young=(50, 100), old=(180, 200))
    keep(answer(place, "2025-11", 1, 5, age_band="75+"))
    half_year = Period(Month(2025, 10), Month(2026, 4))
    before = compared_places(place.organisation_id, QUIET, QUARTER)
    found = compared_places(place.organisation_id, QUIET, half_year)
    for each, same in zip(found, before, strict=True):
        assert each.raw.n == each.adjusted.n  # type: ignore[union-attr]
        assert each.adjusted.estimate == pytest.approx(same.adjusted.estimate)  # type: ignore[union-attr]


@pytest.mark.capability("L01")
def test_score_is_weighted_to_who_visited(place: Any, actor: Any, at: Any) -> None:
    """Half of the young, nine in ten of the old said always; half of the visits are young."""
    mixed(place, young=(50, 100), old=(270, 300))
    assert weighted_score(place.organisation_id, QUIET, QUARTER) is None
    record_visits(
        [
            NewCount(place.pk, date(2026, 1, 1), 1000, "age_band", "18-34"),
            NewCount(place.pk, date(2026, 2, 1), 1000, "age_band", "75+"),
        ],
        by=actor,
        at=at,
    )
    found = weighted_score(place.organisation_id, QUIET, QUARTER)
    assert found is not None
    assert found.raw == pytest.approx(80) and found.estimate == pytest.approx(70)
    # Kish: n sum w^2 / (sum w)^2 with weights 2 and 2/3.
    assert found.design_effect == pytest.approx(4 / 3)
    assert (found.n, found.effective_n) == (400, 300)
    assert found.margins == ("age_band",) and found.low < 70 < found.high


def test_small_and_silent_groups_are_put_together(place: Any, actor: Any, at: Any) -> None:
    mixed(place, young=(50, 100), old=(270, 300))
    keep(answer(place, "2026-01", 1, 5, age_band="35-44"), answer(place, "2026-01", 1, 50))
    record_visits(
        [
            NewCount(place.pk, date(2026, 1, 1), 900, "age_band", "18-34"),
            NewCount(place.pk, date(2026, 1, 1), 1000, "age_band", "75+"),
            NewCount(place.pk, date(2026, 1, 1), 100, "age_band", "35-44"),
        ],
        by=actor,
        at=at,
    )
    found = weighted_score(place.organisation_id, QUIET, QUARTER)
    assert found is not None and 0 < found.estimate < 80


def test_page_shows_raw_adjusted_and_weighted(
    place: Any, other_place: Any, staff: Any, signed_in: Any, monkeypatch: Any
) -> None:
    mixed(place, young=(100, 200), old=(90, 100))
    mixed(other_place, young=(50, 100), old=(180, 200))
    moment = datetime(2026, 4, 2, 15, tzinfo=UTC)
    monkeypatch.setattr("wellheard.understand.scores.place_views.timezone.now", lambda: moment)
    client = signed_in(staff("executive"))
    shown = client.get(reverse("scores:places", args=["quiet"])).content.decode()
    assert "adjusted for age" in shown and "Not weighted" in shown and "Ward 7" in shown
    assert client.get(reverse("scores:places", args=["no_such"])).status_code == 404


@pytest.mark.capability("L01")
def test_board_tells_where_each_place_stands_among_all(
    place: Any, staff: Any, signed_in: Any, actor: Any, at: Any, monkeypatch: Any
) -> None:
    """Twelve places with the same mix: the best stands at the top, and only two stand apart."""
    places = [place] + [
        add_place(place.site, name=f"Ward {n}", kind="ward", by=actor, at=at) for n in range(20, 31)
    ]
    for n, each in enumerate(places):
        best = {0: 95, 1: 20}.get(n, 60)
        mixed(each, young=(best, 100), old=(best, 100))
    found = board_of(place.organisation_id, [QUIET], QUARTER)["quiet"]
    assert found[places[0].pk].percentile == pytest.approx(100 * 11.5 / 12)
    assert found[places[1].pk].percentile == pytest.approx(100 * 0.5 / 12)
    assert found[places[2].pk].percentile == pytest.approx(50)
    verdicts = {n: found[each.pk].compared.verdict for n, each in enumerate(places)}
    assert (verdicts[0], verdicts[1], verdicts[2]) == ("better", "worse", "cannot_tell")
    moment = datetime(2026, 4, 2, 15, tzinfo=UTC)
    monkeypatch.setattr("wellheard.understand.scores.place_views.timezone.now", lambda: moment)
    client = signed_in(staff("executive"))
    shown = client.get(reverse("scores:board")).content.decode()
    assert "percentile 96 of 12 places" in shown and "Ward 30" in shown and "92–98" in shown
    assert reverse("scores:board") in client.get(reverse("scores:catalogue")).content.decode()
    assert signed_in(staff("nurse_manager")).get(reverse("scores:board")).status_code == 403


def test_few_places_stand_among_nobody_and_a_small_quarter_in_nothing(
    place: Any, other_place: Any
) -> None:
    mixed(place, young=(100, 200), old=(90, 100))
    mixed(other_place, young=(50, 100), old=(180, 200))
    keep(answer(other_place, "2025-11", 1, 5, age_band="75+"))
    half_year = Period(Month(2025, 10), Month(2026, 4))
    found = board_of(place.organisation_id, [QUIET], half_year)["quiet"]
    assert {each.percentile for each in found.values()} == {None}
    there = found[other_place.pk].compared
    assert there.raw.n == there.adjusted.n == 300  # type: ignore[union-attr]
