"""Cases for programs: the same reach and the same rules as for people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from ninja.testing import TestClient

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.queries import rows_about
from wellheard.resolve.complaints.api import router
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.tests.working import make_ready

pytestmark = pytest.mark.django_db
Opened = Callable[..., Case]


@pytest.fixture
def call(person_of: Callable[[Any], Any]) -> Callable[..., Any]:
    client = TestClient(router)

    def ask(method: str, path: str, user: Any, **more: Any) -> Any:
        return client.request(method, path, person=person_of(user), **more)

    return ask


def test_list_and_totals_agree(call: Callable[..., Any], opened: Opened, officer: Any) -> None:
    opened()
    opened(source="card", tier="normal", text="Two")
    listed = call("GET", "?status=any", officer).json()
    counted = call("GET", "/totals?status=any", officer).json()
    assert listed["total"] == counted["cases"] == 2
    assert {row["code"]: row["count"] for row in counted["by_class"]} == {
        "grievance": 1,
        "complaint": 1,
    }


def test_one_case_is_audited_and_says_what_is_missing(
    call: Callable[..., Any], opened: Opened, officer: Any
) -> None:
    case = opened(text="Nobody came.")
    found = call("GET", f"/{case.pk}", officer).json()
    assert found["said"] == ["Nobody came."]
    assert "complainant_view" in {item["check"] for item in found["missing"]}
    rows = rows_about(case.organisation_id, "resolve.case", str(case.pk))
    assert rows[-1].action == "read"


def test_closing_follows_the_same_rules(
    call: Callable[..., Any], opened: Opened, officer: Any, by_officer: Actor, at: datetime
) -> None:
    case = opened()
    address, wish = f"/{case.pk}/closure", {"reason": "satisfied"}
    refused = call("POST", address, officer, json=wish)
    assert (refused.status_code, bool(refused.json()["missing"])) == (400, True)
    make_ready(case, by_officer, at)
    assert call("POST", address, officer, json=wish | {"version": 1}).status_code == 409
    assert call("POST", address, officer, json=wish).status_code == 200
    assert call("POST", address, officer, json=wish).status_code == 409


def test_what_one_may_not_see_is_not_there(
    call: Callable[..., Any], opened: Opened, staff: Callable[..., Any], other_place: Any
) -> None:
    case, curious = opened(), staff("nurse_manager", places=[other_place])
    assert call("GET", f"/{case.pk}", curious).status_code == 404
    with pytest.raises(PermissionDenied):
        call("GET", "", staff("front_desk"))


def test_unsigned_request_is_answered_401() -> None:
    from ninja.errors import HttpError

    from wellheard.resolve.complaints.api import list_cases

    with pytest.raises(HttpError):
        list_cases(RequestFactory().get("/"), None)  # type: ignore[arg-type]
