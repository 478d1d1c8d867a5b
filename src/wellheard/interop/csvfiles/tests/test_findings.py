"""A hospital nobody has seen before: its files are imported, and it is asked what matters."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wellheard.people.places.models import Organisation
from wellheard.understand.findings.actions import read_what_waits
from wellheard.understand.findings.queries import all_findings
from wellheard.understand.findings.rules import Finding
from wellheard.understand.findings.tests.hospitals import Plan, Truth, draw, rows

pytestmark = pytest.mark.django_db
_PLAN = Plan(
    seed=21, places=8, sites=2, months=15, responses=8_000, season=0.2, wobble=0.02,
    missing_groups=0.2, even=True, truths=(
        Truth("shift", place=1, month=9, size=-0.9),
        Truth("trend", place=2, size=-1.1),
        Truth("peak", place=3, weekday=0, hours=(8, 12), size=-1.3, item="wait_told"),
        Truth("stop", place=4, month=12),
        Truth("trouble", place=5, item="clean", size=0.35),
        Truth("gap", group=("language", "es"), size=-0.5),
        Truth("driver", item="respect", size=0.8),
    ),
)  # fmt: skip
_RISE = date(2025, 7, 13)


def _file(table: Iterable[Mapping[str, str]]) -> str:
    lines = list(table)
    kept = io.StringIO()
    writer = csv.DictWriter(kept, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    return kept.getvalue()


def _comments() -> Iterable[dict[str, str]]:
    """Two a week at each place; since seven weeks half of Unit 7's are about the bell."""
    said = (
        "The food was cold and had no taste.",
        "We could not find anywhere to park the car.",
        "My discharge took the whole day.",
    )
    for week in range(60):
        for unit in range(1, 9):
            for turn in range(2):
                day = _PLAN.last - timedelta(days=7 * week + 3 * turn)
                rings = unit == 7 and turn == 0 and day >= _RISE
                yield {
                    "comment_id": f"c{week}-{unit}-{turn}",
                    "received_at": f"{day.isoformat()}T11:00:00",
                    "site": f"House {(unit - 1) % 2 + 1}",
                    "place": f"Unit {unit}",
                    "text": "I rang the call bell and nobody came for an hour."
                    if rings
                    else said[(week + unit + turn) % 3],
                }


@pytest.fixture
def found(organisation: Organisation, take: Callable[..., object], actor: object) -> list[Finding]:
    now = datetime(2025, 9, 2, tzinfo=ZoneInfo("UTC"))
    take("responses", _file(rows(draw(_PLAN))), at=now)
    take("comments", _file(_comments()), at=now)
    read_what_waits(organisation.pk, by=actor, at=now)  # type: ignore[arg-type]
    return all_findings(organisation.pk)


@pytest.mark.capability("L02", "M01", "A12", "G09")
def test_every_kind_is_found_from_imported_files_alone(found: list[Finding]) -> None:
    told = {(each.kind, each.place, each.group, each.direction) for each in found}
    assert told == {
        ("shift", "Unit 2", "", "worse"),
        ("trend", "Unit 3", "", "worse"),
        ("peak", "Unit 4", "Monday 08:00-12:00", "worse"),
        ("silence", "Unit 5", "", "worse"),
        ("dissatisfaction", "Unit 6", "", "worse"),
        ("theme_rise", "Unit 7", "", "worse"),
        ("gap", None, "language=es", "worse"),
        ("driver", None, "", "neither"),
    }
    by_kind = {each.kind: each for each in found}
    assert by_kind["peak"].measure == "wait_told"
    assert by_kind["driver"].measure == "respect"
    assert by_kind["theme_rise"].measure == "call_bell"
    for kind, day in (
        ("shift", date(2025, 3, 1)), ("silence", date(2025, 6, 1)), ("theme_rise", _RISE),
    ):  # fmt: skip
        start = by_kind[kind].start_on
        assert start is not None and abs((start - day).days) <= 31, kind
