"""Truths planted in invented hospitals are found; noise is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from wellheard.understand.findings.leads import told
from wellheard.understand.findings.renames import joined
from wellheard.understand.findings.rules import Finding
from wellheard.understand.findings.scored import Scored, scored_measures
from wellheard.understand.findings.searches import find_among
from wellheard.understand.findings.searches.drivers import find_drivers
from wellheard.understand.findings.searches.gaps import search_gaps
from wellheard.understand.findings.searches.levels import search_levels
from wellheard.understand.findings.searches.peaks import search_peaks
from wellheard.understand.findings.sharpened import Sharpened, sharpened
from wellheard.understand.findings.tests.hospitals import Plan, Truth, draw
from wellheard.understand.scores.queries import shipped_measures

_TRUTHS = (
    Truth("shift", place=4, month=9, size=-0.8),
    Truth("trend", place=2, size=1.1),
    Truth("gap", group=("language", "es"), size=-0.5),
    Truth("peak", place=3, weekday=0, size=-1.5, item="wait_told"),
    Truth("driver", item="quiet", size=0.8),
)
_PLAN = Plan(
    seed=11, places=8, sites=2, months=15, responses=12_000, truths=_TRUTHS, season=0.2,
    wobble=0.03, missing_groups=0.4, new_wording_at=0.63,
)  # fmt: skip


def _scored(plan: Plan) -> list[Scored]:
    answers, _ = joined(draw(plan))
    return list(scored_measures(answers, shipped_measures()))


def find_levels(sharp: Sharpened) -> list[Finding]:
    return list(told(search_levels(sharp)))


@pytest.fixture(scope="module")
def scored() -> list[Scored]:
    return _scored(_PLAN)


@pytest.fixture(scope="module")
def truths(scored: list[Scored]) -> Sharpened:
    return sharpened(scored)


@pytest.fixture(scope="module")
def noise() -> list[Scored]:
    return _scored(replace(_PLAN, seed=12, truths=(), renamed=3, mix_change=0.5))


def _places(found: list[Finding]) -> list[tuple[str | None, str]]:
    return [(each.place, each.direction) for each in found]


@pytest.mark.capability("G09")
def test_shift_and_trend_are_found_dated_and_told_apart(truths: Sharpened) -> None:
    found = {each.kind: each for each in find_levels(truths)}
    assert set(found) == {"shift", "trend"}
    shift = found["shift"]
    assert (shift.place, shift.direction) == ("Unit 5", "worse")
    assert shift.start_on is not None
    assert abs((shift.start_on - date(2025, 3, 1)).days) <= 15
    assert shift.start_low is not None and shift.start_high is not None
    assert shift.start_low <= date(2025, 3, 1) <= shift.start_high
    assert shift.low <= shift.estimate <= shift.high < 0
    assert len(shift.also) >= 5
    assert (found["trend"].place, found["trend"].direction) == ("Unit 3", "better")


@pytest.mark.capability("M01")
def test_gap_of_one_language_is_found_and_no_other(truths: Sharpened) -> None:
    found = list(told([search_gaps(truths)]))
    assert [(each.group, each.place, each.direction) for each in found] == [
        ("language=es", None, "worse")
    ]
    assert "people who speak Spanish" in found[0].sentence


@pytest.mark.capability("A12")
def test_bad_time_of_the_week_at_one_place_is_found(truths: Sharpened) -> None:
    found = list(told([search_peaks(truths)]))
    assert [(each.place, each.measure) for each in found] == [("Unit 4", "wait_told")]
    assert found[0].group.startswith("Monday")
    assert found[0].verdict == "worse"


def test_what_moves_the_rating_is_found(scored: list[Scored]) -> None:
    assert [each.measure for each in find_drivers(scored)] == ["quiet"]


_WHOLE = Plan(seed=21, places=8, sites=2, months=30, responses=12_000, season=0.2, wobble=0.03)


@pytest.mark.capability("G09")
def test_change_of_everybody_is_told_once_and_of_no_place() -> None:
    truth = Truth("shift", month=18, size=-0.5)
    found = find_levels(sharpened(_scored(replace(_WHOLE, truths=(truth,)))))
    assert [(each.kind, each.place, each.direction) for each in found] == [("shift", None, "worse")]
    only = found[0]
    assert only.start_low is not None and only.start_high is not None
    assert only.start_low <= date(2024, 9, 1) <= only.start_high
    assert only.place_id is None and only.site_id is None and len(only.also) >= 5
    assert only.sentence.startswith("Everywhere. ") and only.high < 0


def test_slow_trend_of_everybody_beside_a_place_of_its_own() -> None:
    truths = (Truth("trend", size=0.9), Truth("shift", place=4, month=20, size=-1.2))
    found = {
        each.place: each for each in find_levels(sharpened(_scored(replace(_WHOLE, truths=truths))))
    }
    assert set(found) == {None, "Unit 5"}
    assert (found[None].kind, found[None].direction) == ("trend", "better")
    assert (found["Unit 5"].kind, found["Unit 5"].direction) == ("shift", "worse")


def test_season_a_new_wording_or_one_large_place_is_no_change_of_everybody() -> None:
    for plan in (
        replace(_WHOLE, season=0.5),
        replace(_WHOLE, new_wording_at=0.6),
        replace(_WHOLE, truths=(Truth("shift", place=0, month=15, size=-1.0),)),
    ):
        assert not [each for each in find_levels(sharpened(_scored(plan))) if each.place is None]


def test_season_wording_mix_and_a_new_name_are_no_findings(noise: list[Scored]) -> None:
    found = [*find_among(noise), *find_drivers(noise)]
    # The generator lets people of 60-79 mark higher everywhere: a true difference.
    assert {each.group for each in found} <= {"age_band=60-79"}


def test_renamed_place_goes_on_as_one() -> None:
    answers, became = joined(draw(replace(_PLAN, renamed=2)))
    assert [(answers.places[a].name, answers.places[b].name) for a, b in became.items()] == [
        ("Unit 3", "New unit 3")
    ]
    assert not (answers.place == 2).any()
