"""From what arrives to facts, through the events that say so."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from wellheard.base.events.happening import Happening
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.responses.actions import (
    NewResponse,
    receive_response,
    receive_responses,
    undo_batch,
)
from wellheard.understand.facts import reactions
from wellheard.understand.facts.models import Fact


def happening(organisation: Any, at: Any, name: str, **ids: Any) -> Happening:
    return Happening(1, name, organisation.pk, at, ids)


def new(place: Any, **answers: int) -> NewResponse:
    return NewResponse(
        organisation=place.organisation, instrument="pulse", version=1, place=place, answers=answers
    )


def test_response_received_twice_is_written_once(place: Any, actor: Any, at: Any) -> None:
    response = receive_response(new(place, quiet=4, rating=9), by=actor, at=at)
    told = happening(place.organisation, at, "listen.response_received", response_id=response.pk)
    reactions.when_response_received(told)
    reactions.when_response_received(told)
    assert dict(Fact.objects.values_list("item", "value")) == {"pulse.quiet": 4, "pulse.rating": 9}
    assert Fact.objects.get(item="pulse.quiet").month == 202603


def test_responses_imported_are_written_and_taken_back(
    place: Any, actor: Any, at: Any, settings: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    batch = uuid4()
    rows = [new(place, quiet=3) for _ in range(4)]
    receive_responses(rows, organisation=place.organisation, batch=batch, by=actor, at=at)
    told = happening(place.organisation, at, "listen.responses_imported", batch=str(batch))
    reactions.when_responses_imported(told)
    assert Fact.objects.count() == 4
    undo_batch(organisation=place.organisation, batch=batch, by=actor, at=at)
    assert Fact.objects.count() == 0


@pytest.mark.parametrize(("source", "facts"), [("card", [4]), ("paper", [4]), ("import", [])])
def test_comment_received_the_mark_on_a_card_is_a_fact(
    place: Any, actor: Any, at: Any, source: str, facts: list[int]
) -> None:
    comment = receive_comment(
        NewComment(
            organisation=place.organisation, place=place, source=source, rating=4, rating_max=5
        ),
        by=actor,
        at=at,
    )
    told = happening(place.organisation, at, "listen.comment_received", comment_id=comment.pk)
    reactions.when_comment_received(told)
    assert list(Fact.objects.filter(item="card.rating").values_list("value", flat=True)) == facts
