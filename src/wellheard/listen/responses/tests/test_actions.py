"""Receiving answers singly and in bulk, and taking an import back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.actions import (
    NewResponse,
    receive_response,
    receive_responses,
    undo_batch,
)
from wellheard.listen.responses.models import Response
from wellheard.listen.responses.queries import known_response_ids
from wellheard.people.places.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(organisation: Any, place: Any) -> Any:
    def make(**fields: Any) -> NewResponse:
        return NewResponse(
            **{
                "organisation": organisation,
                "place": place,
                "instrument": "pulse",
                "version": 1,
                "answers": {"rating": 9, "respect": 4},
            }
            | fields
        )

    return make


def test_response_keeps_answers_and_its_comment_becomes_one(
    filled: Any, actor: Any, at: Any
) -> None:
    response = receive_response(filled(comment=" Kind people ", language="en"), by=actor, at=at)
    assert response.answers == {"rating": 9, "respect": 4}
    comment = Comment.objects.get()
    assert (comment.text, comment.source, comment.response) == ("Kind people", "survey", response)
    assert (comment.rating, comment.rating_max) == (9, 10)


def test_repeated_sending_is_one_response_and_one_comment(filled: Any, actor: Any, at: Any) -> None:
    for _ in range(2):
        receive_response(filled(comment="Once", submission_key="s"), by=actor, at=at)
    assert (Response.objects.count(), Comment.objects.count()) == (1, 1)


def test_bulk_needs_few_queries_however_many_rows(
    filled: Any, organisation: Any, actor: Any, at: Any, django_assert_max_num_queries: Any
) -> None:
    rows = [
        filled(external_id=f"r{n}", comment="Waited" if n % 10 == 0 else "") for n in range(4000)
    ]
    assert Place.objects.count() == 1
    batch = uuid4()
    with django_assert_max_num_queries(160):
        assert (
            receive_responses(rows, organisation=organisation, batch=batch, by=actor, at=at) == 4000
        )
    assert Comment.objects.filter(import_batch=batch).count() == 400
    assert known_response_ids(organisation.pk, ["r5", "r4001"]) == {"r5"}
    linked = Comment.objects.select_related("response").first()
    assert linked is not None and linked.response is not None
    assert linked.external_id == linked.response.external_id


def test_bulk_refuses_rows_of_another_organisation(
    filled: Any, organisation: Any, actor: Any, at: Any
) -> None:
    from wellheard.people.places.actions import add_organisation

    other = add_organisation(
        name="Elm", slug="elm", country="GB", jurisdiction="england", zone="Europe/London",
        languages=["en"], at=at,
    )  # fmt: skip
    rows = [filled(), filled(organisation=other, place=None)]
    with pytest.raises(ValueError, match="one organisation"):
        receive_responses(rows, organisation=organisation, batch=uuid4(), by=actor, at=at)
    assert not Response.objects.exists()


def test_undo_takes_back_responses_and_comments_of_the_batch_only(
    filled: Any, organisation: Any, actor: Any, at: Any
) -> None:
    receive_response(filled(comment="stays"), by=actor, at=at)
    batch = uuid4()
    rows = [filled(comment="goes"), filled()]
    receive_responses(rows, organisation=organisation, batch=batch, by=actor, at=at)
    assert undo_batch(organisation=organisation, batch=batch, by=actor, at=at) == 3
    assert [each.text for each in Comment.objects.all()] == ["stays"]
    assert Response.objects.count() == 1
