"""A file is taken whole or not at all, once, and can be taken back with all that came of it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from wellheard.base.audit.models import AuditRow
from wellheard.base.audit.queries import verify_chain
from wellheard.base.jobs.worker import Worker
from wellheard.interop.csvfiles import actions
from wellheard.interop.csvfiles.actions import CannotUndoError, RowsRefusedError, undo_import
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.listen.intake.actions import decide_comment
from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.models import Response
from wellheard.people.places.models import Place, Site
from wellheard.resolve.complaints.models import Case
from wellheard.understand.concerns.models import Concern
from wellheard.understand.facts.models import Fact
from wellheard.understand.themes.models import CommentReading, ThemeLabel

pytestmark = pytest.mark.django_db

COMMENTS = """comment_id,received_at,site,place,rating,text
a1,2026-03-01,Riverbend General,Ward 7,5,The nurses were kind and explained everything to me.
a2,2026-03-01,Riverbend General,Ward 7,1,"I rang the call bell many times, nobody came. I felt unsafe."
a3,2026-03-02,Eastside,Day Clinic,3,The wait was long but the staff were friendly.
a4,2026-03-02,Eastside,Day Clinic,4,
"""
RESPONSES = """response_id,received_at,site,place,instrument,mode,language,rating,recommend,nurse_listen,comment
r1,2026-03-01,Eastside,Ward 2,pulse,web,en,9,10,4,The nurses listened to every word I said.
r2,2026-03-01,Eastside,Ward 2,pulse,paper,es,3,2,1,
r3,2026-03-02,Eastside,Ward 2,,,,,,,
"""


def batch_of(done):
    return ImportBatch.objects.get(batch=done.batch)


def test_import_comments_counts_every_row_and_keeps_each_once(take, place):
    done = take("comments", COMMENTS)
    assert (done.rows, done.imported, done.duplicates, done.empty) == (4, 3, 0, 1)
    kept = {c.external_id: c for c in Comment.objects.all()}
    assert set(kept) == {"a1", "a2", "a3"}
    assert kept["a1"].place == place and kept["a1"].source == "import"
    assert (kept["a2"].rating, kept["a2"].rating_max) == (1, 5)
    assert kept["a2"].text == "I rang the call bell many times, nobody came. I felt unsafe."
    assert {str(c.import_batch) for c in kept.values()} == {done.batch}


def test_import_makes_places_that_were_not_known_under_their_site(take, place):
    take("comments", COMMENTS)
    made = Place.objects.get(name="Day Clinic")
    assert made.site.name == "Eastside"
    assert Comment.objects.get(external_id="a3").place == made
    assert Place.objects.filter(name="Ward 7").count() == 1


def test_import_batch_says_what_was_read_and_by_whom(take, actor, at):
    done = take("comments", "Feedback,Shoe size\nKind,42\n", name="C:\\files\\march.csv")
    kept = batch_of(done)
    data = b"Feedback,Shoe size\nKind,42\n"
    assert kept.sha256 == hashlib.sha256(data).hexdigest()
    assert (kept.file_name, kept.kind, kept.imported_at) == ("march.csv", "comments", at)
    assert (kept.columns, kept.ignored) == ({"text": "Feedback"}, ["Shoe size"])
    row = AuditRow.objects.get(action="import.kept")
    assert row.details == {"kind": "comments", "imported": 1, "duplicates": 0}
    assert "Kind" not in str(AuditRow.objects.values_list("details", flat=True))


@pytest.mark.parametrize("kind", ["comments", "responses"])
def test_same_file_again_brings_nothing_new(take, kind):
    text = COMMENTS if kind == "comments" else RESPONSES
    first, again = take(kind, text), take(kind, text)
    assert (again.imported, again.duplicates) == (0, first.imported)
    assert Comment.objects.count() == (3 if kind == "comments" else 1)


def test_longer_file_brings_only_what_was_added(take):
    take("comments", "text\nNothing.\nNothing.\n")
    done = take("comments", "text\nNothing.\nNothing.\nNothing.\nKind\n")
    assert (done.imported, done.duplicates) == (2, 2)


def test_equal_words_without_an_id_stay_two(take):
    assert take("comments", "text\nNothing.\nNothing.\n").imported == 2
    assert Comment.objects.filter(text="Nothing.").count() == 2


def test_row_that_stands_twice_with_its_id_is_taken_once(take):
    done = take("comments", "comment_id,text\n1,Kind\n1,Kind\n")
    assert (done.imported, done.duplicates) == (1, 1)


def test_rating_of_a_file_stands_on_one_scale(take):
    take("comments", "text,rating\nfair,4\ngood,9\n")
    assert set(Comment.objects.values_list("rating_max", flat=True)) == {10}


@pytest.mark.capability("P04")
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("comments", COMMENTS.replace("2026-03-02", "someday")),
        ("responses", RESPONSES.replace("pulse,paper", "unheard,paper")),
        ("responses", RESPONSES.replace(",9,10,4,", ",9,10,5,")),
    ],
)
def test_one_fault_keeps_everything_out(take, kind, text):
    with pytest.raises(RowsRefusedError) as refused:
        take(kind, text)
    assert refused.value.faults[0].line > 1
    assert not Comment.objects.exists() and not Response.objects.exists()
    assert not Place.objects.exists() and not Site.objects.exists()
    assert not ImportBatch.objects.exists()


@pytest.mark.capability("P04")
def test_break_on_the_way_keeps_everything_out(take, monkeypatch):
    def broken(*_args, **_more):
        raise OSError("the disk is full")

    monkeypatch.setattr(actions, "keep_batch", broken)
    with pytest.raises(OSError, match="disk is full"):
        take("comments", COMMENTS)
    assert not Comment.objects.exists() and not Place.objects.exists()


def test_import_responses_keeps_answers_and_the_comment_beside(take):
    done = take("responses", RESPONSES)
    assert (done.rows, done.imported, done.empty) == (3, 2, 1)
    first = Response.objects.get(external_id="r1")
    assert first.answers == {"rating": 9, "recommend": 10, "nurse_listen": 4}
    assert (first.instrument, first.mode, first.language) == ("pulse", "web", "en")
    comment = Comment.objects.get()
    assert (comment.response_id, comment.source) == (first.pk, "survey")


@pytest.mark.capability("P07")
def test_imported_files_reach_facts_and_themes(take):
    take("comments", COMMENTS)
    take("responses", RESPONSES)
    Worker().drain()
    assert Fact.objects.filter(response__isnull=False).count() == 6
    assert CommentReading.objects.count() == 4
    assert "call_bell" in ThemeLabel.objects.values_list("theme", flat=True)


@pytest.mark.capability("P04")
def test_undo_takes_back_all_that_came_of_a_file(take, actor, at):
    done = take("comments", COMMENTS.replace("nobody came. I felt unsafe", "it took a while"))
    answers = take("responses", RESPONSES)
    Worker().drain()
    assert Fact.objects.exists() and CommentReading.objects.exists()
    assert undo_import(batch_of(done), by=actor, at=at + timedelta(hours=1)) == 3
    assert undo_import(batch_of(answers), by=actor, at=at + timedelta(hours=1)) == 3
    for model in (Comment, Response, Fact, CommentReading, ThemeLabel, Concern, Case):
        assert not model.objects.exists(), model
    assert AuditRow.objects.filter(action="import.undone").count() == 2
    assert verify_chain(actor.organisation_id).broken is None
    kept = batch_of(done)
    assert kept.undone_at == at + timedelta(hours=1) and kept.undone_by == "system:test"


def test_file_taken_back_can_be_brought_again(take, actor, at):
    undo_import(batch_of(take("comments", COMMENTS)), by=actor, at=at)
    assert take("comments", COMMENTS).imported == 3


def test_undo_twice_is_refused(take, actor, at):
    batch = batch_of(take("comments", COMMENTS))
    undo_import(batch, by=actor, at=at)
    with pytest.raises(CannotUndoError, match="already taken back"):
        undo_import(batch, by=actor, at=at)


def test_undo_is_refused_when_a_case_rests_on_the_file(take, actor, at, staff):
    staff("grievance_officer")
    batch = batch_of(take("comments", COMMENTS))
    Worker().drain()
    assert Case.objects.count() == 1
    with pytest.raises(CannotUndoError, match="people have already worked"):
        undo_import(batch, by=actor, at=at)
    assert Comment.objects.count() == CommentReading.objects.count() == 3
    batch.refresh_from_db()
    assert batch.undone_at is None


def test_undo_is_refused_when_somebody_decided_about_a_comment(take, actor, at, staff, person_of):
    batch = batch_of(take("comments", COMMENTS))
    by = person_of(staff("px_specialist")).actor
    comment = Comment.objects.get(external_id="a1")
    decide_comment(comment_id=comment.pk, kind="answered", by=by, at=at)
    with pytest.raises(CannotUndoError):
        undo_import(batch, by=actor, at=at)
    assert Comment.objects.count() == 3


@pytest.mark.slow
def test_twenty_thousand_rows_are_imported_in_seconds(take):
    rows = "".join(f"c{n},Ward {n % 30},Visit {n} was fine and calm\n" for n in range(20_000))
    done = take("comments", "comment_id,place,text\n" + rows)
    assert (done.imported, Comment.objects.count()) == (20_000, 20_000)
    assert Place.objects.count() == 30
