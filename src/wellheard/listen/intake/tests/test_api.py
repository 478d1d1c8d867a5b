"""Comments for programs; the router by itself, with a person given."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from ninja import NinjaAPI
from ninja.testing import TestClient

from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.intake.api import router
from wellheard.listen.intake.models import Comment

pytestmark = pytest.mark.django_db
_api = NinjaAPI(urls_namespace="comments-test")
_api.add_router("/comments", router)


@pytest.fixture
def ask(person_of: Any) -> Any:
    client = TestClient(_api)

    def send(user: Any, method: str, path: str, **given: Any) -> Any:
        return client.request(method, path, person=person_of(user), **given)

    return send


@pytest.fixture
def said(organisation: Any, place: Any, actor: Any, at: Any) -> Any:
    def receive(text: str, at_place: Any = place) -> Comment:
        new = NewComment(organisation=organisation, source="card", place=at_place, text=text)
        return receive_comment(new, by=actor, at=at)

    return receive


def test_comments_are_listed_within_reach_and_in_pages(
    said: Any, place: Any, other_place: Any, staff: Any, ask: Any
) -> None:
    first, second = said("one"), said("two")
    said("elsewhere", other_place)
    manager = staff("nurse_manager", places=[place])
    listed = ask(manager, "GET", "/comments?limit=1").json()
    assert [each["text"] for each in listed] == ["two"]
    rest = ask(manager, "GET", f"/comments?before={second.pk}").json()
    assert [each["id"] for each in rest] == [first.pk]
    assert ask(manager, "GET", "/comments/waiting").json() == {"undecided": 2, "late": 2}


def test_masked_reader_gets_no_words_before_names_are_taken_out(
    said: Any, staff: Any, ask: Any
) -> None:
    one = said("Grace")
    found = ask(staff("analyst"), "GET", f"/comments/{one.pk}").json()
    assert (found["text"], found["masked"]) == (None, True)


@pytest.mark.parametrize(
    "query", ["before=9223372036854775808", "limit=0", "source=fax", "place=x"]
)
def test_bad_questions_are_named(staff: Any, ask: Any, query: str) -> None:
    assert ask(staff("px_specialist"), "GET", f"/comments?{query}").status_code == 422


def test_front_desk_reads_no_comments(place: Any, staff: Any, ask: Any) -> None:
    with pytest.raises(PermissionDenied):
        ask(staff("front_desk", places=[place]), "GET", "/comments")
