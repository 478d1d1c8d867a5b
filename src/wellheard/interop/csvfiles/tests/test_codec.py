"""Reading tables out of whatever people bring."""

from __future__ import annotations

import csv
import gzip
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.interop.csvfiles import codec
from wellheard.interop.csvfiles.codec import FileRefusedError, limits, read_table
from wellheard.interop.csvfiles.tests.sheets import HEAD, lying, sheet_of, workbook

TELLING = "emoji 👩🏽‍⚕️, عربي و English, ¿qué?, \u202eflip\u202c"


@pytest.fixture
def limited(monkeypatch):
    """``limited(most_rows=3)``: the same code under smaller limits."""

    def narrow(**changed):
        monkeypatch.setattr(codec, "limits", lambda: {**limits(), **changed})

    return narrow


def cells(data):
    table = read_table(data)
    return [table.header, *(tuple(row.cells) for row in table.rows)]


PLAIN = [("text", "place"), ("Nobody came", "Ward 7"), ("Kind, quick", "Clinic 4")]


@pytest.mark.parametrize(
    "data",
    [
        b'text,place\nNobody came,Ward 7\n"Kind, quick",Clinic 4\n',
        b"text;place\r\nNobody came;Ward 7\r\nKind, quick;Clinic 4\r\n",
        b"text\tplace\nNobody came\tWard 7\nKind, quick\tClinic 4",
        b"text|place\rNobody came|Ward 7\rKind, quick|Clinic 4\r",
        b'\xef\xbb\xbftext,place\nNobody came,Ward 7\n"Kind, quick",Clinic 4\n',
        'text,place\nNobody came,Ward 7\n"Kind, quick",Clinic 4\n'.encode("utf-16"),
        gzip.compress(b'text,place\nNobody came,Ward 7\n"Kind, quick",Clinic 4\n', mtime=0),
        workbook(sheet_of([list(row) for row in PLAIN])),
    ],
    ids=["comma", "semicolon", "tab", "bar", "bom", "utf-16", "gzip", "xlsx"],
)
def test_read_table_reads_the_same_from_every_kind_of_file(data):
    assert cells(data) == PLAIN


def test_row_line_counts_lines_of_the_file_through_quotes_and_blank_lines():
    data = b'text,place\n"one\ntwo\nthree",A\n\n,\nfour,B\n'
    table = read_table(data)
    assert [(row.line, row.cells[0]) for row in table.rows] == [(2, "one\ntwo\nthree"), (7, "four")]


@pytest.mark.parametrize("told", ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "=1+1"])
def test_formula_in_csv_stays_the_text_it_is(told):
    out = io.StringIO()
    csv.writer(out).writerows([["text"], [told]])
    assert cells(out.getvalue().encode())[1] == (told,)


def test_formula_in_a_sheet_gives_what_it_came_to_and_is_never_run():
    assert cells(workbook(sheet_of([["text"], [("1+1", "2")]])))[1] == ("2",)


def test_number_in_a_sheet_reads_as_it_is_written():
    assert cells(workbook(sheet_of([["id", "rating"], [10.0, 4.5]])))[1] == ("10", "4.5")


def test_words_of_every_script_come_through_unchanged():
    assert cells(f'text\n"{TELLING}"\n'.encode())[1] == (TELLING,)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b",,\na,b,c\n", "must name the columns"),
        (b"text,Text\na,b\n", "two columns are named 'Text'"),
        ("text\nMe dolía\n".encode("latin-1"), "line 2 is not in the UTF-8 encoding"),
        ("text\nhello\n".encode("utf-16-le"), "not a text table"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text table"),
        (b"text\n" + b"word\n" * 1000 + b"a\x00b\n", "line 1002 holds a null byte"),
        (b'text,place\na,b\n"never closed,c\nd,e\n', "line 3 cannot be read: its quotation mark"),
        (b'text,place\n"he "said" so",c\n', "line 2 cannot be read: a quotation mark inside"),
        (b"text,place\nfine,A\nLong wait, no news,B\n", "line 3 has 3 cells, the heading has 2"),
        (b"text\nLong wait, no news\n", "line 2 has 2 cells, the heading has 1"),
        (gzip.compress(b"text\na\n", mtime=0)[:-9], "damaged .gz archive"),
        (b"\x1f\x8b" + b"junk" * 9, "damaged .gz archive"),
        (workbook(sheet_of([["text"], ["a"]]))[:-40], "damaged or locked archive"),
        (b"PK\x03\x04" + b"junk" * 50, "damaged or locked archive"),
        (workbook(b"<worksheet><not closed"), "first line must name|cannot be read"),
    ],
)
def test_read_table_refuses_with_a_reason(data, said):
    with pytest.raises(FileRefusedError, match=said):
        read_table(data)


