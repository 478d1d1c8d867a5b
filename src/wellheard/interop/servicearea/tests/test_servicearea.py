"""Hospital Service Area files: read, refused, kept, and the share they say.

The file is invented, in the very format of CMS; no real hospital bears these numbers.
"""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from wellheard.interop.csvfiles.actions import RowsRefusedError
from wellheard.interop.csvfiles.codec import FileRefusedError, read_table
from wellheard.interop.servicearea.actions import import_share, look_at
from wellheard.interop.servicearea.codec import read_hospitals, read_service_area
from wellheard.understand.share.models import ShareCell, ShareFile
from wellheard.understand.share.queries import market

HEAD = "MEDICARE_PROV_NUM,ZIP_CD_OF_RESIDENCE,TOTAL_DAYS_OF_CARE,TOTAL_CHARGES,TOTAL_CASES\n"
OURS, RIVAL, FAR = "990001", "990002", "990003"
ROWS = (
    f"{OURS},60601,900,5000000,200\n{OURS},60602,400,2100000,90\n{OURS},60603,*,*,*\n"
    f'{RIVAL},60601,1500,7000000,"1,300"\n{RIVAL},60602,70,300000,30\n{RIVAL},60603,55,90000,14\n'
    f"{FAR},60601,*,*,*\n{FAR},90210,88,120000,40\n{FAR},*,,,\n{FAR},*,,,\n"
)
TEXT = HEAD + ROWS


def read(text: str, year: int = 2023, name: str = "HSAF.csv") -> Any:
    return read_service_area(read_table(text.encode()), {OURS}, year, name)


def test_only_cells_of_our_areas_are_kept_and_rows_without_area_are_counted() -> None:
    found = read(TEXT)
    assert {cell.area for cell in found.cells} == {"60601", "60602", "60603"}
    assert len(found.cells) == 7 and found.nowhere == 2 and found.rows == 10
    assert [c.cases for c in found.cells if c.hospital == RIVAL] == [1300, 30, 14]
    assert [c.cases for c in found.cells if c.hospital == FAR] == [None]


def test_zeros_dropped_by_a_spreadsheet_come_back() -> None:
    text = HEAD + "10001,2139,5,9,12\n010002,02139,5,9,20\n"
    found = read_service_area(read_table(text.encode()), {"010001"}, 2023, "x.csv")
    assert [(c.hospital, c.area) for c in found.cells] == [("010001", "02139"), ("010002", "02139")]
    assert read_hospitals("10001, 05T123") == ("010001", "05T123")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (f"{OURS},60601,1,1,11\n", "stand in line 2 already"),
        (f"{RIVAL},6060A,1,1,11\n", "is no ZIP code"),
        (f"{RIVAL},60609,1,1,few\n", "is neither a count nor *"),
        ("Mercy,60609,1,1,11\n", "is no hospital's CMS number"),
    ],
)
def test_rows_that_cannot_be_taken_are_named_by_line(more: str, reason: str) -> None:
    faults = read(TEXT + more).faults
    assert [fault.line for fault in faults] == [12] and reason in faults[0].reason


@pytest.mark.parametrize(
    ("text", "year", "name", "reason"),
    [
        (TEXT, 2022, "HSAF_2023.csv", "named for 2023, not for 2022"),
        (TEXT.replace(OURS, "990009"), 2023, "x.csv", f"no hospital {OURS}"),
        ("a,b\n1,2\n", 2023, "x.csv", "lacks MEDICARE_PROV_NUM"),
    ],
)
def test_another_year_another_hospital_or_another_file_is_refused(
    text: str, year: int, name: str, reason: str
) -> None:
    with pytest.raises(FileRefusedError, match=reason):
        read(text, year, name)


@pytest.mark.django_db
@pytest.mark.capability("K11")
def test_share_equals_the_published_counts_summed_by_hand(
    organisation: Any, actor: Any, at: Any
) -> None:
    seen = import_share(TEXT.encode(), "HSAF_2023.csv", year="2023", ours=OURS, by=actor, at=at)
    assert (seen.rows, seen.kept, seen.areas, seen.not_published) == (10, 7, 3, 4)
    rows = list(csv.DictReader(io.StringIO(TEXT)))
    # 200 of 290 cases lie below 75 %, so both ZIP codes with published cases are the area.
    area = {"60601", "60602"}
    cases = [
        (r["MEDICARE_PROV_NUM"], int(r["TOTAL_CASES"].replace(",", "")))
        for r in rows if r["ZIP_CD_OF_RESIDENCE"] in area and r["TOTAL_CASES"] != "*"
    ]  # fmt: skip
    ours, total = sum(n for h, n in cases if h == OURS), sum(n for _, n in cases)
    found = market(organisation.pk)
    assert found is not None and {each.area for each in found.areas} == area
    assert found.whole.published == ours / total == 290 / 1620
    # One cell is hidden there, and it is another hospital's.
    assert (found.whole.low, found.whole.high) == (290 / 1630, 290 / 1620)


@pytest.mark.django_db
def test_newest_file_of_a_year_holds_and_the_same_file_of_another_year_is_refused(
    organisation: Any, actor: Any, at: Any
) -> None:
    def take(text: str, year: str) -> None:
        import_share(text.encode(), "a.csv", year=year, ours=OURS, by=actor, at=at)

    take(TEXT, "2023")
    take(TEXT.replace(",200\n", ",400\n"), "2023")
    found = market(organisation.pk)
    assert found is not None and found.whole.ours == 400 and ShareFile.objects.count() == 2
    with pytest.raises(FileRefusedError, match="kept as that of 2023"):
        take(TEXT, "2022")
    with pytest.raises(FileRefusedError, match="still to come"):
        take(TEXT, "2027")
    with pytest.raises(FileRefusedError, match="four digits"):
        look_at(TEXT.encode(), "a.csv", year="last", ours=OURS)
    with pytest.raises(RowsRefusedError):
        take(TEXT + f"{OURS},60601,1,1,11\n", "2021")
    assert ShareFile.objects.count() == 2 and ShareCell.objects.count() == 14
