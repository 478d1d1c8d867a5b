from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import wellheard.measures.tests as measures_tests
from wellheard.base.audit.models import AuditRow
from wellheard.understand.predictions.actions import name_owner, switch_model

HELD_BACK = Path(measures_tests.__file__).parent / "data" / "readmission" / "held-back.csv.gz"


@pytest.fixture
def row() -> dict[str, str]:
    with gzip.open(HELD_BACK, "rt", encoding="utf-8") as file:
        first = next(csv.DictReader(file))
    return {name: value for name, value in first.items() if name != "readmitted"}


@pytest.fixture
def switched_on(staff: Any, actor: Any, at: Any) -> None:
    name_owner("readmission", owner=staff("analyst"), review_by=date(2027, 1, 1), by=actor, at=at)
    switch_model("readmission", on=True, reason="x", by=actor, at=at)


def asked(client: Any, row: dict[str, str], use: str) -> Any:
    return client.post(
        "/api/v1/estimates/readmission", {"use": use, "row": row}, content_type="application/json"
    )


@pytest.mark.capability("F05")
@pytest.mark.parametrize("use", ["deny", "double_book", "overbook", "charge", "payment"])
def test_api_refuses_a_use_that_is_not_declared(
    switched_on: None, staff: Any, signed_in: Any, row: Any, use: str
) -> None:
    client = signed_in(staff("px_specialist"))
    answer = asked(client, row, use)
    assert answer.status_code == 403 and "probability" not in answer.content.decode()
    listed = client.get("/api/v1/predictions/no_show", {"use": use})
    assert listed.status_code == 403
    assert AuditRow.objects.filter(action="risk_model.use_refused").count() == 2


@pytest.mark.capability("F05")
def test_api_estimates_for_a_declared_use_and_says_why(
    switched_on: None, staff: Any, signed_in: Any, row: Any
) -> None:
    answer = asked(signed_in(staff("px_specialist")), row, "help_after_discharge")
    assert answer.status_code == 200, answer.content
    page = answer.json()
    assert 0 < page["probability"] < 1 and page["reasons"] and page["model"] == "readmission-2026.1"


def test_api_without_a_use_or_switched_off_gives_nothing(
    staff: Any, signed_in: Any, row: Any
) -> None:
    client = signed_in(staff("px_specialist"))
    assert client.get("/api/v1/predictions/no_show").status_code == 422
    assert asked(client, row, "help_after_discharge").status_code == 409


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"age": "old"}, "age is not a known code"),
        ({"time_in_hospital": "NaN"}, "time_in_hospital is not a whole number"),
        ({"discharge_disposition_id": "11"}, "died"),
    ],
)
def test_api_names_the_column_it_cannot_use(
    switched_on: None, staff: Any, signed_in: Any, row: Any, changes: Any, words: str
) -> None:
    answer = asked(signed_in(staff("px_specialist")), {**row, **changes}, "help_after_discharge")
    assert answer.status_code == 422 and words in answer.content.decode()
