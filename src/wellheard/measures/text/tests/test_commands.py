"""The commands on files: order kept, columns added, bad files told in one line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wellheard.measures.text.commands import label, train_comments

ROWS = [
    ["1", "Kind nurses, thank you", "2"],
    ["2", 'Said "wait", then\nwaited 5 hours', ""],
    ["3", "", "x"],
    ["4", "=cmd|' /C calc'!A0", ""],
    ["5", "Nobody answered the bell, I felt unsafe", ""],
    ["6", "لا أحد يرد على الهاتف", ""],
]
ADDED = ["themes", "sentiment", "urgent", "language", "masked_text", "confidence"]


def write(path: Path, rows: list[list[str]], *, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(label, [str(argument) for argument in arguments])


@pytest.mark.capability("F12")
def test_label_keeps_rows_in_order_and_adds_columns(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [["id", "text", "sentiment"], *ROWS])
    out = tmp_path / "out.csv"
    result = run(source, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    header, *rows = read(out)
    assert header == ["id", "text", "sentiment_given", *ADDED]
    assert [row[:3] for row in rows] == ROWS
    assert {"call_bell", "safety"} <= set(rows[4][3].split(";"))
    assert [row[5] for row in rows] == ["0", "0", "0", "0", "1", "0"]
    assert [row[6] for row in rows[4:]] == ["en", "ar"]
    assert json.loads(result.output)["rows"] == 6


def test_label_takes_the_question_into_account(tmp_path: Path) -> None:
    table = [["text", "question_type"], ["Nothing", "what_good"], ["Nothing", "could_improve"]]
    out = tmp_path / "out.csv"
    assert run(write(tmp_path / "in.csv", table), "--out", out).exit_code == 0
    blame, praise = (int(row[3]) for row in read(out)[1:])
    assert blame >= 4 > 2 >= praise


def test_label_works_in_chunks(tmp_path: Path) -> None:
    table = [["text"], *([f"Waited {i} hours"] for i in range(2_001))]
    out = tmp_path / "out.csv"
    assert run(write(tmp_path / "in.csv", table), "--out", out).exit_code == 0
    assert [row[0] for row in read(out)[1:]] == [row[0] for row in table[1:]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"comment\nhello\n", "has no column 'text'"),
        (b"text,id\nhello\n", "line 2: 1 fields, header has 2"),
        ("text\ncaf\xe9\n".encode("latin-1"), "is not UTF-8 text"),
        (b'text\n"never closed\n', "not valid CSV"),
    ],
)
def test_a_bad_file_is_told_in_one_line_and_leaves_nothing(
    tmp_path: Path, content: bytes, said: str
) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(content)
    result = run(source, "--out", tmp_path / "out.csv")
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == [source]


def test_a_missing_file_column_model_and_folder_are_told(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [["text"], ["hello"]])
    out = tmp_path / "out.csv"
    for arguments in (
        [tmp_path / "none.csv", "--out", out],
        [source, "--question-column", "asked", "--out", out],
        [source, "--model", tmp_path / "none", "--out", out],
        [source, "--out", tmp_path / "no" / "out.csv"],
        [source, "--encoding", "nonsense", "--out", out],
    ):
        result = run(*arguments)
        assert result.exit_code == 2, arguments
        assert len(result.output.strip().splitlines()) == 1


def test_another_encoding_can_be_named(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", [["text"], ["café froid"]], encoding="latin-1")
    out = tmp_path / "out.csv"
    assert run(source, "--encoding", "latin-1", "--out", out).exit_code == 0
    assert read(out)[1][0] == "café froid"


def test_training_on_a_bad_file_is_told_in_one_line(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="training needs scikit-learn")
    source = write(tmp_path / "in.csv", [["text"], ["hello"]])
    result = CliRunner().invoke(train_comments, [str(source), "--out", str(tmp_path / "model")])
    assert result.exit_code == 2
    assert "needs the columns" in result.output


def test_training_without_scikit_learn_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wellheard.measures.text.commands.find_spec", lambda name: None)
    result = CliRunner().invoke(train_comments, ["--out", str(tmp_path / "model")])
    assert result.exit_code == 2
    assert "pip install" in result.output
