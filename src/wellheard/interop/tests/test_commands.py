"""``wellheard import`` as a person and as a program meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from wellheard.interop.commands import REFUSED, import_
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.interop.servicearea.tests.test_servicearea import OURS, TEXT
from wellheard.listen.intake.models import Comment
from wellheard.understand.benchmarks.models import Benchmark

pytestmark = pytest.mark.django_db

CMS = Path(__file__).parents[1] / "cms" / "tests" / "data"


@pytest.fixture
def run(tmp_path, organisation):
    def call(*arguments, file=None):
        if file is not None:
            path = tmp_path / "file.csv"
            path.write_bytes(file if isinstance(file, bytes) else file.encode())
            arguments = (arguments[0], str(path), *arguments[1:])
        return CliRunner().invoke(import_, [str(a) for a in arguments])

    return call


def test_import_comments_tells_a_program_what_became_of_the_file(run):
    answer = run("comments", "--json", file="text,place,Shoe\nKind,Ward 7,42\n,,\n")
    told = json.loads(answer.stdout)
    batch = ImportBatch.objects.get()
    assert answer.exit_code == 0
    assert told == {
        "ok": True,
        "file": "file.csv",
        "batch": str(batch.batch),
        "kind": "comments",
        "rows": 1,
        "imported": 1,
        "duplicates": 0,
        "empty": 0,
        "ignored": ["Shoe"],
        "columns": {"text": "text", "place": "place"},
    }


def test_import_comments_tells_a_person_and_how_to_take_it_back(run):
    answer = run("comments", file="text,Shoe\nKind,42\n")
    assert "1 imported, 0 known already, 0 empty, of 1 rows." in answer.output
    assert "Ignored columns: Shoe" in answer.output
    batch = ImportBatch.objects.get().batch
    assert f"wellheard import undo {batch}" in answer.output
    undone = run("undo", batch)
    assert (undone.exit_code, undone.output) == (0, "Taken back: 1 rows.\n")
    assert not Comment.objects.exists()
    again = run("undo", batch)
    assert again.exit_code == 1 and "already taken back" in again.output


def test_refused_rows_are_told_with_line_and_reason_and_exit_code(run):
    answer = run("comments", "--json", file="text,received_at\nfine,2026-01-01\nbad,soon\n")
    told = json.loads(answer.stdout)
    assert answer.exit_code == REFUSED == 2
    assert (told["ok"], told["file"], told["reason"]) == (False, "file.csv", "1 faults in the rows")
    (error,) = told["errors"]
    assert (error["line"], error["column"]) == (3, "received_at")
    assert error["reason"].startswith("'soon' is not a date")
    assert not Comment.objects.exists()


def test_refused_file_is_told_in_one_line_without_a_trace(run):
    answer = run("comments", file="words\nKind\n")
    assert answer.exit_code == REFUSED
    assert "refused: there is no column 'text'; the columns are: words" in answer.output
    assert "Traceback" not in answer.output
    told = json.loads(run("comments", "--json", file=b"\x89PNG\x00").stdout)
    assert told["ok"] is False and told["errors"] == [] and "not a text table" in told["reason"]


def test_many_faults_are_cut_for_a_person_and_whole_for_a_program(run):
    file = "text,rating\n" + "x,many\n" * 30
    assert "and 10 more" in run("comments", file=file).output
    assert len(json.loads(run("comments", "--json", file=file).stdout)["errors"]) == 30


def test_column_reads_ours_from_theirs(run):
    answer = run("comments", "--column", "text=Was war?", "--json", file="Was war?\nGut\n")
    assert json.loads(answer.stdout)["columns"] == {"text": "Was war?"}
    assert Comment.objects.get().text == "Gut"


@pytest.mark.parametrize(
    ("pair", "code", "said"),
    [("words=text", 2, "is not one of"), ("text=Nope", REFUSED, "no column 'Nope' in the file")],
)
def test_column_that_is_wrong_is_refused(run, pair, code, said):
    answer = run("comments", "--column", pair, file="text\nKind\n")
    assert answer.exit_code == code and said in answer.output


def test_import_responses_from_the_console(run):
    answer = run("responses", "--json", file="response_id,place,rating\n1,Ward 7,9\n2,Ward 7,\n")
    told = json.loads(answer.stdout)
    assert (told["imported"], told["empty"]) == (1, 1)


def test_file_that_is_not_there_is_a_clear_line(run):
    answer = run("comments", "/nowhere/x.csv")
    assert answer.exit_code == REFUSED and "cannot be opened" in answer.output


@pytest.mark.capability("B17")
def test_import_cms_takes_good_files_and_names_the_bad_one(run):
    good = CMS / "hcahps_state_2022-10_2023-09.csv"
    answer = run("cms", good, CMS / "README.md", "--json")
    told = json.loads(answer.stdout)
    assert answer.exit_code == REFUSED
    assert [one["ok"] for one in told] == [True, False]
    assert (told[0]["figures"], told[0]["not_published"], told[0]["entities"]) == (6, 4, 3)
    assert Benchmark.objects.count() == 6


def test_import_without_naming_one_of_two_organisations_is_refused(run, at):
    from wellheard.people.places.actions import add_organisation

    add_organisation(
        name="Other",
        slug="other",
        country="GB",
        jurisdiction="england",
        zone="Europe/London",
        languages=["en"],
        at=at,
    )
    answer = run("comments", file="text\nKind\n")
    assert answer.exit_code == 1 and "name one (--organisation)" in answer.output
    assert run("comments", "--organisation", "other", file="text\nKind\n").exit_code == 0
    assert Comment.objects.get().organisation.slug == "other"


@pytest.mark.capability("K11")
def test_import_share_takes_a_file_and_tells_why_not(run):
    said = ("--year", "2023", "--ours", OURS, "--json")
    done = run("share", *said, file=TEXT)
    assert done.exit_code == 0 and json.loads(done.stdout)["kept"] == 7
    refused = run("share", "--year", "2023", "--ours", "990009", file=TEXT)
    assert refused.exit_code == REFUSED and "no hospital 990009" in refused.output
    refused = run("share", *said, file=TEXT + f"{OURS},60601,1,1,11\n")
    assert refused.exit_code == REFUSED
    assert json.loads(refused.stdout)["errors"][0]["line"] == 12
