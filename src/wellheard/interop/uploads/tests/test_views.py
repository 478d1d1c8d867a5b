"""Bringing a file in through the pages, as an analyst does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from wellheard.base.audit.models import AuditRow
from wellheard.base.jobs.worker import Worker
from wellheard.interop.cms.tests.test_actions import DATA, STATES
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.interop.servicearea.tests.test_servicearea import OURS, TEXT
from wellheard.interop.uploads import forms, store
from wellheard.interop.uploads.actions import import_upload, sweep_uploads
from wellheard.interop.uploads.models import Upload
from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.models import Response
from wellheard.understand.benchmarks.models import Benchmark
from wellheard.understand.share.models import ShareFile

pytestmark = pytest.mark.django_db

FILE = "Feedback,Ward,Shoe size\nKind <b>nurses</b>,Ward 7,42\nToo long a wait,Ward 7,43\n"
MAPPED = {"text": "Feedback", "place": "Ward"}


def at_step(step, upload):
    return reverse(f"imports:{step}", args=[upload.token])


def shown(answer):
    return answer.content.decode()


@pytest.mark.capability("P07")
def test_file_comes_in_step_by_step(analyst, uploaded, files):
    upload = uploaded("comments", FILE)
    columns = analyst.get(at_step("columns", upload))
    assert '<option value="Feedback" selected>Feedback: Kind &lt;b&gt;nurses' in shown(columns)
    assert "<bdi>Shoe size</bdi>" in shown(columns)
    answer = analyst.post(at_step("columns", upload), MAPPED)
    assert answer["Location"] == at_step("check", upload)
    check = shown(analyst.get(at_step("check", upload)))
    assert "2 rows can be taken" in check and "Kind &lt;b&gt;nurses&lt;/b&gt;" in check
    assert not Comment.objects.exists()
    answer = analyst.post(at_step("check", upload))
    assert answer["Location"] == at_step("progress", upload)
    waiting = shown(analyst.get(at_step("progress", upload)))
    assert '<meta http-equiv="refresh" content="3">' in waiting
    Worker().drain()
    done = shown(analyst.get(at_step("progress", upload)))
    assert "The file is in" in done and "refresh" not in done
    assert Comment.objects.count() == 2
    assert list((files / "imports").iterdir()) == []
    row = AuditRow.objects.get(action="import.kept")
    assert row.actor_kind == "staff"
    assert "march.csv" in shown(analyst.get(reverse("imports:imports")))


def test_responses_come_in_with_their_items(analyst, uploaded):
    upload = uploaded("responses", "id,ward,rating,nurse_listen\n1,Ward 7,9,4\n")
    page = shown(analyst.get(at_step("columns", upload)))
    assert '<option value="nurse_listen" selected>' in page
    chosen = {"response_id": "id", "place": "ward", "rating": "rating"}
    analyst.post(at_step("columns", upload), chosen)
    analyst.post(at_step("check", upload))
    Worker().drain()
    assert Response.objects.get().answers == {"rating": 9}


def test_published_results_come_in_without_choosing_columns(analyst, send):
    answer = send("cms", (DATA / STATES).read_bytes(), name=STATES)
    upload = Upload.objects.get()
    assert answer["Location"] == at_step("check", upload)
    page = shown(analyst.get(at_step("check", upload)))
    assert "2022-10-01 to 2023-09-30" in page and "hcahps" in page
    analyst.post(at_step("check", upload))
    Worker().drain()
    assert Benchmark.objects.count() == 6
    batch = ImportBatch.objects.get()
    assert (batch.kind, batch.imported) == ("cms", 6)
    assert "The file is in" in shown(analyst.get(at_step("progress", upload)))
    answer = analyst.post(reverse("imports:undo", args=[batch.pk]))
    assert answer.status_code == 409 and Benchmark.objects.count() == 6


@pytest.mark.parametrize(
    ("kind", "text", "name", "said"),
    [
        ("comments", "", "a.csv", "This file is empty"),
        ("comments", "text\nKind\n", "a.pdf", "This is not a table"),
        ("comments", b"\x89PNG\x00\x01", "a.csv", "not a text table"),
        ("comments", "text\nDolía\n".encode("latin-1"), "a.csv", "Line 2 is not in the UTF-8"),
        ("comments", 'text\n"never closed\n', "a.csv", "quotation mark is never closed"),
        ("", "text\nKind\n", "a.csv", "Say what the file holds"),
    ],
)
def test_file_that_cannot_be_read_is_refused_kindly(send, files, kind, text, name, said):
    answer = send(kind, text, name=name)
    assert answer.status_code == 422 and said in shown(answer)
    assert "There is a problem" in shown(answer)
    assert not Upload.objects.exists() and not list(files.rglob("*"))


def test_file_too_large_for_the_page_is_refused_with_a_way_on(send, monkeypatch):
    monkeypatch.setattr(forms, "limits", lambda: {"largest_upload_bytes": 1_000_000})
    answer = send("comments", "text\n" + "a" * 1_000_000)
    assert answer.status_code == 422
    assert "larger than 1 MB" in shown(answer) and "from the console" in shown(answer)


@pytest.mark.capability("K11")
def test_service_area_file_comes_in_with_its_year_and_our_numbers(analyst, uploaded):
    upload = uploaded("share", TEXT)
    assert "which are ours?" in shown(analyst.get(at_step("columns", upload)))
    wrong = analyst.post(at_step("columns", upload), {"year": "soon", "ours": "Mercy"})
    assert wrong.status_code == 422 and "in four digits" in shown(wrong)
    assert "six signs like" in shown(wrong)
    said = {"year": "2023", "ours": OURS}
    assert analyst.post(at_step("columns", upload), said)["Location"] == at_step("check", upload)
    check = shown(analyst.get(at_step("check", upload)))
    assert "ZIP codes in which we treated somebody" in check and not ShareFile.objects.exists()
    analyst.post(at_step("check", upload))
    Worker().drain()
    assert "Look at our share" in shown(analyst.get(at_step("progress", upload)))
    assert ShareFile.objects.get().cells.count() == 7
    assert "Take it back" not in shown(analyst.get(reverse("imports:imports")))


def test_service_area_file_with_a_row_twice_names_its_line(analyst, uploaded):
    upload = uploaded("share", TEXT + f"{OURS},60601,1,1,11\n")
    analyst.post(at_step("columns", upload), {"year": "2023", "ours": OURS})
    check = analyst.get(at_step("check", upload))
    assert "stand in line 2 already" in shown(check)
    analyst.post(at_step("check", upload))
    Worker().drain()
    assert not ShareFile.objects.exists()


def test_upload_without_a_file_says_so(analyst):
    answer = analyst.post(reverse("imports:upload"), {"kind": "comments"})
    assert answer.status_code == 422 and "Choose a file." in shown(answer)


def test_rows_with_faults_are_named_before_anything_is_kept(analyst, uploaded):
    upload = uploaded("comments", "text,received_at\nfine,2026-01-01\nbad,<i>soon</i>\n")
    analyst.post(at_step("columns", upload), {"text": "text", "received_at": "received_at"})
    page = shown(analyst.get(at_step("check", upload)))
    assert "1 cell cannot be taken" in page and "&lt;i&gt;soon&lt;/i&gt;" in page
    assert "Import this file" not in page


def test_import_that_is_refused_keeps_the_chosen_columns(analyst, uploaded):
    upload = uploaded("comments", "Words,received_at\nbad,soon\n")
    used = {"text": "Words", "received_at": "received_at"}
    analyst.post(at_step("columns", upload), used)
    analyst.post(at_step("check", upload))
    Worker().drain()
    page = shown(analyst.get(at_step("progress", upload)))
    assert "Nothing was imported" in page and "is not a date" in page
    assert not Comment.objects.exists()
    columns = shown(analyst.get(at_step("columns", upload)))
    assert '<option value="Words" selected>' in columns
    analyst.post(at_step("columns", upload), {"text": "Words"})
    analyst.post(at_step("check", upload))
    Worker().drain()
    assert Comment.objects.get().text == "bad"


def test_column_chosen_twice_or_missing_is_told_at_the_field(analyst, uploaded):
    upload = uploaded("comments", FILE)
    answer = analyst.post(at_step("columns", upload), {"text": "Feedback", "place": "Feedback"})
    assert answer.status_code == 422 and "is chosen more than once" in shown(answer)
    answer = analyst.post(at_step("columns", upload), {"place": "Ward"})
    assert answer.status_code == 422 and "Choose the column that holds the words" in shown(answer)
    answer = analyst.post(at_step("columns", upload), {"text": "Invented"})
    assert answer.status_code == 422


def test_confirming_twice_imports_once(analyst, uploaded):
    upload = uploaded("comments", FILE)
    analyst.post(at_step("columns", upload), MAPPED)
    analyst.post(at_step("check", upload))
    assert analyst.post(at_step("check", upload))["Location"] == at_step("progress", upload)
    Worker().drain()
    assert ImportBatch.objects.count() == 1 and Comment.objects.count() == 2


def test_job_that_runs_again_imports_nothing_twice(analyst, uploaded, actor, at):
    upload = uploaded("comments", FILE)
    analyst.post(at_step("columns", upload), MAPPED)
    analyst.post(at_step("check", upload))
    import_upload(upload.pk, by=actor, at=at)
    import_upload(upload.pk, by=actor, at=at)
    Worker().drain()
    assert ImportBatch.objects.count() == 1


def test_file_that_was_swept_while_it_waited_is_told(analyst, uploaded, actor, at):
    upload = uploaded("comments", FILE)
    analyst.post(at_step("columns", upload), MAPPED)
    analyst.post(at_step("check", upload))
    store.drop(upload.token)
    Worker().drain()
    assert "upload it again" in shown(analyst.get(at_step("progress", upload)))


@pytest.mark.capability("P04")
def test_import_is_taken_back_after_a_page_that_says_what_goes(analyst, uploaded):
    upload = uploaded("comments", FILE)
    analyst.post(at_step("columns", upload), MAPPED)
    analyst.post(at_step("check", upload))
    Worker().drain()
    undo = reverse("imports:undo", args=[ImportBatch.objects.get().pk])
    assert "Take this import back?" in shown(analyst.get(undo))
    assert Comment.objects.count() == 2
    answer = analyst.post(undo, follow=True)
    assert "2 rows were taken back" in shown(answer) and not Comment.objects.exists()
    again = analyst.post(undo)
    assert again.status_code == 409 and "already taken back" in shown(again)


def test_uploaded_file_lies_sealed_and_for_its_owner_only(uploaded, files):
    upload = uploaded("comments", FILE)
    path = files / "imports" / upload.token
    assert b"nurses" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert store.fetch(upload.token) == FILE.encode()


def test_sweep_forgets_files_after_a_day(uploaded, files):
    upload = uploaded("comments", FILE)
    assert sweep_uploads(timezone.now() + timedelta(hours=23)) == 0
    (files / "imports" / "stray").write_text("left by a stop at the wrong moment")
    assert sweep_uploads(timezone.now() + timedelta(hours=25)) == 1
    assert not Upload.objects.filter(pk=upload.pk).exists()
    assert list((files / "imports").iterdir()) == []


def test_file_can_be_removed_before_it_is_imported(analyst, uploaded, files):
    upload = uploaded("comments", FILE)
    answer = analyst.post(at_step("forget", upload), follow=True)
    assert "Nothing of it was kept" in shown(answer)
    assert not Upload.objects.exists() and not list((files / "imports").iterdir())


@pytest.mark.parametrize("step", ["columns", "check", "progress"])
def test_upload_of_another_organisation_is_not_there(uploaded, staff, signed_in, at, step):
    from wellheard.people.places.actions import add_organisation

    upload = uploaded("comments", FILE)
    other = add_organisation(
        name="Other",
        slug="other",
        country="US",
        jurisdiction="us-hospital",
        zone="UTC",
        languages=["en"],
        at=at,
    )
    stranger = signed_in(staff("analyst", in_=other))
    assert stranger.get(at_step(step, upload)).status_code == 404
    assert stranger.post(at_step("forget", upload)).status_code == 404


def test_words_of_a_file_are_in_no_log_and_no_job(analyst, uploaded, caplog):
    from django_tasks_db.models import DBTaskResult

    upload = uploaded("comments", "text,received_at\nCanaryword,soon\n")
    analyst.post(at_step("columns", upload), {"text": "text", "received_at": "received_at"})
    analyst.get(at_step("check", upload))
    analyst.post(at_step("check", upload))
    jobs = str(list(DBTaskResult.objects.values_list("args_kwargs", flat=True)))
    Worker().drain()
    assert "Canaryword" not in caplog.text + jobs
    assert "Canaryword" not in str(list(AuditRow.objects.values_list("details", flat=True)))
