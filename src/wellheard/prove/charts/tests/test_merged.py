"""A place merged in the middle of its series: what is counted, drawn and found of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from wellheard.listen.responses.actions import NewResponse, receive_responses
from wellheard.listen.responses.models import Response
from wellheard.people.merging.actions import merge_place
from wellheard.people.places.actions import add_place
from wellheard.people.places.queries import find_place
from wellheard.prove.charts.presenters.drawing import drawing_of
from wellheard.prove.charts.queries import monthly_series
from wellheard.prove.charts.rules import chart_policy
from wellheard.understand.facts.actions import write_facts
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Month, Period, Slice, Where
from wellheard.understand.facts.tests.factory import answer, keep
from wellheard.understand.findings.answers import Answers
from wellheard.understand.findings.leads import told
from wellheard.understand.findings.renames import joined, merged
from wellheard.understand.findings.rules import Finding
from wellheard.understand.findings.scored import scored_measures
from wellheard.understand.findings.searches.levels import search_levels
from wellheard.understand.findings.sharpened import sharpened
from wellheard.understand.findings.tests.hospitals import Plan, Truth, draw
from wellheard.understand.scores.queries import shipped_measures

pytestmark = pytest.mark.django_db
MERGED_AT = datetime(2026, 3, 16, 15, tzinfo=UTC)
HALF_YEAR = Period(Month(2026, 1), Month(2026, 7))
QUIET = shipped_measures()["quiet"]


@pytest.fixture
def old(place: Any, actor: Any) -> Any:
    """Ward 8 with answers of its own, then merged into the place, whose files still say Ward 8."""
    ward = add_place(place.site, name="Ward 8", kind="ward", by=actor, at=MERGED_AT)
    for month in ("2026-01", "2026-02"):
        keep(answer(ward, month, 4, 20), answer(place, month, 1, 20))
    keep(*(answer(place, f"2025-{n:02d}", 1, 20) for n in range(1, 13)))
    merge_place(ward, place, why="", by=actor, at=MERGED_AT)
    named = find_place(place.organisation, "Ward 8")
    rows = [
        NewResponse(
            organisation=place.organisation, place=named, instrument="pulse", version=1,
            answers={"quiet": 3}, received_at=datetime(2026, 4, 10, 15, n, tzinfo=UTC),
        )
        for n in range(15)
    ]  # fmt: skip
    receive_responses(rows, organisation=place.organisation, batch=uuid4(), by=actor, at=MERGED_AT)
    write_facts(list(Response.objects.values_list("pk", flat=True)))
    return ward


@pytest.mark.capability("G05")
def test_what_was_said_before_stays_and_what_comes_after_is_the_others(
    old: Any, place: Any
) -> None:
    """No old figure changes, so none can be subtracted from another to tell of a small group."""
    by = ("place", "month")
    table = tabulate(Slice(place.organisation_id, "pulse.quiet", HALF_YEAR, by))  # type: ignore[arg-type]
    found = {row.key: row.counts.by_value for row in table.rows}
    assert found == {
        (old.pk, 202601): ((4, 20),), (old.pk, 202602): ((4, 20),),
        (place.pk, 202601): ((1, 20),), (place.pk, 202602): ((1, 20),),
        (place.pk, 202604): ((3, 15),),
    }  # fmt: skip


def test_chart_marks_the_seam_of_the_place_alone(old: Any, place: Any, other_place: Any) -> None:
    keep(*(answer(other_place, f"2025-{n:02d}", 4, 20) for n in range(1, 13)))
    keep(*(answer(other_place, month, 4, 20) for month in ("2026-02", "2026-04")))

    def words(*ids: int) -> tuple[str, ...]:
        where = Where(places=frozenset(ids)) if ids else None
        series = monthly_series(
            place.organisation_id, QUIET, until=date(2026, 7, 1), where=where, months=18
        )
        return drawing_of(series, chart_policy()).seam_words

    assert [text for text in words(place.pk) if "Ward 8 was merged into this place" in text]
    assert not words(other_place.pk) and not words() and not words(old.pk, place.pk)


def _levels(answers: Answers) -> list[Finding]:
    scored = list(scored_measures(answers, shipped_measures()))
    return list(told(search_levels(sharpened(scored))))


@pytest.mark.capability("G09")
def test_merging_is_no_finding_and_a_change_of_both_still_is() -> None:
    plan = Plan(
        seed=31, places=8, sites=2, months=15, responses=12_000, even=True,
        truths=(Truth("shift", place=0, month=0, size=-0.9),),
    )  # fmt: skip
    drawn = draw(plan)
    # Unit 1, worse all along, is merged into Unit 3 half a year before the end.
    late = (drawn.place == 0) & (drawn.month >= 9)
    answers = replace(drawn, place=np.where(late, 2, drawn.place))
    naive = _levels(joined(answers)[0])
    assert "Unit 3" in {each.place for each in naive}  # unless it is known that they are one
    into = {answers.places[0].pk: answers.places[2].pk}
    both = merged(answers, into, minimum=10)
    found = _levels(both)
    assert not [each for each in found if each.place in ("Unit 1", "Unit 3")]
    assert not (both.place == 0).any() and both.n == answers.n


def test_small_quarters_of_a_merged_place_are_left_out() -> None:
    answers = draw(Plan(seed=31, places=8, sites=2, months=15, responses=400))
    into = {answers.places[0].pk: answers.places[2].pk}
    mine = answers.place == 0
    both = merged(answers, into, minimum=int(mine.sum()) + 1)
    assert both.n == answers.n - mine.sum() and merged(answers, {}, minimum=10) is answers