def test_archive_that_is_no_spreadsheet_is_refused():
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("comments.csv", "text\na\n")
    with pytest.raises(FileRefusedError, match="not a spreadsheet"):
        read_table(out.getvalue())


def test_gzip_bomb_is_refused_without_unpacking_it_all():
    bomb = gzip.compress(b"text\n" + b"a" * 300_000_000, compresslevel=9)
    assert len(bomb) < 500_000
    with pytest.raises(FileRefusedError, match="unpacks to far more"):
        read_table(bomb)


@pytest.mark.parametrize("told_size", [None, 10], ids=["honest", "lying"])
def test_zip_bomb_is_refused_whatever_sizes_it_tells(told_size):
    bomb = workbook(HEAD.encode() + b" " * 150_000_000)
    if told_size is not None:
        bomb = lying(bomb, "xl/worksheets/sheet1.xml", told_size)
    with pytest.raises(FileRefusedError, match="unpacks to far more"):
        read_table(bomb)


@pytest.mark.parametrize("where", ["XFD1048576", "AB1048576", "XFD1", "ABC400000"])
def test_sheet_with_cells_far_apart_is_refused_before_it_fills_the_memory(where):
    rows = f'<row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c></row><row><c r="{where}"><v>1</v></c></row>'
    with pytest.raises(FileRefusedError, match=r"there are more than|is too large"):
        read_table(workbook(f"{HEAD}{rows}</sheetData></worksheet>"))


def test_file_over_the_limit_is_refused_unread(limited):
    limited(largest_file_bytes=1_000_000)
    with pytest.raises(FileRefusedError, match="larger than 1 MB"):
        read_table(b"text\n" + b"a" * 1_000_000)


def test_too_many_rows_and_columns_are_refused(limited):
    limited(most_rows=3, most_columns=2)
    assert len(read_table(b"text\na\nb\nc\n").rows) == 3
    with pytest.raises(FileRefusedError, match="more than 3 rows"):
        read_table(b"text\na\nb\nc\nd\n")
    with pytest.raises(FileRefusedError, match="more than 2 columns"):
        read_table(b"a,b,c\n1,2,3\n")


@pytest.mark.slow
def test_two_hundred_thousand_rows_are_read_in_seconds():
    data = b"text,place\n" + b"\n".join(b"The wait was long %d,Ward 7" % n for n in range(200_000))
    began = time.perf_counter()
    table = read_table(data)
    assert len(table.rows) == 200_000 and table.rows[-1].line == 200_001
    assert time.perf_counter() - began < 20


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufeff"), max_size=40)


@settings(deadline=None, max_examples=150)
@given(
    rows=st.lists(st.tuples(texts, texts), min_size=1, max_size=8), mark=st.sampled_from(",;\t|")
)
def test_what_was_written_is_read_back_whole(rows, mark):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark, quoting=csv.QUOTE_ALL).writerows([("text", "place"), *rows])
    spoken = [row for row in rows if any(cell.strip() for cell in row)]
    assert cells(out.getvalue().encode())[1:] == spoken


@settings(deadline=None, max_examples=300)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_one_line(data):
    for shape in (data, b"text\n" + data, b"PK\x03\x04" + data, b"\x1f\x8b" + data):
        try:
            table = read_table(shape)
        except FileRefusedError as error:
            assert str(error) and "\n" not in str(error)
        else:
            assert table.header
