"""From what was said to a concern, by every road."""

from __future__ import annotations

from typing import Any

import pytest

from wellheard.base.audit.models import AuditRow
from wellheard.base.events.happening import Happening
from wellheard.base.events.models import Event
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.intake.models import Comment
from wellheard.measures.text import engine
from wellheard.understand.concerns.actions import weigh_comments
from wellheard.understand.concerns.models import Concern
from wellheard.understand.concerns.queries import reasons_in_words
from wellheard.understand.concerns.reactions import when_comment_labelled, when_comment_received
from wellheard.understand.themes.actions import correct_sentiment, label_comment

PHRASES = {
    "en": "A nurse hit me and I was afraid",
    "es": "Llamé muchas veces y nadie vino a ayudarme",
    "ar": "أريد أن أموت ولا أحد يسمعني",
}


@pytest.fixture(autouse=True)
def listened(settings: Any) -> None:
    settings.WIRING = "wellheard.understand.concerns.tests.wiring"


@pytest.fixture
def told(place: Any, actor: Any, at: Any) -> Any:
    def tell(text: str, source: str = "card", **more: Any) -> Any:
        new = NewComment(
            organisation=place.organisation, place=place, source=source, text=text, **more
        )
        comment = receive_comment(new, by=actor, at=at)
        label_comment(comment.pk, by=actor, at=at)
        return comment

    return tell


@pytest.mark.capability("P01")
@pytest.mark.parametrize("source", [value for value, _ in Comment.Source.choices])
@pytest.mark.parametrize("language", list(PHRASES))
def test_safety_words_from_every_source_are_an_immediate_concern(
    told: Any, actor: Any, at: Any, source: str, language: str
) -> None:
    comment = told(PHRASES[language], source, language=language, rating=5, rating_max=5)
    [concern] = weigh_comments([comment.pk], by=actor, at=at)
    assert (concern.comment_id, concern.tier) == (comment.pk, "immediate")


@pytest.mark.capability("C19")
def test_concern_is_told_once_and_without_words(told: Any, actor: Any, at: Any) -> None:
    comment = told(PHRASES["en"])
    for _ in range(2):
        told_of = Happening(
            1,
            "understand.comment_labelled",
            comment.organisation_id,
            at,
            {"comment_id": comment.pk},
        )
        when_comment_labelled(told_of)
    event = Event.objects.get(name="understand.concern_found")
    concern = Concern.objects.get()
    assert event.ids == {"concern_id": concern.pk, "comment_id": comment.pk}
    kept = str(list(AuditRow.objects.values_list("details", flat=True)))
    assert "nurse hit" not in kept
    assert reasons_in_words(concern)[0].startswith("Words about harm")


def test_concern_rises_when_a_correction_says_so_and_never_falls(
    told: Any, actor: Any, at: Any
) -> None:
    comment = told("It was fine I suppose", wants_reply=True)
    assert weigh_comments([comment.pk], by=actor, at=at) == []
    correct_sentiment(comment.pk, 5, by=actor, at=at)
    [concern] = weigh_comments([comment.pk], by=actor, at=at)
    assert concern.tier == "high"
    correct_sentiment(comment.pk, 1, by=actor, at=at)
    assert weigh_comments([comment.pk], by=actor, at=at) == []
    assert Concern.objects.get().tier == "high"


@pytest.mark.capability("P01")
@pytest.mark.parametrize("model_is_broken", [False, True])
@pytest.mark.parametrize("language", list(PHRASES))
def test_safety_words_are_a_concern_before_and_without_a_reading(
    place: Any,
    actor: Any,
    at: Any,
    monkeypatch: Any,
    tmp_path: Any,
    language: str,
    model_is_broken: bool,
) -> None:
    if model_is_broken:
        engine.load_engine.cache_clear()
        monkeypatch.setattr(engine, "MODELS", tmp_path)
    new = NewComment(
        organisation=place.organisation, place=place, source="sms", text=PHRASES[language]
    )
    comment = receive_comment(new, by=actor, at=at)
    told_of = Happening(
        1, "listen.comment_received", place.organisation_id, at, {"comment_id": comment.pk}
    )
    when_comment_received(told_of)
    engine.load_engine.cache_clear()
    assert Concern.objects.get().tier == "immediate"


def test_complaint_form_is_a_concern_before_it_is_read(place: Any, actor: Any, at: Any) -> None:
    new = NewComment(
        organisation=place.organisation, place=place, source="complaint_form", text="x"
    )
    comment = receive_comment(new, by=actor, at=at)
    when_comment_received(
        Happening(
            1, "listen.comment_received", place.organisation_id, at, {"comment_id": comment.pk}
        )
    )
    assert Concern.objects.get().tier == "high"


def test_kind_words_are_no_concern(told: Any, actor: Any, at: Any) -> None:
    comment = told("Everybody was kind, thank you")
    assert weigh_comments([comment.pk], by=actor, at=at) == []


def test_concerns_of_one_portion_are_told_some_at_a_time(told: Any, actor: Any, at: Any) -> None:
    comments = [told(f"{PHRASES['en']}, day {number}") for number in range(23)]
    found = weigh_comments([comment.pk for comment in comments], by=actor, at=at)
    events = Event.objects.filter(name="understand.concerns_found").order_by("pk")
    assert [event.ids for event in events] == [
        {"first_id": found[0].pk, "last_id": found[19].pk},
        {"first_id": found[20].pk, "last_id": found[22].pk},
    ]
    assert not Event.objects.filter(name="understand.concern_found").exists()
