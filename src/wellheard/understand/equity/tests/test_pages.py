"""The equity pages with planted gaps."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.urls import reverse

from wellheard.people.places.actions import add_place, add_site
from wellheard.people.visits.actions import NewCount, record_visits
from wellheard.understand.equity.actions import (
    GapActionError,
    NewGapAction,
    NewPopulation,
    note_gap_action,
    record_population,
)
from wellheard.understand.equity.models import GapAction
from wellheard.understand.equity.queries import (
    equity_period,
    reach_by_population,
    reach_by_visits,
    retests,
    visits_shown,
)
from wellheard.understand.facts.tests.factory import answer, keep
from wellheard.understand.scores.queries import shipped_measures

UNTIL = date(2026, 12, 1)
QUIET = shipped_measures()["quiet"]


@pytest.fixture
def gap(place: Any) -> Any:
    """Two quarters in which people who speak Spanish fare worse, two in which they do not."""
    portions = []
    for month, good in (("2026-01", 30), ("2026-04", 30), ("2026-07", 78), ("2026-10", 78)):
        portions += [
            answer(place, month, 4, 80, language="en"),
            answer(place, month, 1, 20, language="en"),
            answer(place, month, 4, good, language="es"),
            answer(place, month, 1, 100 - good, language="es"),
        ]
    keep(*portions)
    return place


@pytest.fixture
def clock(monkeypatch: Any) -> None:
    """Pages are asked on a fixed day."""
    moment = datetime(2026, 7, 2, 12, tzinfo=UTC)
    monkeypatch.setattr("wellheard.understand.equity.views.timezone.now", lambda: moment)


@pytest.mark.capability("M01")
@pytest.mark.capability("M02")
def test_planted_gap_is_named_with_n_and_interval(
    gap: Any, staff: Any, signed_in: Any, clock: None
) -> None:
    client = signed_in(staff("analyst"))
    shown = client.get(reverse("equity:equity"), {"measure": "quiet"}).content.decode()
    assert "Gaps that are more than chance" in shown
    assert "Spanish: " in shown
    assert "difference of −50 points" in shown and "Benjamini" in shown
    of_site = client.get(reverse("equity:site", args=[gap.site_id]), {"measure": "quiet"})
    assert "difference of −50 points" in of_site.content.decode()


@pytest.mark.capability("M02")
def test_small_group_is_shown_over_the_window_that_reaches_the_minimum_with_its_dates(
    gap: Any, staff: Any, signed_in: Any, clock: None
) -> None:
    keep(
        *(
            answer(gap, month, value, n, language="vi")
            for month in ("2026-01", "2026-04")
            for value, n in ((4, 2), (1, 6))
        )
    )
    client = signed_in(staff("analyst"))
    shown = client.get(reverse("equity:equity"), {"measure": "quiet"}).content.decode()
    table = re.sub(r"\s", " ", shown[shown.index('id="longer"') :])
    assert "Vietnamese" in table and "1 January 2026 – 30 June 2026" in table
    assert "25 % (n 16" in table and "English" in table
    assert "−55 " in table, "4 of 16 against 160 of 200"
    assert "Vietnamese" not in shown[: shown.index('id="longer"')]


def test_file_holds_the_pages_figures(gap: Any, staff: Any, signed_in: Any, clock: None) -> None:
    client = signed_in(staff("analyst"))
    file = client.get(reverse("equity:equity"), {"measure": "quiet", "format": "csv"})
    rows = list(csv.DictReader(StringIO(file.content.decode())))
    spanish = next(row for row in rows if row["group"] == "es")
    assert (spanish["n"], spanish["estimate"], spanish["difference"]) == ("200", "30", "-50")
    assert spanish["verdict"] == "worse" and float(spanish["difference_high"]) < 0


def test_page_without_answers_says_that_it_cannot_tell(
    organisation: Any, staff: Any, signed_in: Any
) -> None:
    shown = signed_in(staff("executive")).get(reverse("equity:equity")).content.decode()
    assert "Cannot tell" in shown
    shown = signed_in(staff("executive")).get(reverse("equity:reach")).content.decode()
    assert "No population figures yet" in shown


@pytest.mark.capability("M02")
def test_what_is_done_about_a_gap_is_tested_again(gap: Any, actor: Any) -> None:
    new = NewGapAction(
        "quiet", "language", "es", "Interpreters at night", "Nursing", date(2026, 5, 1)
    )
    note_gap_action(new, by=actor, at=datetime(2026, 11, 1, tzinfo=UTC))
    (line,) = retests(gap.organisation_id, QUIET, until=UNTIL)
    assert line.retest.verdict == "narrower"
    assert line.retest.change == pytest.approx(-48)
    (waiting,) = retests(gap.organisation_id, QUIET, until=date(2026, 6, 1))
    assert waiting.retest.verdict == "waiting"


@pytest.mark.parametrize(
    "fault",
    [{"attribute": "zodiac"}, {"what": " "}, {"owner": ""}, {"started_on": date(2030, 1, 1)}],
)
def test_gap_action_that_makes_no_sense_is_refused(
    organisation: Any, actor: Any, at: Any, fault: dict[str, Any]
) -> None:
    given = {
        "measure": "quiet", "attribute": "language", "group": "es", "what": "Call back",
        "owner": "Nursing", "started_on": date(2026, 1, 1), **fault,
    }  # fmt: skip
    with pytest.raises(GapActionError):
        note_gap_action(NewGapAction(**given), by=actor, at=at)
    assert not GapAction.objects.exists()


def test_action_is_noted_on_the_page(organisation: Any, staff: Any, signed_in: Any) -> None:
    client = signed_in(staff("analyst"))
    given = {
        "measure": "quiet", "attribute": "language", "group": "es", "what": "Interpreters",
        "owner": "Nursing", "started_on": "2026-01-05",
    }  # fmt: skip
    client.post(reverse("equity:act"), given)
    assert GapAction.objects.get().what == "Interpreters"
    refused = client.post(reverse("equity:act"), {**given, "started_on": "soon"}, follow=True)
    assert "Say what is begun" in refused.content.decode()
    reader = signed_in(staff("executive"))
    assert reader.post(reverse("equity:act"), given).status_code == 403


@pytest.mark.capability("M05")
def test_language_with_visits_and_little_voice_raises_the_alarm(
    place: Any, actor: Any, at: Any
) -> None:
    keep(
        answer(place, "2026-01", 4, 400, language="en"),
        answer(place, "2026-01", 4, 30, language="es"),
    )
    visits = [
        NewCount(place.pk, date(2026, 1, 1), 1000, "language", "en"),
        NewCount(place.pk, date(2026, 1, 1), 400, "language", "es"),
    ]
    record_visits(visits, by=actor, at=at)
    found = reach_by_visits(place.organisation_id, "pulse.quiet", until=date(2026, 4, 2))
    language = next(each for each in found if each.attribute == "language")
    assert language.groups[0].group == "es" and language.groups[0].verdict == "unheard"
    # Seven visits of a third language: their number stays hidden, and with it a neighbour's.
    visits.append(NewCount(place.pk, date(2026, 1, 1), 7, "language", "ar"))
    record_visits(visits, by=actor, at=at)
    shown, hidden = visits_shown(place.organisation_id, "language", equity_period(date(2026, 4, 2)))
    assert hidden and set(shown) == {"en"}


@pytest.mark.capability("A27")
@pytest.mark.capability("M03")
def test_area_with_many_people_and_little_voice_is_listed(
    organisation: Any, site: Any, place: Any, actor: Any, at: Any
) -> None:
    far = add_site(organisation, name="Far Valley", by=actor, at=at)
    there = add_place(far, name="Clinic", kind="clinic", by=actor, at=at)
    keep(answer(place, "2026-01", 4, 300), answer(there, "2026-01", 4, 20))
    record_population(
        [
            NewPopulation("site", site.code, 30_000, date(2025, 1, 1), "Census"),
            NewPopulation("site", far.code, 20_000, date(2025, 1, 1), "Census"),
        ],
        by=actor,
        at=at,
    )
    (page,) = reach_by_population(organisation.pk, "pulse.quiet", until=date(2026, 4, 2))
    assert page.groups[0].group == far.code and page.groups[0].verdict == "unheard"
    with pytest.raises(ValueError, match="attribute"):
        record_population(
            [NewPopulation("zodiac", "x", 1, date(2025, 1, 1), "Census")], by=actor, at=at
        )
