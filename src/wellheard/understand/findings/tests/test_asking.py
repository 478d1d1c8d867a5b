"""Answers kept, then asked: what was planted comes back, by the console too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from django.utils import timezone

from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.models import Response
from wellheard.people.places.models import Place, Site
from wellheard.people.visits.models import VisitCount
from wellheard.understand.findings.commands import findings as command
from wellheard.understand.findings.queries import all_findings, findings_of
from wellheard.understand.findings.rules import Finding
from wellheard.understand.themes.models import CommentReading, ThemeLabel

pytestmark = pytest.mark.django_db
_LAST = datetime(2026, 9, 30, 16, tzinfo=UTC)
_DAYS = 390


@pytest.fixture
def places(organisation: Any) -> list[Place]:
    site = Site.objects.create(
        organisation=organisation, name="East house", code="EH", zone=organisation.zone,
        holidays_in="US",
    )  # fmt: skip
    return [
        Place.objects.create(
            organisation=organisation, site=site, name=f"Unit {n}", kind="ward", code=f"UNIT{n}"
        )
        for n in range(1, 7)
    ]


def _responses(places: list[Place], rng: np.random.Generator) -> Iterator[Response]:
    """Unit 2 falls silent 70 days before the end; Unit 3 has high marks and many problems."""
    for _ in range(3_600):
        ago = int(rng.integers(_DAYS))
        place = places[int(rng.integers(len(places)))]
        if place.name == "Unit 2" and ago < 70:
            continue
        quiet, clean = (int(v) for v in rng.choice([4, 3, 2], 2, p=[0.6, 0.32, 0.08]))
        if place.name == "Unit 3" and rng.random() < 0.3:
            quiet = 1
        high = 0.8 if place.name == "Unit 3" else 0.65
        language = "es" if rng.random() < (0.01 if place.name == "Unit 5" else 0.2) else "en"
        yield Response(
            organisation_id=place.organisation_id,
            site_id=place.site_id,
            place=place,
            instrument="pulse",
            version=1,
            received_at=_LAST - timedelta(days=ago, hours=int(rng.integers(8))),
            recorded_at=_LAST,
            mode="web",
            language=language,
            answers={"quiet": quiet, "clean": clean, "rating": 9 if rng.random() < high else 7},
        )


def _say(place: Place, number: int, theme: str, ago: int) -> None:
    comment = Comment.objects.create(
        organisation_id=place.organisation_id, site_id=place.site_id, place=place,
        source="survey", reference=f"W-{place.pk}-{number}", text="Words.",
        received_at=_LAST - timedelta(days=ago), recorded_at=_LAST, triage_due_at=_LAST,
    )  # fmt: skip
    CommentReading.objects.create(
        organisation_id=place.organisation_id, comment=comment, engine="test", sentiment=4,
        read_at=_LAST,
    )  # fmt: skip
    ThemeLabel.objects.create(
        organisation_id=place.organisation_id, comment=comment, theme=theme, source="machine",
        confidence=0.9,
    )  # fmt: skip


@pytest.fixture
def filled(organisation: Any, places: list[Place]) -> Any:
    rng = np.random.default_rng(8)
    Response.objects.bulk_create(_responses(places, rng))
    for place in places:
        for number in range(60):
            ago = 3 + number * 5
            rising = place.name == "Unit 4" and ago < 50
            _say(place, number, "call_bell" if rising else "food", ago)
        month = date(2026, 6, 1)
        VisitCount.objects.create(
            organisation=organisation, place=place, month=month, group="language", value="es",
            visits=400,
        )  # fmt: skip
        VisitCount.objects.create(
            organisation=organisation, place=place, month=month, group="language", value="en",
            visits=1600,
        )  # fmt: skip
    return organisation


def _of(found: list[Finding], kind: str) -> list[Finding]:
    return [each for each in found if each.kind == kind]


@pytest.mark.capability("L02", "M05", "B19", "C06")
def test_what_was_planted_is_found_and_nothing_else(filled: Any) -> None:
    found = all_findings(filled.pk)
    assert {(each.kind, each.place, each.group) for each in found} == {
        ("silence", "Unit 2", ""),
        ("silence", "Unit 5", "language=es"),
        ("theme_rise", "Unit 4", ""),
        ("dissatisfaction", "Unit 3", ""),
    }
    silence = next(each for each in found if each.place == "Unit 2")
    gone = (_LAST - timedelta(days=70)).date()
    assert silence.start_on is not None
    assert abs((silence.start_on - gone).days) <= 10
    rise = _of(found, "theme_rise")[0]
    assert (rise.measure, rise.unit) == ("call_bell", "times")
    assert rise.start_on is not None
    assert abs((rise.start_on - (_LAST - timedelta(days=50)).date()).days) <= 10
    trouble = _of(found, "dissatisfaction")[0]
    assert trouble.measure == "problems"
    assert 1 < trouble.low <= trouble.estimate <= trouble.high


def test_nothing_after_the_day_asked_for_is_looked_at(filled: Any) -> None:
    until = (_LAST - timedelta(days=100)).date()
    found = all_findings(filled.pk, until=until)
    assert [each for each in found if each.place in ("Unit 2", "Unit 4")] == []
    Response.objects.filter(received_at__gt=_LAST - timedelta(days=99)).delete()
    Comment.objects.filter(received_at__gt=_LAST - timedelta(days=99)).delete()
    again = all_findings(filled.pk, until=until)
    assert [each.as_dict() for each in again] == [each.as_dict() for each in found]


def test_console_tells_it_to_people_and_to_programs(filled: Any) -> None:
    told = CliRunner().invoke(command, ["--until", "2026-09-30"])
    assert told.exit_code == 0, told.output
    assert "Unit 2. Hardly any answers since" in told.output
    rows = json.loads(CliRunner().invoke(command, ["--json"]).output)
    assert {"kind", "place", "measure", "group", "direction", "start_on", "estimate", "low",
            "high", "n", "method", "verdict", "sentence"} <= set(rows[0])  # fmt: skip
    assert [row["rank"] for row in rows] == sorted((row["rank"] for row in rows), reverse=True)


def test_organisation_without_answers_has_nothing_to_tell(organisation: Any) -> None:
    assert findings_of(organisation.pk) == []
    assert "Nothing stands out" in CliRunner().invoke(command, []).output


def test_comments_nobody_has_read_yet_are_read_first(organisation: Any, places: Any) -> None:
    Comment.objects.create(
        organisation=organisation, place=places[0], source="import", reference="W-1",
        text="The nurse was kind.", received_at=timezone.now(), recorded_at=timezone.now(),
        triage_due_at=timezone.now(),
    )  # fmt: skip
    assert CliRunner().invoke(command, []).exit_code == 0
    assert CommentReading.objects.count() == 1
