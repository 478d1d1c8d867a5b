"""Tables to take along run nothing in a spreadsheet."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from wellheard.base.pages.tables import csv_file, harmless


@pytest.mark.parametrize("cell", ["=1+1", "+49 30", "-2+3", "@SUM(A1)", "\tx", "\rx", "- pain"])
def test_text_that_a_spreadsheet_would_run_stays_a_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-2.5", "+3", "Ward 7", "", -2.5, None, "2-3"])
def test_numbers_and_other_texts_stay_as_they_are(cell: object) -> None:
    assert harmless(cell) == cell


def test_file_carries_its_name_its_columns_and_harmless_rows() -> None:
    answer = csv_file("x.csv", ["place", "n"], [["=cmd()", 3], ["Ward 7, east", 4]])
    assert answer["Content-Disposition"] == 'attachment; filename="x.csv"'
    rows = list(csv.reader(StringIO(answer.content.decode())))
    assert rows == [["place", "n"], ["'=cmd()", "3"], ["Ward 7, east", "4"]]
