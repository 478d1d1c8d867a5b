"""Reading comments, again whenever the engine changes, and keeping what people say about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.tables.bulk import insert_objects
from wellheard.listen.intake.models import Comment
from wellheard.understand.themes.learning import learnt_of
from wellheard.understand.themes.models import CommentReading, Correction, Sentiment, ThemeLabel
from wellheard.understand.themes.rules import Change, Label, labels_after
from wellheard.understand.themes.vocabulary import own_themes, themes_by_code

if TYPE_CHECKING:
    from wellheard.measures.text.engine import Labelled

AT_ONCE = 500


class UnknownThemeError(ValueError):
    """There is no theme of this code."""


class NothingToCorrectError(ValueError):
    """The reading already says so."""


def label_comment(comment_id: int, *, by: Actor, at: datetime) -> None:
    """Read one comment and tell the house of it."""
    with acting(by, at=at) as trail:
        if label_comments([comment_id], by=by, at=at):
            trail.publish("understand.comment_labelled", comment_id=comment_id)


def label_comments(comment_ids: Sequence[int], *, by: Actor, at: datetime) -> int:
    """Read these comments, in place of any earlier reading; corrections stay in force. How many."""
    with acting(by, at=at) as trail:
        comments = list(
            Comment.objects.filter(pk__in=comment_ids, organisation_id=by.organisation_id)
            .exclude(text="")
            .order_by("pk")
        )
        found = _read(comments)
        ids = [comment.pk for comment in comments]
        sentiments, changes = _corrections(ids)
        CommentReading.objects.filter(comment_id__in=ids).delete()
        insert_objects(
            [
                _reading(comment, said, sentiments.get(comment.pk), at)
                for comment, said in zip(comments, found, strict=True)
            ]
        )
        ThemeLabel.objects.filter(comment_id__in=ids).delete()
        insert_objects(
            [
                label
                for comment, said in zip(comments, found, strict=True)
                for label in _labels(comment, said, changes[comment.pk])
            ]
        )
        if comments:
            engine = found[0].engine_version
            trail.write("comments_read", ("listen.comment", "many"), count=len(ids), engine=engine)
    return len(ids)


def correct_theme(
    comment_id: int, *, take_away: str = "", put: str = "", by: Actor, at: datetime
) -> Correction:
    """Take a theme off a comment, put one on, or one in place of the other.

    Raises UnknownThemeError, NothingToCorrectError, CommentReading.DoesNotExist.
    """
    known = set(themes_by_code()) | set(own_themes(by.organisation_id))
    if {take_away, put} - {""} - known or not (take_away or put):
        raise UnknownThemeError(put or take_away)
    with acting(by, at=at) as trail:
        reading = _locked_reading(comment_id, by)
        holding = _holding(comment_id)
        if (take_away and take_away not in holding) or (put and put in holding):
            raise NothingToCorrectError(put or take_away)
        correction = _keep(reading, Correction.Field.THEME, take_away, put, by, at)
        _renew_labels(reading)
        trail.write("theme_corrected", correction, before=take_away, after=put)
        trail.publish("understand.comment_corrected", comment_id=comment_id)
    return correction


def correct_sentiment(comment_id: int, sentiment: int, *, by: Actor, at: datetime) -> Correction:
    """Say how the person felt. Raises ValueError for no such level, NothingToCorrectError."""
    level = Sentiment(sentiment)
    with acting(by, at=at) as trail:
        reading = _locked_reading(comment_id, by)
        if reading.sentiment == level:
            raise NothingToCorrectError(str(sentiment))
        before = "" if reading.sentiment is None else str(reading.sentiment)
        correction = _keep(reading, Correction.Field.SENTIMENT, before, str(level), by, at)
        reading.sentiment = level
        reading.is_praise = _praise(level, reading)
        reading.save(update_fields=["sentiment", "is_praise"])
        trail.write("sentiment_corrected", correction, before=before, after=str(level))
        trail.publish("understand.comment_corrected", comment_id=comment_id)
    return correction


def _read(comments: Sequence[Comment]) -> list[Labelled]:
    # Loads numpy and the model: pages that only show readings do without.
    from wellheard.measures.text.encoder import encoder_folder
    from wellheard.measures.text.engine import load_engine

    if not comments:
        return []
    engine = load_engine(encoder=encoder_folder(settings.COMMENT_ENCODER))
    asked = [asked_of(comment) for comment in comments]
    texts = [comment.text for comment in comments]
    found = engine.label(
        texts,
        questions=asked,
        languages=[comment.language or None for comment in comments],
        closely=True,
    )
    learnt = learnt_of(comments[0].organisation_id)
    return learnt.apply(engine, texts, asked, found) if learnt else found


def asked_of(comment: Comment) -> str:
    """The question a comment answers, or its kind."""
    if comment.question_type == Comment.QuestionType.NONSPECIFIC and comment.question:
        return comment.question
    return comment.question_type


def _corrections(ids: Sequence[int]) -> tuple[dict[int, int], dict[int, list[Change]]]:
    """The sentiment people set, and the themes they changed, by comment, oldest first."""
    sentiments: dict[int, int] = {}
    changes: dict[int, list[Change]] = defaultdict(list)
    for row in Correction.objects.filter(comment_id__in=ids).order_by("at", "pk"):
        if row.field == Correction.Field.SENTIMENT:
            sentiments[row.comment_id] = int(row.after)
        else:
            changes[row.comment_id].append(Change(row.before, row.after))
    return sentiments, changes


def _reading(
    comment: Comment, said: Labelled, by_person: int | None, at: datetime
) -> CommentReading:
    reading = CommentReading(
        organisation_id=comment.organisation_id,
        comment=comment,
        engine=said.engine_version,
        language=comment.language or said.language.code,
        machine_sentiment=said.sentiment,
        sentiment=by_person or said.sentiment,
        sentiment_confidence=said.sentiment_confidence,
        is_praise=said.is_praise,
        heard=said.details.heard,
        staff=list(said.details.staff),
        is_boilerplate=said.details.boilerplate,
        safety=[
            {"group": hit.group, "start": hit.span[0], "end": hit.span[1]} for hit in said.urgency
        ],
        masked_text=said.masked_text,
        read_at=at,
    )
    if by_person is not None:
        reading.is_praise = _praise(by_person, reading)
    return reading


def _praise(sentiment: int, reading: CommentReading) -> bool:
    return sentiment <= Sentiment.POSITIVE and not reading.safety


def _labels(comment: Comment, said: Labelled, changes: Sequence[Change]) -> list[ThemeLabel]:
    machine = {theme.code: theme.confidence for theme in said.themes}
    labels = labels_after(machine, changes)
    moods = said.details.sentiments
    return [
        _row(comment.organisation_id, comment.pk, label, moods.get(label.theme)) for label in labels
    ]


def _row(organisation_id: int, comment_id: int, label: Label, sentiment: int | None) -> ThemeLabel:
    return ThemeLabel(
        organisation_id=organisation_id,
        comment_id=comment_id,
        theme=label.theme,
        source=label.source,
        confidence=label.confidence,
        sentiment=sentiment,
        holds=label.holds,
    )


def _locked_reading(comment_id: int, by: Actor) -> CommentReading:
    return CommentReading.objects.select_for_update().get(
        comment_id=comment_id, organisation_id=by.organisation_id
    )


def _holding(comment_id: int) -> set[str]:
    labels = ThemeLabel.objects.filter(comment_id=comment_id, holds=True)
    return set(labels.values_list("theme", flat=True))


def _keep(
    reading: CommentReading, field: str, before: str, after: str, by: Actor, at: datetime
) -> Correction:
    return Correction.objects.create(
        organisation_id=reading.organisation_id,
        comment_id=reading.comment_id,
        field=field,
        before=before,
        after=after,
        engine=reading.engine,
        by=f"{by.kind}:{by.ref}",
        by_name=by.name,
        at=at,
    )


def _renew_labels(reading: CommentReading) -> None:
    """Apply all corrections anew to what the machine said."""
    labels = ThemeLabel.objects.filter(comment_id=reading.comment_id)
    said = list(labels.filter(source="machine").values_list("theme", "confidence", "sentiment"))
    machine = {theme: confidence for theme, confidence, _ in said}
    moods = {theme: sentiment for theme, _, sentiment in said}
    _, changes = _corrections([reading.comment_id])
    labels.delete()
    ThemeLabel.objects.bulk_create(
        _row(reading.organisation_id, reading.comment_id, each, moods.get(each.theme))
        for each in labels_after(machine, changes[reading.comment_id])
    )
