"""Themes of a site's own, blind samples, what corrections teach, and what is new."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.understand.themes import queries
from wellheard.understand.themes.actions import label_comments
from wellheard.understand.themes.emerging import Said, emerging_topics
from wellheard.understand.themes.models import (
    BlindLabel,
    CommentReading,
    OwnTheme,
    ThemeExample,
    ThemeLabel,
)
from wellheard.understand.themes.sampling import draw_sample, label_blind, site_quality
from wellheard.understand.themes.teaching import TooFewExamplesError, retrain, teach_theme

LIFT = [
    f"{what} {how}"
    for what in (
        "The lift",
        "The elevator on our floor",
        "That lift",
        "The lift by ward 3",
        "A lift",
    )
    for how in ("was broken again", "does not work", "took for ever to come", "got stuck with us")
]
OTHER = [
    f"{who} {was}"
    for who in ("The nurse", "My doctor", "The food", "The ward", "Reception")
    for was in ("was kind", "was late today", "was not what I hoped", "made me feel better", "ok")
]


@pytest.fixture
def told(place: Any, actor: Any, at: Any) -> Any:
    def tell(*texts: str, when: Any = at) -> list[Any]:
        comments = [
            receive_comment(
                NewComment(organisation=place.organisation, place=place, source="card", text=text),
                by=actor,
                at=when,
            )
            for text in texts
        ]
        label_comments([comment.pk for comment in comments], by=actor, at=when)
        return comments

    return tell


@pytest.mark.capability("F05")
def test_reading_keeps_feeling_by_theme_staff_and_felt_heard(
    told: Any, place: Any, at: Any
) -> None:
    told("The nurses were kind and friendly but the food was cold. Nobody listened to me.", "N/A")
    [reading, empty] = CommentReading.objects.order_by("pk")
    assert (reading.heard, reading.staff) == ("not_heard", ["nurses"])
    assert empty.is_boilerplate and not reading.is_boilerplate
    org, start, end = place.organisation_id, at - timedelta(1), at + timedelta(1)
    moods = {row.code: row for row in queries.moods_by_theme(org, None, start, end)}
    assert moods["food_drink"].trouble == 1
    heard = queries.felt_heard(org, None, start, end)
    assert (heard.heard, heard.not_heard, heard.comments) == (0, 1, 2)
    hcat = {r.code: r for r in queries.comments_in_categories(org, None, start, end, "hcat-1")}
    assert hcat["management/environment"].comments == 1
    assert queries.felt_heard(org + 1, None, start, end).comments == 0


@pytest.mark.capability("B21")
def test_compliments_are_found_by_the_group_they_name(told: Any, place: Any, at: Any) -> None:
    [praise, _, _] = told("The porter was wonderful, thank you", "Awful porter", "Great doctors")
    org, start, end = place.organisation_id, at - timedelta(1), at + timedelta(1)
    assert queries.compliments_of(org, None, "ambulance", start, end) == [praise]
    groups = {row.code: row.comments for row in queries.staff_groups(org, None, start, end)}
    assert groups == {"ambulance": 2, "doctors": 1}


def test_copies_in_nearly_the_same_words_are_found(told: Any, place: Any, at: Any) -> None:
    text = "The waiting room was cold and nobody told us how long it would take to be seen"
    first, _, third = told(text, "Very good", text + " today")
    found = queries.copies_among(place.organisation_id, None, at - timedelta(1), at + timedelta(1))
    assert found == [[first.pk, third.pk]]


@pytest.mark.capability("F12")
def test_a_theme_of_twenty_examples_is_said_from_then_on(told: Any, actor: Any, at: Any) -> None:
    theme = teach_theme("Lifts", about=LIFT, other=OTHER, by=actor, at=at)
    assert (theme.version, theme.is_said) == (1, True)
    assert theme.quality["low"] <= theme.quality["f1"] <= theme.quality["high"]
    about, other = told("We waited for the lift, it was stuck again", "The nurse was very kind")
    assert ThemeLabel.objects.filter(theme=theme.code, comment=about).exists()
    assert not ThemeLabel.objects.filter(theme=theme.code, comment=other).exists()
    again = teach_theme("Lifts", about=["The lifts were out of order"], by=actor, at=at)
    assert (again.version, again.code) == (2, theme.code)
    assert ThemeExample.objects.filter(theme=theme.code, is_about=True).count() == 21


def test_too_few_examples_are_refused_and_nothing_is_kept(actor: Any, at: Any) -> None:
    with pytest.raises(TooFewExamplesError) as refusal:
        teach_theme("Lifts", about=[*LIFT[:10], *LIFT[:10]], other=OTHER, by=actor, at=at)
    assert (refusal.value.given, refusal.value.needed) == (10, 20)
    assert not OwnTheme.objects.exists() and not ThemeExample.objects.exists()


def test_a_theme_that_nobody_could_tell_is_kept_but_not_said(actor: Any, at: Any) -> None:
    mixed = [f"{text} {i}" for i, text in enumerate(OTHER)]
    theme = teach_theme("Anything", about=mixed[::2] + LIFT[::3], other=[*mixed[1::2], *LIFT[1::3],
                        *LIFT[2::3]], by=actor, at=at)  # fmt: skip
    assert not theme.is_said


@pytest.fixture
def labelled_blind(told: Any, actor: Any, at: Any) -> Any:
    def label(count: int, *, right: bool) -> None:
        told(*[f"The food was cold and horrible, bay {i}" for i in range(count)])
        assert draw_sample(at.date(), by=actor, at=at) == count
        assert draw_sample(at.date(), by=actor, at=at) == count
        for row in BlindLabel.objects.filter(done_at__isnull=True):
            label_blind(row.pk, themes=["food_drink"], sentiment=4 if right else 1, by=actor, at=at)

    return label


@pytest.mark.parametrize(("right", "routes"), [(True, True), (False, False)])
def test_routing_by_feeling_stops_where_the_sample_says_it_is_wrong(
    labelled_blind: Any, place: Any, at: Any, right: bool, routes: bool
) -> None:
    labelled_blind(30, right=right)
    quality = site_quality(place.organisation_id, until=at.date())
    assert (quality.labelled, quality.may_route) == (30, routes)
    assert quality.tones.n == 30 and quality.by_theme["food_drink"].value is not None
    assert site_quality(place.organisation_id + 1, until=at.date()).tones.value is None


def test_few_labels_give_no_figure(labelled_blind: Any, place: Any, at: Any) -> None:
    labelled_blind(3, right=False)
    quality = site_quality(place.organisation_id, until=at.date())
    assert quality.tones.value is None and quality.may_route and not quality.has_drifted


def test_a_blind_label_is_given_once_and_only_in_the_own_house(
    told: Any, actor: Any, at: Any
) -> None:
    told("The food was cold")
    draw_sample(at.date(), by=actor, at=at)
    [row] = BlindLabel.objects.all()
    with pytest.raises(ValueError, match="unknown theme"):
        label_blind(row.pk, themes=["moonlight"], sentiment=4, by=actor, at=at)
    label_blind(row.pk, themes=[], sentiment=4, by=actor, at=at)
    with pytest.raises(BlindLabel.DoesNotExist):
        label_blind(row.pk, themes=[], sentiment=1, by=actor, at=at)


def test_retraining_learns_what_people_say_and_is_measured(told: Any, actor: Any, at: Any) -> None:
    with pytest.raises(TooFewExamplesError):
        retrain(by=actor, at=at)
    # Here "the shuttle" is the way to the hospital, which the shipped model cannot know.
    told(*[f"The zebra shuttle {t}" for t in ("came", "left", "stops", "ran", "was there") for _ in
           range(1)], *[f"The zebra shuttle number {i} again" for i in range(15)], *OTHER)  # fmt: skip
    draw_sample(at.date(), by=actor, at=at)
    for row in BlindLabel.objects.select_related("comment"):
        themes = ["transport"] if "shuttle" in row.comment.text else []
        label_blind(row.pk, themes=themes, sentiment=3, by=actor, at=at)
    model = retrain(by=actor, at=at)
    figures = model.figures["transport"]
    assert figures["taken"] and figures["learnt"]["f1"] > figures["given"]["f1"]
    [comment] = told("The zebra shuttle was empty")
    reading = CommentReading.objects.get(comment=comment)
    assert ThemeLabel.objects.filter(comment=comment, theme="transport").exists()
    assert reading.engine.endswith("+site-1.0")


def test_emerging_topics_show_the_words_and_the_comments() -> None:
    old = [Said(i, f"The nurse was kind to me on day {i}", False) for i in range(60)]
    new = [Said(100 + i, "The parking app refused my card", True) for i in range(6)]
    usual = [Said(200 + i, "The nurse was kind to me again", True) for i in range(20)]
    [topic] = emerging_topics([*old, *new, *usual])
    assert "parking app" in topic.words
    assert (len(topic.comments), topic.before, topic.recent_of) == (6, 0, 26)
    assert emerging_topics(new) == () and emerging_topics([]) == ()
