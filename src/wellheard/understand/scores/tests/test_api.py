"""The API's functions as a program meets them, mounted on an API of the test's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from ninja.testing import TestClient

from wellheard.understand.facts.tests.factory import answer, keep
from wellheard.understand.scores.api import router


@pytest.fixture
def ask(person_of: Any) -> Any:
    client = TestClient(router)

    def get(user: Any, path: str, **query: Any) -> Any:
        return client.get(path, query_params=query, person=person_of(user))

    return get


QUARTER = {"start": "2026-01", "stop": "2026-04"}


def test_catalogue_lists_every_measure(ask: Any, staff: Any) -> None:
    found = ask(staff("analyst"), "").json()
    assert {"rating", "quiet", "recommend"} <= {each["code"] for each in found}


@pytest.mark.capability("L01")
def test_scores_carry_n_interval_method_and_policy(place: Any, ask: Any, staff: Any) -> None:
    keep(answer(place, "2026-01", 4, 80), answer(place, "2026-01", 1, 20))
    found = ask(staff("analyst"), "/quiet/scores", by="month", **QUARTER).json()
    [row] = found["rows"]
    assert (row["key"], row["n"], row["estimate"]) == ([202601], 100, 80.0)
    assert (row["low"], row["high"]) == (71.1171, 86.6633)
    assert (found["minimum_group"], found["withheld"]) == (11, False)
    assert row["method"] == "Wilson score interval"


@pytest.mark.capability("M02")
def test_scores_of_a_small_group_are_withheld(place: Any, ask: Any, staff: Any) -> None:
    keep(
        answer(place, "2026-01", 4, 40, language="en"),
        answer(place, "2026-01", 4, 7, language="ar"),
        answer(place, "2026-01", 4, 30, language="es"),
    )
    analyst = staff("analyst")
    narrowed = {"segment": "language", "value": "ar", **QUARTER}
    found = ask(analyst, "/quiet/scores", **narrowed).json()
    assert (found["rows"], found["withheld"]) == ([], True)
    groups = ask(analyst, "/quiet/scores", by="language", **QUARTER).json()["rows"]
    assert [row["key"] for row in groups] == [["en"]]


@pytest.mark.parametrize(
    "query",
    [
        {"start": "2026-1", "stop": "2026-04"},
        {"start": "2026-13", "stop": "2026-04"},
        {"start": "2026-04", "stop": "2026-01"},
        {"start": "0000-01", "stop": "9999-01"},
        {"by": "shoe_size", **QUARTER},
        {"by": ["language", "sex"], **QUARTER},
        {"by": "week", **QUARTER},
        {"by": "language", "start": "2026-01", "stop": "2026-03"},
    ],
)
def test_scores_that_are_never_counted_are_refused(
    place: Any, ask: Any, staff: Any, query: dict[str, Any]
) -> None:
    assert ask(staff("analyst"), "/quiet/scores", **query).status_code == 422


def test_scores_stay_within_what_a_person_may_see(
    place: Any, other_place: Any, ask: Any, staff: Any
) -> None:
    keep(answer(place, "2026-01", 4, 40), answer(other_place, "2026-01", 1, 40))
    manager = staff("nurse_manager", places=[place])
    [row] = ask(manager, "/quiet/scores", **QUARTER).json()["rows"]
    assert (row["n"], row["estimate"]) == (40, 100.0)
    for wider in ({"place": other_place.pk}, {"site": place.site_id}, {"segment": "language"}):
        with pytest.raises(PermissionDenied):
            ask(manager, "/quiet/scores", **wider, **QUARTER)


def test_scores_without_a_person_or_measure(place: Any, ask: Any, staff: Any) -> None:
    with pytest.raises(PermissionDenied):
        TestClient(router).get("", person=None)
    assert ask(staff("analyst"), "/moonlight/scores", **QUARTER).status_code == 404
