"""Receiving, deciding, passing on, sweeping and undoing, against the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from wellheard.base.audit.models import AuditRow
from wellheard.base.events.happening import Happening
from wellheard.listen.intake import actions, queries, reactions
from wellheard.listen.intake.actions import NewComment, receive_comment, receive_comments
from wellheard.listen.intake.actions.sweep import sweep_organisation
from wellheard.listen.intake.models import Comment, OrphanFinding, PassedOn
from wellheard.listen.intake.rules.files import Received

pytestmark = pytest.mark.django_db
STORY = (
    "I rang the bell three times during the night and nobody came, so I had to walk to the "
    "toilet alone although I had been told not to get up."
)


@pytest.fixture
def said(organisation: Any, place: Any, actor: Any, at: Any) -> Any:
    def receive(text: str = STORY, **fields: Any) -> Comment:
        moment = fields.pop("at", at)
        new = NewComment(
            **{"organisation": organisation, "source": "card", "place": place, "text": text}
            | fields
        )
        return receive_comment(new, by=actor, at=moment)

    return receive


def happening(name: str, organisation: Any, at: Any, **ids: Any) -> Happening:
    return Happening(1, name, organisation.pk, at, ids)


def test_comment_is_kept_with_site_reference_due_moment_and_audit_row(said: Any, at: Any) -> None:
    comment = said(rating=2, rating_max=5)
    assert comment.site_id == comment.place.site_id
    assert comment.received_at == comment.recorded_at == at
    assert comment.triage_due_at == datetime(2026, 3, 6, 6, 0, tzinfo=UTC)
    row = AuditRow.objects.get(action="comment_received")
    assert row.object_id == str(comment.pk)
    assert "bell" not in str(row.details)


def test_repeated_sending_is_one_comment(said: Any) -> None:
    assert said(submission_key="k").pk == said(submission_key="k", text="changed").pk
    assert Comment.objects.count() == 1


def test_taken_reference_is_drawn_again(said: Any, monkeypatch: Any) -> None:
    first = said()
    drawn = iter([first.reference, "C-22222222"])
    monkeypatch.setattr(actions.receive, "new_reference", lambda _: next(drawn))
    assert said(text="another").reference == "C-22222222"


def test_batch_is_all_or_nothing(organisation: Any, place: Any, actor: Any, at: Any) -> None:
    rows = [
        NewComment(organisation=organisation, source="import", place=place, text=text)
        for text in ("fine", "x" * 50_001)
    ]
    with pytest.raises(ValueError, match="50001 characters"):
        receive_comments(rows, organisation=organisation, batch=uuid4(), by=actor, at=at)
    assert not Comment.objects.exists()


@pytest.mark.capability("B22")
def test_hundred_mixed_items_get_hundred_dispositions(
    organisation: Any, place: Any, actor: Any, at: Any, staff: Any
) -> None:
    manager = staff("nurse_manager", places=[place])
    rows = [
        NewComment(
            organisation=organisation,
            source=("card", "email", "survey", "import")[n % 4],
            place=place,
            text="" if n % 5 == 0 else f"Number {n} waited {n} hours in corridor {n * 7}",
            rating=4 if n % 5 == 0 else None,
            rating_max=5 if n % 5 == 0 else None,
            received_at=at - timedelta(days=90 if n % 3 == 0 else 0),
        )
        for n in range(100)
    ]
    batch = uuid4()
    receive_comments(rows, organisation=organisation, batch=batch, by=actor, at=at)
    reactions.when_comments_imported(
        happening("listen.comments_imported", organisation, at, batch=str(batch))
    )
    waiting = Comment.objects.undecided()
    assert set(waiting.values_list("owner", flat=True)) == {manager.pk}
    for comment in waiting:
        actions.decide_comment(comment_id=comment.pk, kind="noted", by=actor, at=at)
    assert Comment.objects.exclude(disposition="").count() == 100
    assert queries.waiting(organisation.pk, None, now=at) == queries.Waiting(0, 0)


@pytest.mark.capability("B22")
def test_orphan_is_found_by_the_sweep_once_and_given_to_somebody(
    said: Any, organisation: Any, at: Any, staff: Any
) -> None:
    orphan = said()
    assert sweep_organisation(organisation.pk, at=at + timedelta(minutes=30)) == 0
    later = at + timedelta(hours=2)
    assert sweep_organisation(organisation.pk, at=later) == 1  # nobody works here yet
    specialist = staff("px_specialist")
    sweep_organisation(organisation.pk, at=later)
    orphan.refresh_from_db()
    assert orphan.owner == specialist
    actions.sweep_orphans(at + timedelta(days=3))
    actions.sweep_orphans(at + timedelta(days=4))
    found = OrphanFinding.objects.filter(comment=orphan).order_by("at")
    assert [row.why for row in found] == ["unowned", "late"]


@pytest.mark.capability("B16")
def test_same_complaint_by_three_channels_is_counted_once_and_linked(
    said: Any, organisation: Any, at: Any
) -> None:
    first = said(source="email")
    second = said(text=STORY.replace("night", "night,"), source="card", at=at + timedelta(days=1))
    third = said(text=STORY.lower(), source="letter", place=None, at=at + timedelta(days=2))
    for each in (first, second, third):
        reactions.when_comment_received(
            happening("listen.comment_received", organisation, at, comment_id=each.pk)
        )
    assert list(Comment.objects.counted()) == [first]
    third.refresh_from_db()
    assert [each.pk for each in queries.tellings(third)] == [first.pk, second.pk, third.pk]
    actions.not_a_copy(comment_id=third.pk, by=_by(organisation), at=at)
    assert Comment.objects.counted().count() == 2


def test_copies_of_a_comment_follow_it_when_it_becomes_a_copy(
    said: Any, organisation: Any, at: Any
) -> None:
    first, second, third = said("one"), said("two"), said("three")
    by = _by(organisation)
    actions.mark_copy(comment_id=third.pk, first_id=second.pk, by=by, at=at)
    actions.mark_copy(comment_id=second.pk, first_id=first.pk, by=by, at=at)
    assert set(first.copies.values_list("pk", flat=True)) == {second.pk, third.pk}
    with pytest.raises(ValueError, match="own copy"):
        actions.mark_copy(comment_id=first.pk, first_id=third.pk, by=by, at=at)


@pytest.mark.capability("B21")
def test_compliment_reaches_the_named_nurse_and_everybody_at_the_place_once(
    said: Any, organisation: Any, place: Any, other_place: Any, at: Any, staff: Any
) -> None:
    nurse, manager = staff("front_desk", places=[place]), staff("nurse_manager", places=[place])
    praise = said("Grace sat with me when I was afraid.")
    by = _by(organisation)
    for _ in range(2):
        actions.pass_on(comment_id=praise.pk, to=[nurse.pk], named="Grace", by=by, at=at)
        actions.pass_on(comment_id=praise.pk, by=by, at=at)
    assert PassedOn.objects.count() == 2
    assert [row.to_id for row in queries.compliments_for(nurse.pk, {place.pk})] in (
        [nurse.pk, None],
        [None, nurse.pk],
    )
    assert [row.to_id for row in queries.compliments_for(manager.pk, {place.pk})] == [None]
    assert queries.compliments_for(manager.pk, {other_place.pk}) == []
    praise.refresh_from_db()
    assert praise.disposition == "passed_on"


def test_decision_is_refused_for_another_organisation(said: Any, at: Any) -> None:
    from wellheard.base.audit.actor import Actor
    from wellheard.people.places.actions import add_organisation

    other = add_organisation(
        name="Elm", slug="elm", country="GB", jurisdiction="england", zone="Europe/London",
        languages=["en"], at=at,
    )  # fmt: skip
    with pytest.raises(Comment.DoesNotExist):
        actions.decide_comment(
            comment_id=said().pk, kind="noted", by=Actor.system(other.pk, "x"), at=at
        )


@pytest.mark.capability("B08")
def test_voice_note_lies_sealed_and_its_transcript_and_translation_stand_beside_the_words(
    said: Any, organisation: Any, at: Any
) -> None:
    comment, by = said("Escuche mi mensaje", language="es"), _by(organisation)
    content = b"OggS" + bytes(range(256))
    attachment = actions.add_attachment(
        comment=comment, received=Received("voice", "audio/ogg", content), by=by, at=at
    )
    assert content not in bytes(attachment.content.sealed)
    assert queries.attachment_bytes(attachment) == content
    actions.transcribe(attachment_id=attachment.pk, text="Nadie vino", by=by, at=at)
    actions.add_translation(
        comment_id=comment.pk, language="en", text="Listen to my message", by=by, at=at
    )
    comment.refresh_from_db()
    assert comment.text == "Escuche mi mensaje"
    assert comment.attachments.get().transcript == "Nadie vino"
    assert comment.translations.get().text == "Listen to my message"


def test_batch_can_be_removed_until_somebody_has_decided(
    organisation: Any, place: Any, actor: Any, at: Any, staff: Any, person_of: Any
) -> None:
    def batch_of_two() -> Any:
        batch = uuid4()
        rows = [
            NewComment(organisation=organisation, source="import", place=place, text=text)
            for text in ("a", "b")
        ]
        receive_comments(rows, organisation=organisation, batch=batch, by=actor, at=at)
        return batch

    assert actions.remove_comments(batch=batch_of_two(), by=actor, at=at) == 2
    used = batch_of_two()
    actions.decide_comment(
        comment_id=queries.comments_of_batch(organisation.pk, used)[0],
        kind="noted",
        by=person_of(staff("px_specialist")).actor,
        at=at,
    )
    with pytest.raises(actions.CommentsInUseError):
        actions.remove_comments(batch=used, by=actor, at=at)
    assert Comment.objects.filter(import_batch=used).count() == 2


def test_visible_comments_are_those_of_the_places_of_the_role(
    said: Any, place: Any, other_place: Any, staff: Any, person_of: Any
) -> None:
    here, elsewhere, nowhere = said("a"), said("b", place=other_place), said("c", place=None)

    def seen_by(user: Any) -> set[int]:
        return set(Comment.objects.visible_to(person_of(user)).values_list("pk", flat=True))

    assert seen_by(staff("nurse_manager", places=[place])) == {here.pk}
    assert seen_by(staff("px_specialist")) == {here.pk, elsewhere.pk, nowhere.pk}
    assert seen_by(staff("administrator")) == set()


def _by(organisation: Any) -> Any:
    from wellheard.base.audit.actor import Actor

    return Actor.system(organisation.pk, "test")
