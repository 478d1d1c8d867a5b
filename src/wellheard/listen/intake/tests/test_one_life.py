"""One item, one life: joined across channels, undone for good, translations read over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.listen.intake import actions, queries
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.intake.actions.sweep import sweep_organisation
from wellheard.listen.intake.models import Comment, OrphanFinding
from wellheard.listen.intake.rules.abuse import is_rough, soften

STORY = (
    "On Tuesday night nobody answered the bell on ward seven for forty minutes although my mother "
    "was in great pain and we called again and again"
)


@pytest.fixture
def told(organisation: Any, place: Any, actor: Actor, at: Any) -> Callable[..., list[Comment]]:
    """The same story by four ways within two days, each in slightly other words."""

    def tell() -> list[Comment]:
        ways = [("card", STORY), ("email", f"{STORY}."), ("letter", STORY.upper())]
        ways.append(("review", f"{STORY}!!"))
        comments = [
            receive_comment(
                NewComment(
                    organisation=organisation,
                    source=source,
                    text=text,
                    place=place if source == "card" else None,
                    received_at=at + timedelta(hours=12 * number),
                ),
                by=actor,
                at=at + timedelta(hours=12 * number),
            )
            for number, (source, text) in enumerate(ways)
        ]
        for comment in comments:
            actions.take_up([comment.pk], by=actor, at=at + timedelta(days=2))
        return comments

    return tell


@pytest.mark.capability("B16")
def test_story_told_by_card_mail_letter_and_review_counts_once_and_is_linked_thrice(
    told: Callable[..., list[Comment]],
) -> None:
    first, *again = told()
    assert Comment.objects.counted().count() == 1
    assert {c.pk for c in again} == set(first.copies.values_list("pk", flat=True))
    assert len(queries.tellings(first)) == 4


@pytest.mark.capability("B16")
def test_page_shows_what_was_joined_and_not_the_same_holds_for_good(
    told: Callable[..., list[Comment]], actor: Actor, at: Any, staff: Any, signed_in: Any
) -> None:
    _first, mail, *_rest = told()
    client = signed_in(staff("px_specialist"))
    page = client.get("/staff/comments/copies/").content.decode()
    assert page.count("Not the same") == 3
    client.post(f"/staff/comments/{mail.pk}/copies/removal/")
    # Told of again, as events may be: the person's word stands.
    actions.take_up([mail.pk], by=actor, at=at + timedelta(days=3))
    mail.refresh_from_db()
    assert (mail.duplicate_of_id, mail.disposition) == (None, "")
    assert Comment.objects.counted().count() == 2
    assert client.get("/staff/comments/copies/").content.decode().count("Not the same") == 2


@pytest.mark.capability("B22")
def test_orphan_stands_on_its_page_until_somebody_decides(
    told: Callable[..., list[Comment]], place: Any, at: Any, staff: Any, signed_in: Any
) -> None:
    first, *_rest = told()
    sweep_organisation(first.organisation_id, at=at + timedelta(days=5))
    assert OrphanFinding.objects.filter(comment=first).exists()
    client = signed_in(staff("px_specialist"))
    assert first.reference in client.get("/staff/comments/left-lying/").content.decode()
    client.post(f"/staff/comments/{first.pk}/dispositions/", {"kind": "noted", "why": "read"})
    assert first.reference not in client.get("/staff/comments/left-lying/").content.decode()
    everything = client.get("/staff/comments/left-lying/?show=all").content.decode()
    assert first.reference in everything


@pytest.mark.capability("B08")
def test_translation_names_its_maker_and_is_read_over_by_another(
    told: Callable[..., list[Comment]], staff: Any, signed_in: Any, client: Any
) -> None:
    first, *_rest = told()
    address = f"/staff/comments/{first.pk}/"
    maker, reader = staff("px_specialist"), staff("px_specialist")
    one = signed_in(maker)
    words = {"language": "es", "text": "Nadie contestó.", "by_machine": "on"}
    assert (
        "Write the name of the program"
        in one.post(f"{address}translations/", words).content.decode()
    )
    one.post(f"{address}translations/", words | {"translator": "Traducebot 3"})
    made = first.translations.get()
    one.post(f"{address}translations/{made.pk}/review/")
    assert first.translations.get().reviewed_by == ""
    page = signed_in(reader).get(address).content.decode()
    assert "Made by a program" in page
    assert STORY in page
    client.post(f"{address}translations/{made.pk}/review/")
    kept = first.translations.get()
    assert (kept.reviewed_by_name, kept.translator) == (reader.name, "Traducebot 3")
    first.refresh_from_db()
    assert first.text == STORY


@pytest.mark.parametrize(
    ("text", "softened"),
    [
        ("This fucking ward", "This f••• ward"),
        ("FÚCK it. Señora, qué mierda", "F••• it. Señora, qué m•••"),
        ("يا شَرموطة", "يا ش•••"),
        (
            "Scunthorpe, computadora, shiitake, dispute",
            "Scunthorpe, computadora, shiitake, dispute",
        ),
    ],
)
def test_rough_words_are_masked_and_others_are_not(text: str, softened: str) -> None:
    assert soften(text) == softened
    assert is_rough(text) is (text != softened)


def test_abusive_comment_is_kept_whole_masked_in_the_list_and_owned_like_any_other(
    organisation: Any, place: Any, actor: Actor, at: Any, staff: Any, signed_in: Any
) -> None:
    user = staff("px_specialist")
    words = "You fucking idiots left my father in pain all night."
    new = NewComment(organisation=organisation, source="email", text=words, place=place)
    comment = receive_comment(new, by=actor, at=at)
    actions.take_up([comment.pk], by=actor, at=at)
    comment.refresh_from_db()
    assert (comment.text, comment.owner_id) == (words, user.pk)
    client = signed_in(user)
    assert "You f••• idiots" in client.get("/staff/comments/").content.decode()
    page = client.get(f"/staff/comments/{comment.pk}/").content.decode()
    assert words in page
    assert "Rough words stand here" in page
