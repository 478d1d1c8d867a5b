"""Reading comments with the shipped engine, and what people's corrections do to it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from wellheard.base.events.happening import Happening
from wellheard.base.events.models import Event
from wellheard.listen.intake.actions import NewComment, receive_comment, receive_comments
from wellheard.understand.themes.actions import (
    NothingToCorrectError,
    UnknownThemeError,
    correct_sentiment,
    correct_theme,
    label_comment,
    label_comments,
)
from wellheard.understand.themes.models import CommentReading, Correction, ThemeLabel
from wellheard.understand.themes.reactions import when_comment_received, when_comments_imported

BELL = "I rang the call bell many times and nobody came. I felt unsafe."


@pytest.fixture(autouse=True)
def listened(settings: Any) -> None:
    settings.WIRING = "wellheard.understand.concerns.tests.wiring"


@pytest.fixture
def told(place: Any, actor: Any, at: Any) -> Any:
    def tell(text: str, **more: Any) -> Any:
        new = NewComment(
            organisation=place.organisation, place=place, source="card", text=text, **more
        )
        return receive_comment(new, by=actor, at=at)

    return tell


def holding(comment: Any) -> set[str]:
    return set(
        ThemeLabel.objects.filter(comment=comment, holds=True).values_list("theme", flat=True)
    )


@pytest.mark.capability("F12")
def test_label_comment_keeps_themes_with_confidence_and_the_engine_version(
    told: Any, actor: Any, at: Any
) -> None:
    comment = told(BELL)
    label_comment(comment.pk, by=actor, at=at)
    reading = CommentReading.objects.get(comment=comment)
    assert "call_bell" in holding(comment)
    assert all(0 < label.confidence <= 1 for label in ThemeLabel.objects.all())
    assert reading.sentiment >= 4 and reading.engine
    assert "neglect" in reading.groups
    event = Event.objects.get(name="understand.comment_labelled")
    assert event.ids == {"comment_id": comment.pk}


def test_label_comment_keeps_no_words_of_the_safety_phrase(told: Any, actor: Any, at: Any) -> None:
    comment = told(BELL)
    label_comment(comment.pk, by=actor, at=at)
    [hit, *_] = CommentReading.objects.get(comment=comment).safety
    assert set(hit) == {"group", "start", "end"}
    assert comment.text[hit["start"] : hit["end"]]


@pytest.mark.capability("F12")
def test_correction_outlives_a_new_reading(told: Any, actor: Any, at: Any) -> None:
    comment = told(BELL)
    label_comment(comment.pk, by=actor, at=at)
    correct_theme(comment.pk, take_away="call_bell", put="parking", by=actor, at=at)
    correct_sentiment(comment.pk, 3, by=actor, at=at)
    label_comment(comment.pk, by=actor, at=at)
    assert "call_bell" not in holding(comment)
    assert "parking" in holding(comment)
    reading = CommentReading.objects.get(comment=comment)
    assert (reading.sentiment, reading.machine_sentiment >= 4) == (3, True)
    assert [(c.field, c.before, c.after) for c in Correction.objects.order_by("pk")] == [
        ("theme", "call_bell", "parking"),
        ("sentiment", str(reading.machine_sentiment), "3"),
    ]


def test_correction_that_changes_nothing_is_refused(told: Any, actor: Any, at: Any) -> None:
    comment = told(BELL)
    label_comment(comment.pk, by=actor, at=at)
    with pytest.raises(NothingToCorrectError):
        correct_theme(comment.pk, take_away="parking", by=actor, at=at)
    with pytest.raises(NothingToCorrectError):
        correct_theme(comment.pk, put="call_bell", by=actor, at=at)
    with pytest.raises(UnknownThemeError):
        correct_theme(comment.pk, put="moonlight", by=actor, at=at)
    assert not Correction.objects.exists()


def test_label_comments_another_organisation_is_left_alone(told: Any, at: Any) -> None:
    from wellheard.base.audit.actor import Actor

    comment = told(BELL)
    assert (
        label_comments([comment.pk], by=Actor.system(comment.organisation_id + 1, "x"), at=at) == 0
    )
    assert not CommentReading.objects.exists()


def test_comment_received_without_words_is_not_read(told: Any, place: Any, at: Any) -> None:
    comment = told("", rating=2, rating_max=5)
    when_comment_received(
        Happening(
            1, "listen.comment_received", place.organisation_id, at, {"comment_id": comment.pk}
        )
    )
    assert not CommentReading.objects.exists()
    assert not Event.objects.filter(name="understand.comment_labelled").exists()


@pytest.mark.capability("B21")
@pytest.mark.parametrize(
    "text",
    [
        "The nurses were wonderful, thank you so much",
        "Las enfermeras fueron maravillosas, muchas gracias",
    ],
)
def test_praise_is_seen_as_praise(told: Any, actor: Any, at: Any, text: str) -> None:
    comment = told(text)
    label_comment(comment.pk, by=actor, at=at)
    assert CommentReading.objects.get(comment=comment).is_praise


def test_comments_imported_are_read_in_portions(
    place: Any, actor: Any, at: Any, settings: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    batch = uuid4()
    rows = [
        NewComment(
            organisation=place.organisation, place=place, source="import", text=f"{BELL} {i}"
        )
        for i in range(3)
    ]
    receive_comments(rows, organisation=place.organisation, batch=batch, by=actor, at=at)
    when_comments_imported(
        Happening(1, "listen.comments_imported", place.organisation_id, at, {"batch": str(batch)})
    )
    assert CommentReading.objects.count() == 3
    assert Event.objects.filter(name="understand.comments_labelled").count() == 1
