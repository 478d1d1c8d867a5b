"""Printed comment cards: a batch from the scanner becomes comments, one each."""

from __future__ import annotations

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.listen.intake.models import Comment
from wellheard.listen.sampling.tests.conftest import NOW
from wellheard.listen.sheets.actions import key_check, take_in
from wellheard.listen.sheets.layout import Layout
from wellheard.listen.sheets.models import Sheet, SheetCheck
from wellheard.listen.sheets.rules import CARD, split_reply
from wellheard.listen.sheets.runs import make_run, pdf_of
from wellheard.listen.sheets.tests import marking as m
from wellheard.people.places.actions import add_touchpoint

pytestmark = [pytest.mark.django_db, pytest.mark.capability("B09")]
STORY = "Nobody answered the bell for an hour and I was afraid to get up alone that night"


@pytest.fixture
def nurse(staff, place):
    user = staff("nurse_manager", places=[place])
    return Actor("staff", str(user.pk), user.organisation_id, user.name)


def cards(place, actor, count, *, language="en", paper="a4", touchpoint=None):
    return make_run(
        place=place, instrument_code=CARD, language=language, size=12, paper=paper, count=count,
        touchpoint=touchpoint, by=actor, at=NOW,
    )  # fmt: skip


def take(pages, nurse):
    return take_in(
        m.tiff(pages), name="box.tiff", sheets=Sheet.objects.all(), came_at=NOW, by=nurse, at=NOW
    )


@pytest.mark.parametrize("language", ["en", "es", "ar"])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_card_is_one_page_in_each_language(place, actor, language, paper):
    assert Layout.read(cards(place, actor, 1, language=language, paper=paper).layout).pages == 1


@pytest.mark.slow
@pytest.mark.any_database
def test_batch_of_thirty_cards_becomes_thirty_items_and_a_copy_is_flagged(
    place, actor, nurse, staff, signed_in
):
    desk = add_touchpoint(place, name="Discharge desk", by=actor, at=NOW)
    run = cards(place, actor, 30, touchpoint=desk)
    layout = Layout.read(run.layout)
    pages = m.pages_of(pdf_of(run))
    assert len(pages) == 30
    for n, page in enumerate(pages):
        m.mark(page, layout, "rating", 1 + n % 5, page=1)
        if n in (3, 7):
            m.mark(page, layout, "story", 0, page=1, how="write")
        if n == 9:
            m.mark(page, layout, "reply", 0, page=1, how="write")
    file = take([m.turned(pages[0], 2), *pages[1:], pages[5]], nurse)
    assert list(file.pages.values_list("outcome", flat=True)) == ["read"] * 30 + ["again"]
    assert Comment.objects.count() == 27, "three wait until their handwriting is keyed"
    keyed = {"story": STORY, "reply": "Ana Ruiz, 312 555 0123"}
    for check in SheetCheck.objects.all():
        key_check(check, keyed[check.code], by=nurse, at=NOW)
    comments = Comment.objects.order_by("pk")
    assert len(comments) == 30 and {c.source for c in comments} == {"paper"}
    assert {(c.place, c.touchpoint) for c in comments} == {(place, desk)}
    assert sorted(int(c.rating) for c in comments) == sorted(1 + n % 5 for n in range(30))
    first, second = comments.exclude(text="").order_by("pk")
    assert (first.text, second.text) == (STORY, STORY) and second.duplicate_of == first
    asked = comments.get(wants_reply=True)
    assert asked.patient.name == "Ana Ruiz"
    assert not SheetCheck.objects.exclude(picture=b"").exists(), "no handwriting is kept"
    again = take(pages[:2], nurse)
    assert {page.outcome for page in again.pages.all()} == {"again"}
    assert Comment.objects.count() == 30


def test_reply_that_cannot_be_read_stays_with_the_card(place, actor, nurse, client, signed_in):
    run = cards(place, actor, 2)
    layout = Layout.read(run.layout)
    written, empty = m.pages_of(pdf_of(run))
    m.mark(written, layout, "reply", 0, page=1, how="write")
    take([written, empty], nurse)
    key_check(SheetCheck.objects.get(), "room 12, my daughter", by=nurse, at=NOW)
    comment = Comment.objects.get()
    assert (comment.text, comment.wants_reply, comment.patient) == (
        "(room 12, my daughter)", True, None,
    )  # fmt: skip
    assert {sheet.outcome for sheet in Sheet.objects.all()} == {"counted", "empty"}


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Ana Ruiz, 312 555 0123", ("Ana Ruiz", "312 555 0123")),
        ("ana@example.org", ("", "ana@example.org")),
        ("+1 (312) 555-0123 Ana", ("Ana", "+1 (312) 555-0123")),
        ("room 12", ("", "room 12")),
        ("", ("", "")),
    ],
)
def test_name_and_contact_are_told_apart(written, found):
    assert split_reply(written) == found
