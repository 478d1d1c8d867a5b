"""Responses from other systems; the router by itself, with a person given."""

from __future__ import annotations

from typing import Any

import pytest
from ninja import NinjaAPI
from ninja.testing import TestClient

from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.api import router
from wellheard.listen.responses.models import Response

pytestmark = pytest.mark.django_db
_api = NinjaAPI(urls_namespace="responses-test")
_api.add_router("/responses", router)


@pytest.fixture
def ask(person_of: Any) -> Any:
    client = TestClient(_api)

    def send(user: Any, method: str, path: str, **given: Any) -> Any:
        return client.request(method, path, person=person_of(user), **given)

    return send


def test_response_is_checked_against_its_instrument(place: Any, staff: Any, ask: Any) -> None:
    user = staff("analyst")
    given = {"place": place.pk, "instrument": "pulse", "answers": {"rating": 9, "comment": "Kind"}}
    kept = ask(user, "POST", "/responses", json=given)
    assert kept.status_code == 201 and kept.json()["answered"] == 1
    assert Response.objects.get().answers == {"rating": 9}
    assert Comment.objects.get().text == "Kind"
    for bad in ({"rating": 11}, {"nothing": 1}, {"rating": "x"}):
        answer = ask(user, "POST", "/responses", json=given | {"answers": bad})
        assert answer.status_code == 422 and "answers." in answer.json()["detail"]
    for change in ({"instrument": "none"}, {"version": 9}, {"place": 999_999}):
        assert ask(user, "POST", "/responses", json=given | change).status_code == 422
