"""Reasons by segment without small groups; boards against those we treat."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.listen.panels.actions import add_member, begin_panel, tell_choice
from wellheard.people.visits.models import Visit
from wellheard.understand.choices.queries import diversity, went_to
from wellheard.understand.choices.rules import OTHER, pooled_table
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.models import Fact

GRID = [(row, column) for row in "abcd" for column in "xyz"]
COUNTS = st.lists(st.integers(0, 14), min_size=len(GRID), max_size=len(GRID))


@settings(deadline=None, max_examples=60)
@given(COUNTS, st.integers(2, 11))
def test_no_table_shows_or_gives_away_a_few(counts: list[int], minimum: int) -> None:
    pairs = [cell for cell, n in zip(GRID, counts, strict=True) for _ in range(n)]
    shown = pooled_table(pairs, minimum)
    if shown is None:
        assert len(pairs) < minimum
        return
    assert sum(shown.row_totals.values()) == shown.n == len(pairs)
    assert all(total >= minimum for total in shown.row_totals.values())
    assert all(n is None or n == 0 or n >= minimum for n in shown.cells.values())
    for row in shown.rows:
        hidden = [c for c in shown.columns if shown.cells[row, c] is None]
        assert len(hidden) != 1


def test_small_lines_stand_together() -> None:
    pairs = [("a", "x")] * 12 + [("b", "x")] * 3 + [("c", "x")] * 9
    shown = pooled_table(pairs, 10)
    assert shown is not None and shown.rows == ("a", OTHER)
    assert shown.row_totals == {"a": 12, OTHER: 12}


@pytest.mark.django_db
@pytest.mark.capability("K19")
@pytest.mark.capability("K20")
def test_reasons_are_charted_by_segment_apart_from_patients(
    organisation: Any, actor: Any, at: Any, staff: Any, signed_in: Any
) -> None:
    lost = begin_panel(organisation, name="L", kind="lost", by=actor, at=at)
    minimum = load_policy().minimum_group
    given = Counter({("not:wait", "es"): minimum, ("not:manner", "en"): minimum + 2,
                     ("not:cost", "ar"): 6, ("not:parking", "ar"): 6})  # fmt: skip
    for reason, language in given.elements():
        tell_choice(lost, reason=reason, language=language, went_to="saint  anne", words="w",
                    told_on=at.date(), by=actor, at=at)  # fmt: skip
    client = signed_in(staff("analyst"))
    words = client.get("/staff/choices/?by=language").content.decode()
    assert "I had to wait too long for it" in words and "Spanish" in words
    assert f"n {2 * minimum + 14}" in words and "4 March 2026" in words
    assert "Other reasons" in words and "Cost or insurance" not in words
    assert "Shown from" in words  # nothing of the community yet
    assert went_to(organisation.pk) == [("Saint Anne", 2 * minimum + 14)]
    assert not Fact.objects.exists()
    assert signed_in(staff("front_desk")).get("/staff/choices/").status_code == 403


@pytest.mark.django_db
@pytest.mark.capability("B14")
def test_board_says_who_of_those_we_treat_is_missing(
    organisation: Any, place: Any, actor: Any, at: Any, staff: Any, signed_in: Any
) -> None:
    board = begin_panel(organisation, name="B", kind="advisory", by=actor, at=at)
    add_member(board, name="Ana", language="es", starts_on=at.date(), ends_on=at.date(),
               by=actor, at=at)  # fmt: skip
    for n, language in enumerate(["es"] * 30 + ["ar"] * 20 + ["en"] * 3):
        Visit.objects.create(
            organisation=organisation, place=place, external_id=str(n), kind="inpatient",
            status="finished", language=language, ended_at=at - timedelta(days=n),
            recorded_at=at,
        )  # fmt: skip
    groups, visits = diversity(board, now=at)
    assert [(g.value, g.seated) for g in groups] == [("es", True), ("ar", False)]
    assert visits == 53 and groups[0].share == pytest.approx(30 / 53)
    page = signed_in(staff("px_specialist")).get(f"/staff/panels/{board.pk}/")
    assert "Does it look like those we treat?" in page.content.decode()
